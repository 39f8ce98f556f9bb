/** What the map shows: the ground, and what is drawn over it. */

export const BASES = ["imagery", "plain"] as const;
export const OVERLAYS = ["outlines", "glow", "areas", "footprint"] as const;

/** What lies at the bottom: the imagery that is listened to, or a plain map of land and water. */
export type Base = (typeof BASES)[number];

/** What may be drawn over it: country outlines, a search's glow and its ranked areas, the footprint of a place. */
export type OverlayName = (typeof OVERLAYS)[number];

/** The choice of both. */
export interface Layers {
  base: Base;
  hidden: OverlayName[];
}

/** How the page opens. */
export const SHOWN_AT_FIRST: Layers = { base: "imagery", hidden: [] };
