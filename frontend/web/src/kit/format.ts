/** Numbers and names as people read them. */

const ENGINES: Record<string, { name: string; kind: string }> = {
  foley: { name: "Foley", kind: "a procedural synthesizer" },
  tangoflux: { name: "TangoFlux", kind: "a text-to-audio model" },
};

/** A cosine as two decimals with a true minus sign, never "-0.00". */
export function formatScore(score: number): string {
  const text = Math.abs(score).toFixed(2);
  return score < 0 && text !== "0.00" ? `\u2212${text}` : text;
}

/** How much of its bar a score fills, 0 to 1; nothing for scores below zero. */
export function scoreShare(score: number): number {
  return Number.isFinite(score) ? Math.min(Math.max(score, 0), 1) : 0;
}

/** A confidence (0 to 1) in words. */
export function confidenceWords(confidence: number): string {
  if (confidence >= 0.8) return "Very sure";
  if (confidence >= 0.55) return "Fairly sure";
  if (confidence >= 0.35) return "Unsure";
  return "Only a guess";
}

/** Coordinates as degrees and hemispheres: `0.05000° N, 0.02000° E`; with 3 decimals, to about a hundred metres. */
export function formatPoint(lat: number, lon: number, decimals: 3 | 5 = 5): string {
  const half = (value: number, positive: string, negative: string): string =>
    `${Math.abs(value).toFixed(decimals)}°\u00a0${value < 0 ? negative : positive}`;
  return `${half(lat, "N", "S")}, ${half(lon, "E", "W")}`;
}

/** A length in metres or kilometres. */
export function formatLength(metres: number): string {
  return metres < 1000 ? `${Math.round(metres)} m` : `${(metres / 1000).toFixed(1)} km`;
}

/** What an engine is called. */
export function engineName(engine: string): string {
  return ENGINES[engine]?.name ?? engine;
}

/** What an engine is called, and what it is. */
export function engineWords(engine: string): string {
  const known = ENGINES[engine];
  return known ? `${known.name}, ${known.kind}` : engine;
}

/** How long something takes, as far as it can be known beforehand. */
export function formatEstimate(seconds: number): string {
  return seconds < 1 ? "Under a second on this server" : `About ${formatDuration(seconds)} on this server`;
}

/** A moment in a sound as minutes and seconds. */
export function formatClock(seconds: number): string {
  const whole = Math.floor(seconds + 1e-6);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** A place in a queue: 1st, 2nd, 3rd. */
export function formatOrdinal(place: number): string {
  const [tens, ones] = [Math.floor(place / 10) % 10, place % 10];
  const ending = tens === 1 ? "th" : (["th", "st", "nd", "rd"][ones] ?? "th");
  return `${place}${ending}`;
}

/** A text with its first letter raised, as captions stand in lower case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A percentile (0 to 100) with one decimal, rounded down so that only the very top is 100. */
export function formatPercentile(percentile: number): string {
  return (Math.floor(percentile * 10) / 10).toFixed(1);
}

/** An area in square kilometres. */
export function formatArea(km2: number): string {
  return `${km2 < 10 ? km2.toFixed(1) : Math.round(km2).toLocaleString("en")}\u00a0km²`;
}

/** A length of time in seconds, or in minutes when it is long. */
export function formatDuration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)}\u00a0s` : `${Math.ceil(seconds / 60)}\u00a0min`;
}

// Words that say nothing of what is heard.
const SMALL_WORDS = new Set(
  "a an and are as at before be but by for from has have in into is it its of on or over some that the their there this to under was where which while with".split(" "),
);

/** A text in the words that say what is heard, and what stands between them. */
export function wordsOf(text: string): { text: string; isWord: boolean }[] {
  return [...text.matchAll(/([\p{L}\p{N}]+(?:['\u2019-][\p{L}\p{N}]+)*)|([^\p{L}\p{N}]+)/gu)].map(([part, word]) => ({
    text: part,
    isWord: word !== undefined && !SMALL_WORDS.has(word.toLowerCase()),
  }));
}
