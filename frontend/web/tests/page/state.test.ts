import { describe, expect, it } from "vitest";

import { effect } from "../../src/kit/signal";
import { State } from "../../src/page/state";
import { CLOCK, capabilities } from "../capabilities";

const CAMERA = { lat: 5, lon: 6, zoom: 12 };

function opened(): State {
  const state = new State();
  state.listening.told.value = capabilities({ engines: [CLOCK] });
  return state;
}

describe("the state of the page", () => {
  it("has no address before the server has told what it shows", () => {
    expect(new State().address(CAMERA)).toBeNull();
  });

  it("has the address of all that is chosen", () => {
    const state = opened();
    state.place.value = { lat: 1, lon: 2 };
    state.query.value = { text: "waves", minus: "", id: null, region: null };
    state.listening.choose({ imagery: "esri", scale: 3, when: { month: 7, hour: null } });
    state.layers.value = { base: "plain", hidden: ["glow"] };
    state.tool.value = { name: "layers", points: [], concept: null };
    expect(state.address(CAMERA)).toEqual({
      place: { lat: 1, lon: 2, scale: 3, zoom: 12, imagery: "esri" },
      query: { text: "waves", minus: "", id: null, region: null },
      camera: null,
      when: { month: 7, hour: null },
      caption: "retrieve",
      layers: { base: "plain", hidden: ["glow"] },
      tool: { name: "layers", points: [], concept: null },
      checkpoint: "01234567",
    });
  });

  it("says where the map looks only once the person has moved it", () => {
    const state = opened();
    state.isRoamed.value = true;
    expect(state.address(CAMERA)?.camera).toEqual(CAMERA);
  });

  it("takes the same place, layers or tool for no change", () => {
    const state = opened();
    let runs = 0;
    effect(() => void [state.address(CAMERA), runs++]);
    state.place.value = null;
    state.layers.value = { base: "imagery", hidden: [] };
    state.tool.value = null;
    expect(runs).toBe(1);
    state.place.value = { lat: 1, lon: 2 };
    state.place.value = { lat: 1, lon: 2 };
    expect(runs).toBe(2);
  });
});
