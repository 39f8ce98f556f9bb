/** The world in cells about as wide as a footprint, so that a moving ear asks once for each place. */

import type { Point } from "../server/geo";

/** A cell by its middle, in degrees. */
export interface Cell extends Point {
  key: string;
  row: number;
  column: number;
  metres: number;
}

const METRES_PER_DEGREE = 111_320;

/** How wide cells are: as a footprint, doubled until they are `least` metres wide, so that few sizes occur. */
export function cellMetres(footprint: number, least: number): number {
  return footprint * 2 ** Math.max(Math.ceil(Math.log2(least / footprint)), 0);
}

/** The cell of this width that a point lies in. */
export function cellAt({ lat, lon }: Point, metres: number): Cell {
  const height = metres / METRES_PER_DEGREE;
  const row = Math.floor(lat / height);
  return cell(row, Math.floor(lon / widthOf(row, metres)), metres);
}

/** The cell one further on, the way that led from one cell to another of its size; null: they are of two sizes. */
export function neighbour(from: Cell, to: Cell): Cell | null {
  if (from.metres !== to.metres) return null;
  const row = to.row + Math.sign(to.row - from.row);
  const column = Math.floor(to.lon / widthOf(row, to.metres)) + Math.sign(to.lon - from.lon);
  return cell(row, to.row === row ? to.column + Math.sign(to.column - from.column) : column, to.metres);
}

function cell(row: number, column: number, metres: number): Cell {
  const height = metres / METRES_PER_DEGREE;
  const lon = (column + 0.5) * widthOf(row, metres);
  return {
    key: `${row},${column},${metres}`,
    row,
    column,
    metres,
    lat: Math.min(Math.max((row + 0.5) * height, -90), 90),
    lon: ((((lon + 180) % 360) + 360) % 360) - 180,
  };
}

/** Degrees of longitude that a cell of a row is wide. */
function widthOf(row: number, metres: number): number {
  const lat = ((row + 0.5) * metres) / METRES_PER_DEGREE;
  return metres / METRES_PER_DEGREE / Math.max(Math.cos((lat * Math.PI) / 180), 0.01);
}
