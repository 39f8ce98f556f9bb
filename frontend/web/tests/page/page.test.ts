// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { MapLayers } from "../../src/map/layers";
import { Page } from "../../src/page/page";
import { BEACH, found, heard, heardAt, ISLAND, job, LEGEND, TILES } from "../answers";
import { capabilities, CLOCK, imagery } from "../capabilities";
import { buttonNamed, check, choose, closeDocument, one, openDocument, press, settle, texts } from "../document";
import { Later, refusal, Server } from "../server";
import { stubWebAudio } from "../web-audio";

const HERE = "#0.95905,0.25310,1,15";
const FROM = "?checkpoint=01234567";
const ANSWERS = {
  "/capabilities": () => capabilities({ engines: [CLOCK] }),
  "/regions": () => ({ regions: [ISLAND] }),
  "/soundscape": heardAt,
  "/search": ({ searchParams }: URL) => found(searchParams.get("q") ?? ""),
  "/heatmap/tilejson.json": () => TILES,
  "/heatmap/legend": () => LEGEND,
  "POST /synthesis": () => job("done"),
};

/** The page, opened at an address. */
async function opened(hash = ""): Promise<void> {
  openDocument(hash);
  vi.spyOn(MapLayers.prototype, "showOutlines").mockResolvedValue(); // the whole world at each opening
  const page = new Page();
  page.watch();
  await page.open();
  await settle();
}

/** Writes another address, as a person does. */
async function follow(hash: string): Promise<void> {
  history.pushState(null, "", `/${hash}`);
  window.dispatchEvent(new PopStateEvent("popstate"));
  await settle();
}

async function back(): Promise<void> {
  history.back();
  await settle();
  await settle();
}

/** Goes to coordinates by the form. */
async function go(lat: number, lon: number): Promise<void> {
  one<HTMLInputElement>("#finder-lat").value = String(lat);
  one<HTMLInputElement>("#finder-lon").value = String(lon);
  buttonNamed("Go").click();
  await settle();
}

async function searchFor(words: string): Promise<void> {
  choose(one<HTMLInputElement>("#search-text"), words);
  buttonNamed("Search").click();
  await settle();
  await settle();
}

const seen = (): string => (one("#card").hidden ? "nothing" : (texts(".coordinates")[0] ?? ""));
const told = (): string => one("#notice").textContent ?? "";

describe("the page", () => {
  let server: Server;

  beforeEach(() => {
    openDocument();
    server = new Server({ ...ANSWERS });
  });

  afterEach(closeDocument);

  it("opens with what the server offers, and asks for no place and no sound", async () => {
    await opened();
    expect(texts("#imagery option")).toEqual(["Null Island", "Esri World Imagery"]);
    expect(one("#welcome").hidden).toBe(false);
    expect(server.asked).toEqual(["/regions", "/capabilities"]);
  });

  it("listens to the place under Enter, in the middle of the map", async () => {
    await opened();
    press(one("#map"), "Enter");
    await settle();
    expect(seen()).not.toBe("nothing");
    expect(one("#welcome").hidden).toBe(true);
    expect(texts("#map .pin")).toHaveLength(1);
  });

  it.each(["Linton beach", "Belham reef"])("goes to the example %s", async (name) => {
    await opened();
    buttonNamed(name).click();
    await settle();
    expect(location.hash).toMatch(/^#\d\.\d{5},\d\.\d{5},1,14\?/);
    expect(seen()).toContain(location.hash.slice(1, 8));
  });

  it("asks for a wider scale, writes it into the address and leaves the focus on it", async () => {
    await opened(HERE);
    const wider = one<HTMLInputElement>(".scales [value='3']");
    wider.focus();
    check(wider);
    await settle();
    expect(server.askedFor("/soundscape").at(-1)).toContain("scale=3");
    expect(location.hash).toBe(`#0.95905,0.25310,3,15${FROM}`);
    expect(document.activeElement).toBe(one(".scales [value='3']"));
  });

  it("opens a permalink on its place, scale and search", async () => {
    await opened("#1.32651,0.93526,5,13?q=planes+taking+off");
    expect(seen()).toContain("1.32651");
    expect(one<HTMLInputElement>(".scales [value='5']").checked).toBe(true);
    expect(one<HTMLInputElement>("#search-text").value).toBe("planes taking off");
    expect([one(".results-bar").hidden, one(".results-list").hidden]).toEqual([false, true]);
  });

  it("goes back to the place before", async () => {
    await opened(HERE);
    await go(1.2, 0.5);
    expect(seen()).toContain("1.20000");
    await back();
    expect(seen()).toContain("0.95905");
  });

  it("goes back and forward through places and tools", async () => {
    await opened(HERE);
    buttonNamed("Path").click();
    await vi.waitFor(() => expect(location.hash).toContain("tool=path"));
    await back();
    expect([one("#tool").hidden, seen()]).toEqual([true, expect.stringContaining("0.95905")]);
    history.forward();
    await vi.waitFor(() => expect(one("#tool-title").textContent).toBe("Path"));
  });

  it("shows only the newest of many places that were asked for", async () => {
    await opened();
    const answers = [1, 2, 3].map(() => new Later<unknown>());
    let next = 0;
    server.answers["/soundscape"] = () => answers[next++]?.value;
    for (const lat of [1, 1.1, 1.2]) await go(lat, 0.5);
    answers.forEach(({ give }, i) => give(heard({ point: { lat: 1 + i / 10, lon: 0.5 } })));
    await settle();
    expect(seen()).toContain("1.20000");
  });

  it("tells in the server's own words of a place without imagery, which another takes back", async () => {
    await opened();
    server.answers["/soundscape"] = () => refusal("No imagery", "null-island ends at 2° N", 404);
    await go(48.85, 2.35);
    expect(texts("#notice [role=alert] > *")).toEqual(["No imagery", "null-island ends at 2° N"]);
    expect(seen()).toBe("nothing");
    server.answers["/soundscape"] = heardAt;
    buttonNamed("Linton beach").click();
    await settle();
    expect(texts("#notice [role=alert] > *")).toEqual([]);
    expect(seen()).toContain("0.95905");
  });

  it("offers to ask again for imagery that is down, once the server may have it", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      await opened();
      server.answers["/soundscape"] = () => refusal("Imagery unavailable", "esri did not answer", 503, 2);
      await go(1, 0.5);
      const again = one<HTMLButtonElement>("#notice > button");
      expect([told(), again.textContent, again.disabled]).toEqual([expect.stringContaining("esri did not answer"), "Try again in 2 s", true]);
      vi.advanceTimersByTime(2000);
      expect([again.textContent, again.disabled]).toEqual(["Try again", false]);
      server.answers["/soundscape"] = heardAt;
      again.click();
      await settle();
      expect(seen()).toContain("1.00000");
    } finally {
      vi.useRealTimers();
    }
  });

  it("says plainly that the network is lost, and stays usable", async () => {
    await opened();
    server.isAway = true;
    await go(1, 0.5);
    expect(told()).toContain("cannot be reached");
    server.isAway = false;
    await go(1.1, 0.5);
    expect(seen()).toContain("1.10000");
  });

  it("asks again for what waited as soon as the server is back", async () => {
    await opened();
    server.isAway = true;
    window.dispatchEvent(new Event("offline"));
    await settle();
    expect(one("#connection").textContent).toContain("No connection");
    await go(1, 0.5);
    server.isAway = false;
    server.answers["/healthz"] = () => ({});
    window.dispatchEvent(new Event("online"));
    await settle();
    await settle();
    expect([one("#connection").textContent, seen()]).toEqual(["", expect.stringContaining("1.00000")]);
  });

  it("that found no server offers to open again", async () => {
    server.isAway = true;
    await opened();
    expect(told()).toContain("cannot be reached");
    server.isAway = false;
    window.dispatchEvent(new Event("offline"));
    window.dispatchEvent(new Event("online"));
    one<HTMLButtonElement>("#notice > button").disabled = false;
    one<HTMLButtonElement>("#notice > button").click();
    await settle();
    expect(texts("#imagery option")).toHaveLength(2);
  });

  it.each([
    ["?hour=99&tool=hammer&hide=stars", "the hour, the layers and the tool are left out"],
    [`?tool=path&path=${"0,0;".repeat(9999)}0,0`, "the path is left out"],
    ["?checkpoint=0a1b2c3d", "made with another checkpoint (0a1b2c3d)"],
    ["?checkpoint=%3Cimg%20src%3Dx%3E", "the checkpoint is left out"],
  ])("says what it cannot read of a link, and shows the rest (%#)", async (parameters, words) => {
    await opened(HERE + parameters);
    expect(one("#remark").textContent).toContain(words);
    expect(seen()).toContain("0.95905");
    buttonNamed("Put this remark away").click();
    expect(one("#remark").textContent).toBe("");
  });

  it("can be used after a link that is nothing but garbage", async () => {
    await opened();
    await follow("#95,abc,%%%,;?q");
    expect(one("#remark").textContent).toContain("the place is left out. Choose a place on the map.");
    await go(1, 0.5);
    expect(seen()).toContain("1.00000");
  });

  it("offers no time where nothing knows it", async () => {
    server.answers["/capabilities"] = () => capabilities();
    await opened(HERE);
    expect(one("#when").hidden).toBe(true);
  });

  it("listens at the month and the hour that are chosen, renders them, and writes them into the address", async () => {
    const asked: unknown[] = [];
    server.answers["POST /synthesis"] = (_, { body }) => (asked.push(JSON.parse(String(body))), job("done"));
    server.answers["/capabilities"] = () => capabilities({ engines: [{ ...CLOCK, default: true, seconds_per_10s: 1 }] });
    await opened(HERE);
    choose(one<HTMLSelectElement>("#when [name=month]"), "7");
    await settle();
    expect(server.askedFor("/soundscape").at(-1)).toContain("month=7");
    const hour = one<HTMLSelectElement>("#when [name=hour]");
    hour.focus();
    choose(hour, "5");
    await settle();
    expect(server.askedFor("/soundscape").at(-1)).toContain("month=7&hour=5");
    expect(asked.at(-1)).toMatchObject({ month: 7, hour: 5 });
    expect(location.hash).toContain("month=7&hour=5");
    expect(document.activeElement).toBe(hour);
  });

  it("keeps the zoom of a link to a comparison of neighbours, and shows both of others", async () => {
    stubWebAudio();
    const tiles = (): string[] => [...document.querySelectorAll<HTMLImageElement>("img.leaflet-tile")].map(({ src }) => src);
    server.answers["/capabilities"] = () => capabilities({ imagery: [imagery("null-island", { tiles: "/{z}/{x}/{y}" })] });
    await opened("#0.95905,0.25310,1,13?tool=compare&with=0.96500,0.26000");
    await vi.waitFor(() => expect(texts(".compare-side")).toHaveLength(2));
    expect(tiles().every((src) => src.includes("/13/"))).toBe(true);
    await follow("#0.95905,0.25310,1,13?tool=compare&with=1.30290,0.92063");
    await vi.waitFor(() => expect(texts(".compare-side")).toHaveLength(2));
    expect(tiles().some((src) => src.includes("/9/"))).toBe(true);
    // The address follows after a pause, which must not end in the next test.
    await vi.waitFor(() => expect(location.hash).toContain(",9?"), 5000);
  });

  it("begins the sound by itself once its engine turns out to be quick", async () => {
    const told = [90, 1].map((seconds_per_10s) => capabilities({ engines: [{ ...CLOCK, default: true, seconds_per_10s }] }));
    server.answers["/capabilities"] = () => told.shift();
    await opened(HERE);
    await settle();
    expect(server.askedFor("/capabilities")).toHaveLength(2);
    expect(one("[data-rung=synthesised]").dataset["stage"]).toBe("done");
  });

  it("shows another imagery that is chosen, and listens to places through it", async () => {
    await opened();
    choose(one<HTMLSelectElement>("#imagery"), "esri");
    await go(1, 0.5);
    expect(server.askedFor("/soundscape").at(-1)).toContain("imagery=esri");
    expect(location.hash).toMatch(/^#1\.00000,0\.50000,1,\d+,esri\?/);
  });
});

describe("a search on the page", () => {
  let server: Server;

  beforeEach(() => {
    openDocument();
    server = new Server({ ...ANSWERS });
  });

  afterEach(closeDocument);

  it("plays nothing before a place is chosen", async () => {
    await opened();
    await searchFor("waves");
    expect(texts(".result")).toHaveLength(3);
    expect(server.asked.filter((path) => path.includes("audio"))).toEqual([]);
  });

  it("is led back from the place to the list to the start", async () => {
    await opened();
    await searchFor("waves");
    const [first] = document.querySelectorAll<HTMLElement>(".result");
    first?.click();
    await settle();
    expect([seen(), one(".results-list").hidden]).toEqual([expect.stringContaining("1.05905"), true]);
    await back();
    expect([seen(), one(".results-list").hidden]).toEqual(["nothing", false]);
    await back();
    expect([one("#welcome").hidden, one<HTMLInputElement>("#search-text").value]).toEqual([false, ""]);
    expect(texts(".glow-layer")).toEqual([]);
  });

  it("that is cleared leaves nothing on the map, which can be listened to", async () => {
    await opened();
    await searchFor("waves");
    expect([texts(".badge"), texts(".glow-layer").length]).toEqual([["1", "2", "3"], 1]);
    buttonNamed("Clear").click();
    expect([one("#legend").hidden, one("#welcome").hidden, texts(".glow-layer, .badge")]).toEqual([true, false, []]);
    press(one("#map"), "Enter");
    await settle();
    expect(seen()).not.toBe("nothing");
  });

  it("is asked for again, quietly, when its region has grown, and lights up anew", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const look = { ...ISLAND, state: "building" as const, done: 43, seconds_left: 25, hash: "early" };
      const looks = [look, { ...look, done: 80, hash: "later" }, ISLAND];
      server.answers["/regions"] = () => ({ regions: [looks.length > 1 ? looks.shift() : looks[0]] });
      openDocument(`${HERE}?q=waves`);
      vi.spyOn(MapLayers.prototype, "showOutlines").mockResolvedValue();
      const page = new Page();
      page.watch();
      void page.open();
      await vi.advanceTimersByTimeAsync(10);
      expect(one("#region").textContent).toContain("43%");
      expect(server.askedFor("/search")).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(60_000);
      expect([server.askedFor("/search").length, server.askedFor("/heatmap/legend").length, one("#region").hidden]).toEqual([3, 3, true]);
      expect(seen()).toContain("0.95905"); // the card keeps its room
    } finally {
      vi.useRealTimers();
    }
  });

  it("whose glow does not come is told of once, and that is taken back when it does", async () => {
    const words = "Too many questions at once.";
    await opened();
    await searchFor("waves");
    const tiles = [...document.querySelectorAll<HTMLImageElement>(".glow-layer img")];
    expect(tiles.length).toBeGreaterThan(0);
    for (const tile of tiles) server.answers[new URL(tile.src).pathname] = () => refusal("Service unavailable", words, 503, 1);
    for (const tile of tiles) tile.dispatchEvent(new Event("error"));
    await settle();
    expect(told().split(words)).toHaveLength(2);
    expect(one("#legend").hidden).toBe(false);
    const again = one<HTMLButtonElement>("#notice > button");
    again.disabled = false;
    again.click();
    await settle();
    expect(told()).not.toContain(words);
  });

  it("says in the server's own words why a recording was refused, and lets go of it", async () => {
    server.answers["POST /search"] = () => refusal("Unprocessable", "broken.wav holds no sound", 422);
    await opened();
    const upload = one<HTMLInputElement>("#search-upload");
    const file = new File(["RIFF but no sound"], "broken.wav", { type: "audio/wav" });
    Object.defineProperty(upload, "files", { value: [file], configurable: true });
    upload.dispatchEvent(new Event("change"));
    await vi.waitFor(() => expect(told()).toContain("broken.wav holds no sound"));
    expect(one("#search-token").hidden).toBe(true);
  });
});

describe("a written caption on the page", () => {
  const captioner = { name: "llava", available: true, needs: "", licence: "apache-2.0", prompt: "" };
  let server: Server;

  beforeEach(() => {
    openDocument();
    server = new Server({ ...ANSWERS, "/capabilities": () => capabilities({ captioner }) });
  });

  afterEach(closeDocument);

  it("comes after the nearest, which is there meanwhile, and can be given up for it", async () => {
    const written = new Later<unknown>();
    const nearest = heard({ point: BEACH });
    server.answers["/soundscape"] = ({ searchParams }) => (searchParams.get("caption") ? written.value : nearest);
    await opened(HERE);
    const choice = one<HTMLInputElement>("[value=generate]");
    choice.focus();
    check(choice);
    await settle();
    expect(one(".caption-choice small").textContent).toContain("LLaVA writes a caption");
    expect(one(".headline h2").textContent).toBe("Waves break on a beach");
    const captions = [{ id: "generated", text: "surf hisses over gravel", score: 0.5, scene: null, gallery: null }];
    written.give({ ...nearest, route: "generation", captions, confidence: null });
    await settle();
    expect(one(".headline h2").textContent).toBe("Surf hisses over gravel");
    expect(one(".caption-choice small").textContent).toBe("Written by LLaVA. apache-2.0.");
    expect(document.activeElement).toBe(one("[value=generate]"));
    expect(texts(".matches:not(.recordings) .why")).toEqual([]); // it is in no gallery
    expect(location.hash).toContain("caption=generate");
    check(one<HTMLInputElement>("[value=retrieve]"));
    await settle();
    expect(one(".headline h2").textContent).toBe("Waves break on a beach");
    expect(location.hash).not.toContain("caption=generate");
  });

  it("is asked for again when it is still being written", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const wait = refusal("Unavailable", "It is still being written.", 503, 1, "/problems/unavailable");
      const answers = [wait, heard({ route: "generation", captions: [{ id: "generated", text: "gulls", score: 0.5, scene: null, gallery: null }] })];
      server.answers["/soundscape"] = ({ searchParams }) => (searchParams.get("caption") ? answers.shift() : heard());
      void opened(`${HERE}?caption=generate`);
      await vi.advanceTimersByTimeAsync(2000);
      expect(one(".headline h2").textContent).toBe("Gulls");
      expect(one<HTMLInputElement>("[value=generate]").checked).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it("is not offered where nothing writes any, and a link that asks for one is told so", async () => {
    server.answers["/capabilities"] = () => capabilities();
    await opened(`${HERE}?caption=generate`);
    expect(texts(".caption-choice")).toEqual([]);
    expect(one("#remark").textContent).toContain("the nearest caption is shown");
  });
});
