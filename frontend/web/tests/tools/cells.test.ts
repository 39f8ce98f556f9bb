import { describe, expect, it } from "vitest";

import { cellAt, cellMetres, neighbour } from "../../src/tools/cells";

describe("a cell", () => {
  it.each([[0.95905, 0.2531], [-33.9, 151.2], [84.9, -179.99], [0, 179.9]])("holds the points around its middle (%d, %d)", (lat, lon) => {
    const cell = cellAt({ lat, lon }, 153.6);
    expect(cellAt(cell, 153.6).key).toBe(cell.key);
    expect(Math.abs(cell.lat - lat) * 111_320).toBeLessThanOrEqual(153.6 / 2 + 1e-6);
  });

  it("is as wide as a footprint, or a power of two wider where the map is seen from afar", () => {
    expect(cellMetres(153.6, 10)).toBe(153.6);
    expect(cellMetres(153.6, 160)).toBe(307.2);
    expect(cellMetres(153.6, 310)).toBe(614.4);
  });

  it("has a neighbour the way the ear goes", () => {
    const from = cellAt({ lat: 10.0001, lon: 10.0001 }, 153.6);
    const east = cellAt({ lat: from.lat, lon: from.lon + 0.0015 }, 153.6);
    const ahead = neighbour(from, east);
    expect(ahead?.row).toBe(from.row);
    expect(ahead?.lon).toBeGreaterThan(east.lon);
    const north = cellAt({ lat: from.lat + 0.0014, lon: from.lon }, 153.6);
    expect(neighbour(from, north)?.row).toBe(north.row + 1);
  });

  it("has none among cells of another size", () => {
    expect(neighbour(cellAt({ lat: 0, lon: 0 }, 100), cellAt({ lat: 0, lon: 0 }, 200))).toBeNull();
  });
});
