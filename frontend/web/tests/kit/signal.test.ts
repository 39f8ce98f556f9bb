import { describe, expect, it, vi } from "vitest";

import { batch, computed, effect, follow, signal, untracked } from "../../src/kit/signal";

describe("a signal", () => {
  it("tells those who read it once it has become another, and not before", () => {
    const count = signal(1);
    const seen: number[] = [];
    effect(() => void seen.push(count.value));
    count.value = 1;
    count.value = 2;
    expect(seen).toEqual([1, 2]);
  });

  it("may take values for the same that are equal in what matters", () => {
    const point = signal({ lat: 1 }, (one, other) => one.lat === other.lat);
    const seen = vi.fn();
    follow(() => point.value, seen);
    point.value = { lat: 1 };
    expect(seen).toHaveBeenCalledTimes(1);
  });
});

describe("a computed value", () => {
  it("is worked out when it is read, and again only after what it follows from has changed", () => {
    const count = signal(2);
    const compute = vi.fn(() => count.value * 2);
    const double = computed(compute);
    expect(compute).not.toHaveBeenCalled();
    expect([double.value, double.value]).toEqual([4, 4]);
    expect(compute).toHaveBeenCalledTimes(1);
    count.value = 3;
    expect(double.value).toBe(6);
  });

  it("that comes out the same does not set off who reads it", () => {
    const count = signal(1);
    const isOdd = computed(() => count.value % 2 === 1);
    const seen: boolean[] = [];
    effect(() => void seen.push(isOdd.value));
    count.value = 3;
    count.value = 4;
    expect(seen).toEqual([true, false]);
  });

  it("and another from the same signal are seen in step by who reads both", () => {
    const count = signal(1);
    const double = computed(() => count.value * 2);
    const triple = computed(() => count.value * 3);
    const seen: [number, number][] = [];
    effect(() => void seen.push([double.value, triple.value]));
    count.value = 2;
    expect(seen).toEqual([[2, 3], [4, 6]]);
  });

  it("follows what it read last, and no longer what it read before", () => {
    const [isFirst, first, second] = [signal(true), signal("a"), signal("b")];
    const compute = vi.fn(() => (isFirst.value ? first.value : second.value));
    const chosen = computed(compute);
    const seen: string[] = [];
    effect(() => void seen.push(chosen.value));
    isFirst.value = false;
    first.value = "c";
    expect(seen).toEqual(["a", "b"]);
    expect(compute).toHaveBeenCalledTimes(2);
  });
});

describe("an effect", () => {
  it("runs once for all changes of a batch, also of one within another", () => {
    const [one, two] = [signal(1), signal(1)];
    const seen: number[] = [];
    effect(() => void seen.push(one.value + two.value));
    batch(() => {
      one.value = 2;
      batch(() => (two.value = 2));
      expect(one.value + two.value).toBe(4);
      expect(seen).toEqual([2]);
    });
    expect(seen).toEqual([2, 4]);
  });

  it("does not run for a change that was taken back within the batch", () => {
    const double = signal(1);
    const text = computed(() => String(double.value));
    const seen = vi.fn();
    follow(() => text.value, seen);
    batch(() => {
      double.value = 2;
      double.value = 1;
    });
    expect(seen).toHaveBeenCalledTimes(1);
  });

  it("may change another signal, whose followers run after it", () => {
    const [celsius, kelvin] = [signal(0), signal(0)];
    const seen: number[] = [];
    effect(() => void (kelvin.value = celsius.value + 273));
    effect(() => void seen.push(kelvin.value));
    celsius.value = 10;
    expect(seen).toEqual([273, 283]);
  });

  it("that sets off itself without end is stopped and told of", () => {
    const count = signal(0);
    const run = vi.fn(() => void (count.value = count.value + 1));
    expect(() => effect(run)).toThrow("without end");
    expect(run.mock.calls.length).toBeLessThan(200);
    const other = signal(0);
    const seen: number[] = [];
    effect(() => void seen.push(other.value));
    other.value = 1;
    expect(seen).toEqual([0, 1]);
  });

  it("follows what a batch has changed that broke off", () => {
    const count = signal(0);
    const seen: number[] = [];
    effect(() => void seen.push(count.value));
    const broken = (): never => {
      count.value = 1;
      throw new Error("half way");
    };
    expect(() => batch(broken)).toThrow("half way");
    expect(seen).toEqual([0, 1]);
  });

  it("that throws does not keep the others from running", () => {
    const count = signal(0);
    const seen: number[] = [];
    effect(() => {
      if (count.value === 1) throw new Error("mine alone");
    });
    effect(() => void seen.push(count.value));
    expect(() => (count.value = 1)).toThrow("mine alone");
    expect(seen).toEqual([0, 1]);
  });

  it("that was ended runs no more, not even for what a batch had told it already", () => {
    const count = signal(0);
    const seen = vi.fn();
    const end = follow(() => count.value, seen);
    batch(() => {
      count.value = 1;
      end();
    });
    count.value = 2;
    expect(seen).toHaveBeenCalledTimes(1);
  });

  it("does not follow what is read untracked, nor what an act reads", () => {
    const [followed, other] = [signal(0), signal(0)];
    const act = vi.fn(() => void other.value);
    follow(() => followed.value + untracked(() => other.value), act);
    other.value = 1;
    expect(act).toHaveBeenCalledTimes(1);
    followed.value = 1;
    expect(act).toHaveBeenCalledTimes(2);
  });
});
