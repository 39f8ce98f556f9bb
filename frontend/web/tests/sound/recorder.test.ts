import { afterEach, describe, expect, it, vi } from "vitest";

import { Problem } from "../../src/server/problem";
import { microphoneProblem, Recorder } from "../../src/sound/recorder";

afterEach(() => vi.unstubAllGlobals());

/** A microphone whose permission is answered by `open`. */
function stubMicrophone(open: () => Promise<unknown>): void {
  vi.stubGlobal("MediaRecorder", class {});
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: open } });
}

describe("the microphone", () => {
  it("that was refused is told of kindly, with another way to go on", () => {
    const problem = microphoneProblem(new DOMException("Permission denied", "NotAllowedError"));
    expect(problem.title).toBe("The microphone stayed closed");
    expect(problem.detail).toContain("choose a sound file");
    expect(problem.detail).not.toContain("denied");
  });

  it.each([new DOMException("", "NotFoundError"), new DOMException("", "NotReadableError"), new Error("x"), null])(
    "that cannot be opened is told of, too (%s)",
    (error) => expect(microphoneProblem(error).title).toBe("No microphone"),
  );

  it("is not there on a page that is not secure", async () => {
    vi.stubGlobal("navigator", {});
    await expect(new Recorder(() => undefined).record()).rejects.toBeInstanceOf(Problem);
  });

  it("is waited for, and let go of when the person changes their mind meanwhile", async () => {
    const stop = vi.fn();
    const states: string[] = [];
    let allow: (stream: unknown) => void = () => undefined;
    stubMicrophone(() => new Promise((resolve) => (allow = resolve)));
    const recorder: Recorder = new Recorder(() => states.push(recorder.state));
    const recorded = recorder.record();
    recorder.cancel();
    allow({ getTracks: () => [{ stop }] });
    expect(await recorded).toBeNull();
    expect(stop).toHaveBeenCalledOnce();
    expect(states).toEqual(["asking", "idle"]);
  });

  it("is idle again after a refusal", async () => {
    stubMicrophone(() => Promise.reject(new DOMException("", "NotAllowedError")));
    const recorder = new Recorder(() => undefined);
    await expect(recorder.record()).rejects.toMatchObject({ title: "The microphone stayed closed" });
    expect(recorder.state).toBe("idle");
  });
});
