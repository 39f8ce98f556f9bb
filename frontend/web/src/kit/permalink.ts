/**
 * The exact view, written in the page's address: `#lat,lon,scale,zoom`, then `,imagery` when not the default, then
 * parameters: what is searched for (`q`, `query`, `minus`, `region`), where the map looks (`view=lat,lon,zoom`), `month`
 * and `hour`, whether a caption is written for the image (`caption=generate`), the layers (`base`, `hide`), the tool that is open (`tool`, `path`, `with`) and the
 * `checkpoint` that all of it was heard with.
 */

import type { Point } from "../server/geo";
import { type Query, queryFrom, queryParameters } from "../server/query";
import type { CaptionRoute, When } from "../server/question";
import { BASES, type Layers, OVERLAYS, SHOWN_AT_FIRST } from "./layers";

/** A place to listen to and how closely the map looks at it. */
export interface Place {
  lat: number;
  lon: number;
  scale: number;
  zoom: number;
  /** The imagery source's name; null: the one the page opens with. */
  imagery: string | null;
}

/** Where the map looks. */
export interface Camera {
  lat: number;
  lon: number;
  zoom: number;
}

/** What a tool works on. */
export interface ToolWork {
  /** Of a path its points, of a comparison the other place. */
  points: Point[];
  /** The concept that is looked at. */
  concept: number | null;
}

/** The tool that is open, and what it works on. */
export interface ToolState extends ToolWork {
  name: ToolName;
}

export const TOOLS = ["wander", "path", "compare", "concepts", "layers"] as const;
export type ToolName = (typeof TOOLS)[number];

/** All that an address says; what it leaves out is null, or as the page opens. */
export interface Address {
  place: Place | null;
  query: Query | null;
  /** Null: the place stands in the middle. */
  camera: Camera | null;
  when: When;
  caption: CaptionRoute;
  layers: Layers;
  tool: ToolState | null;
  /** The first digits of the checkpoint's hash. */
  checkpoint: string | null;
}

/** How many points a path may have, in an address as on the map. */
export const MOST_POINTS = 24;

const DECIMALS = 5; // about a metre

/** The address fragment of a view; `#` alone when there is nothing to tell. */
export function formatAddress(address: Address): string {
  const { place, query, camera, when, caption, layers, tool, checkpoint } = address;
  const parameters = query === null ? new URLSearchParams() : queryParameters(query);
  if (camera) parameters.set("view", `${formatPoint(camera)},${camera.zoom}`);
  if (when.month !== null) parameters.set("month", String(when.month));
  if (when.hour !== null) parameters.set("hour", String(when.hour));
  if (caption !== "retrieve") parameters.set("caption", caption);
  if (layers.base !== SHOWN_AT_FIRST.base) parameters.set("base", layers.base);
  if (layers.hidden.length > 0) parameters.set("hide", layers.hidden.join());
  if (tool) writeTool(tool, parameters);
  if (checkpoint !== null && (place || query || tool)) parameters.set("checkpoint", checkpoint);
  const words = parameters.toString().replaceAll("%2C", ",").replaceAll("%3B", ";");
  return `#${place === null ? "" : formatPlace(place)}${words === "" ? "" : `?${words}`}`;
}

/** What an address fragment says, and the parts of it that could not be read. */
export function parseAddress(hash: string): { address: Address; unread: string[] } {
  const unread: string[] = [];
  const [head = "", ...rest] = hash.replace(/^#/, "").split("?");
  const parameters = new URLSearchParams(rest.join("?"));
  /** The value of a parameter; one that is there but cannot be read is told of and left out. */
  const read = <T>(name: string, parse: (text: string) => T | null): T | null => {
    const text = parameters.get(name);
    if (text === null) return null;
    const value = parse(text);
    if (value === null) unread.push(name);
    return value;
  };
  const place = parsePlace(head);
  if (place === null && head !== "") unread.push("the place");
  const address: Address = {
    place,
    query: queryFrom(parameters),
    camera: read("view", parseCamera),
    when: { month: read("month", inRange(1, 12)), hour: read("hour", inRange(0, 23)) },
    caption: read("caption", (text) => (text === "generate" || text === "retrieve" ? text : null)) ?? "retrieve",
    layers: {
      base: read("base", (text) => BASES.find((base) => base === text) ?? null) ?? SHOWN_AT_FIRST.base,
      hidden: read("hide", parseHidden) ?? SHOWN_AT_FIRST.hidden,
    },
    tool: null,
    checkpoint: read("checkpoint", (text) => (/^[0-9a-f]{4,64}$/.test(text) ? text : null)),
  };
  const tool = read("tool", parseTool);
  const points = read("path", parsePath) ?? read("with", (text) => wrap(parsePoint(text.split(","))));
  if (tool) address.tool = workable({ ...tool, points: points ?? [] });
  return { address, unread };
}

/** A tool with that part of its work which it knows how to do. */
function workable({ name, points, concept }: ToolState): ToolState {
  const most = name === "path" ? MOST_POINTS : name === "compare" ? 1 : 0;
  return { name, points: points.slice(0, most), concept: name === "concepts" ? concept : null };
}

function writeTool({ name, points, concept }: ToolState, parameters: URLSearchParams): void {
  parameters.set("tool", concept === null ? name : `${name},${concept}`);
  if (points.length > 0) parameters.set(name === "compare" ? "with" : "path", points.map(formatPoint).join(";"));
}

function formatPlace(place: Place): string {
  const parts = [formatPoint(place), place.scale, Math.round(place.zoom)];
  return place.imagery === null ? parts.join() : [...parts, encodeURIComponent(place.imagery)].join();
}

function formatPoint({ lat, lon }: Point): string {
  return `${lat.toFixed(DECIMALS)},${lon.toFixed(DECIMALS)}`;
}

function parsePlace(head: string): Place | null {
  const parts = head.split(",");
  if (parts.length < 4 || parts.length > 5) return null;
  const point = parsePoint(parts.slice(0, 2));
  const scale = inRange(1, 1000)(parts[2] ?? "");
  const zoom = parseZoom(parts[3] ?? "");
  return point && scale !== null && zoom !== null ? { ...point, scale, zoom, imagery: decoded(parts[4]) } : null;
}

function parseCamera(text: string): Camera | null {
  const parts = text.split(",");
  const point = parsePoint(parts.slice(0, 2));
  const zoom = parseZoom(parts[2] ?? "");
  return point && zoom !== null && parts.length === 3 ? { ...point, zoom } : null;
}

function parsePath(text: string): Point[] | null {
  const parts = text.split(";", MOST_POINTS + 1);
  const points = parts.map((part) => parsePoint(part.split(",")));
  return parts.length <= MOST_POINTS && points.every((point) => point !== null) ? points : null;
}

function parsePoint(parts: string[]): Point | null {
  const [lat, lon] = parts.map(number) as [number, number];
  return parts.length === 2 && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : null;
}

function parseZoom(text: string): number | null {
  const zoom = number(text);
  return zoom >= 0 && zoom <= 24 ? zoom : null;
}

/** A tool by name, behind which the concept stands that it looks at. */
function parseTool(text: string): Omit<ToolState, "points"> | null {
  const [first, second] = text.split(",");
  const name = TOOLS.find((tool) => tool === first);
  const concept = second === undefined ? null : inRange(0, 2 ** 31 - 1)(second);
  return name === undefined || (second !== undefined && concept === null) ? null : { name, concept };
}

function parseHidden(text: string): Layers["hidden"] | null {
  const names = text.split(",");
  const hidden = OVERLAYS.filter((overlay) => names.includes(overlay));
  return hidden.length === names.length ? hidden : null;
}

/** A reader of whole numbers from `low` to `high`. */
function inRange(low: number, high: number): (text: string) => number | null {
  return (text) => (/^\d{1,10}$/.test(text) && Number(text) >= low && Number(text) <= high ? Number(text) : null);
}

function wrap(point: Point | null): Point[] | null {
  return point && [point];
}

function number(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}

function decoded(text: string | undefined): string | null {
  try {
    return text ? decodeURIComponent(text) : null;
  } catch {
    return null;
  }
}
