// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";

import { button, byId, el, escaped, icon } from "../../src/kit/dom";

describe("an element", () => {
  it("has its properties and, but for null, its children", () => {
    const made = el("p", { className: "words" }, "one ", null, el("b", {}, "two"));
    expect(made.outerHTML).toBe('<p class="words">one <b>two</b></p>');
  });

  it("shows as text what looks like HTML", () => {
    expect(el("p", {}, "<img src=x>").querySelector("img")).toBeNull();
    expect(escaped('<b onclick="x">&')).toBe('&lt;b onclick="x"&gt;&amp;');
  });

  it("that is a button does what a press is to do, and sends no form", () => {
    const press = vi.fn();
    const made = button("Go", press);
    made.click();
    expect([made.type, made.textContent, press.mock.calls.length]).toEqual(["button", "Go", 1]);
  });

  it("that is a drawing says nothing by itself", () => {
    expect(icon("M0 0").getAttribute("aria-hidden")).toBe("true");
  });

  it("is found by its id, and missed loudly", () => {
    document.body.innerHTML = "<p id='words'></p>";
    expect(byId("words", HTMLParagraphElement).tagName).toBe("P");
    expect(() => byId("words", HTMLDivElement)).toThrow("the page has no HTMLDivElement with the id words");
    expect(() => byId("nothing", HTMLElement)).toThrow("nothing");
    document.body.replaceChildren();
  });
});
