/** What a tool does with the map instead of listening: it takes clicks, drags and keys, and draws its own marks. */

import * as L from "leaflet";

import type { Point } from "../server/geo";
import { nearest, unrolled } from "./copies";

/** What a tool wants of the map; a gesture it leaves out keeps its usual meaning. */
export interface Hand {
  /** A click, or Enter at the middle of what can be seen. */
  onPick?(point: Point): void;
  /** The pointer is held on the map and moves; the map itself stands still. */
  onDrag?(point: Point): void;
  /** An arrow key, as steps east and south. */
  onStep?(east: number, south: number): void;
  /** Backspace or Delete. */
  onDelete?(): void;
  /** Escape. */
  onEscape?(): void;
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const EDGE = 48; // pixels from the rim of the map at which a held pointer pulls it on
const PULL = 9; // pixels that it is pulled by every
const PULL_PAUSE = 33; // milliseconds

/** One tool's hold on the map at a time. */
export class MapHand {
  readonly #map: L.Map;
  readonly #visible: () => L.Bounds;
  readonly #marks = L.layerGroup();
  readonly #ear = L.marker([0, 0], {
    icon: L.divIcon({ className: "ear", iconSize: [24, 24] }),
    interactive: false,
    keyboard: false,
    zIndexOffset: 2000,
  });
  #hand: Hand | null = null;
  #held: { id: number; at: L.Point } | null = null;
  #pulling: ReturnType<typeof setInterval> | null = null;

  /** `visible`: the part of the map that nothing covers, in pixels of its container. */
  constructor(map: L.Map, visible: () => L.Bounds) {
    this.#map = map;
    this.#visible = visible;
    this.#marks.addTo(map);
    const container = map.getContainer();
    container.addEventListener("keydown", (event) => this.#onKey(event), true);
    container.addEventListener("pointerdown", (event) => this.#onDown(event));
    container.addEventListener("pointermove", (event) => this.#onMove(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"] as const) {
      container.addEventListener(end, (event) => this.#onUp(event));
    }
  }

  /** Gives the map to a tool; null: back to listening. */
  give(hand: Hand | null): void {
    this.#hand = hand;
    this.#letGo();
    this.#marks.clearLayers();
    this.#ear.remove();
    if (hand?.onDrag) this.#map.dragging.disable();
    else this.#map.dragging.enable();
  }

  /** Offers a click to the tool; whether it took it. */
  pick({ lat, lng }: L.LatLng): boolean {
    if (this.#hand?.onDrag) return true; // holding the pointer was the answer already
    if (!this.#hand?.onPick) return false;
    this.#hand.onPick({ lat, lon: lng });
    return true;
  }

  /** Offers Enter, at the middle of what can be seen, to the tool; whether it took it. */
  pickMiddle({ lat, lng }: L.LatLng): boolean {
    if (!this.#hand?.onPick) return false;
    this.#hand.onPick({ lat, lon: lng });
    return true;
  }

  /** Draws the tool's marks in place of those before: a line through `line`, and named marks, by class of their style. */
  draw(line: Point[], marks: { point: Point; className: string; label?: string }[]): void {
    this.#marks.clearLayers();
    const here = this.#map.getCenter().lng;
    const path = unrolled(line, here).map(({ lat, lon }) => L.latLng(lat, lon));
    for (const className of path.length > 1 ? ["path-casing", "path-line"] : []) {
      L.polyline(path, { className, interactive: false }).addTo(this.#marks);
    }
    for (const { point, className, label } of marks) {
      const icon = L.divIcon({ className, iconSize: [24, 24], html: label ?? "" });
      const at: L.LatLngTuple = [point.lat, nearest(point.lon, path[0]?.lng ?? here)];
      L.marker(at, { icon, interactive: false, keyboard: false, zIndexOffset: 1000 }).addTo(this.#marks);
    }
  }

  /** Shows where the ear is; null: nowhere. */
  showEar(point: Point | null): void {
    if (point === null) return void this.#ear.remove();
    this.#ear.setLatLng([point.lat, nearest(point.lon, this.#map.getCenter().lng)]).addTo(this.#map);
  }

  /** The point that lies so many pixels east and south of another. */
  offset({ lat, lon }: Point, east: number, south: number): Point {
    const moved = this.#map.project([lat, lon]).add([east, south]);
    const { lat: newLat, lng } = this.#map.unproject(moved).wrap();
    return { lat: Math.min(Math.max(newLat, -85), 85), lon: lng };
  }

  /** Ground metres of one pixel of the map at a latitude. */
  metresPerPixel(lat: number): number {
    return (40_075_016.7 * Math.cos((lat * Math.PI) / 180)) / 256 / 2 ** this.#map.getZoom();
  }

  /** Moves the map just enough that a point stays in sight. */
  keepInSight({ lat, lon }: Point): void {
    const seen = this.#visible();
    const size = this.#map.getSize();
    const { min, max } = seen as { min: L.Point; max: L.Point };
    this.#map.panInside([lat, nearest(lon, this.#map.getCenter().lng)], {
      animate: false,
      paddingTopLeft: [min.x + EDGE, min.y + EDGE],
      paddingBottomRight: [size.x - max.x + EDGE, size.y - max.y + EDGE],
    });
  }

  /** The middle of what can be seen. */
  get middle(): Point {
    const { lat, lng } = this.#map.containerPointToLatLng(this.#visible().getCenter()).wrap();
    return { lat, lon: lng };
  }

  #onKey(event: KeyboardEvent): void {
    if (!this.#hand || event.target !== this.#map.getContainer()) return;
    const arrow = ARROWS[event.key];
    const far = event.shiftKey ? 3 : 1;
    if (arrow && this.#hand.onStep) this.#hand.onStep(arrow[0] * far, arrow[1] * far);
    else if ((event.key === "Backspace" || event.key === "Delete") && this.#hand.onDelete) this.#hand.onDelete();
    else if (event.key === "Escape" && this.#hand.onEscape) this.#hand.onEscape();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #onDown(event: PointerEvent): void {
    if (!this.#hand?.onDrag || (event.target as Element).closest(".leaflet-control, .badge")) return;
    if (!event.isPrimary || event.button !== 0) return this.#letGo(); // a second finger zooms
    this.#held = { id: event.pointerId, at: this.#at(event) };
    this.#map.getContainer().setPointerCapture(event.pointerId);
    this.#pulling = setInterval(() => this.#pull(), PULL_PAUSE);
    this.#tell();
  }

  #onMove(event: PointerEvent): void {
    if (this.#held?.id !== event.pointerId) return;
    this.#held.at = this.#at(event);
    this.#tell();
  }

  #onUp(event: PointerEvent): void {
    if (this.#held?.id === event.pointerId) this.#letGo();
  }

  #letGo(): void {
    if (this.#pulling !== null) clearInterval(this.#pulling);
    this.#pulling = this.#held = null;
  }

  /** Pulls the map on while the pointer is held at its rim. */
  #pull(): void {
    const { at } = this.#held ?? {};
    const { min, max } = this.#visible() as { min: L.Point; max: L.Point };
    if (!at) return;
    const by = L.point(rim(at.x, min.x, max.x) * PULL, rim(at.y, min.y, max.y) * PULL);
    if (by.x === 0 && by.y === 0) return;
    this.#map.panBy(by, { animate: false });
    this.#tell();
  }

  #tell(): void {
    if (!this.#held) return;
    const { lat, lng } = this.#map.containerPointToLatLng(this.#held.at).wrap();
    this.#hand?.onDrag?.({ lat, lon: lng });
  }

  #at(event: PointerEvent): L.Point {
    return this.#map.mouseEventToContainerPoint(event);
  }
}

/** -1 near the lower rim of a span, 1 near its upper rim, else 0. */
export function rim(at: number, low: number, high: number): -1 | 0 | 1 {
  if (at < low + EDGE) return -1;
  return at > high - EDGE ? 1 : 0;
}
