/** What is being searched for, and how it is written in addresses. */

/** A sound to look for: words, a recording that the server keeps, or both in one; less another sound when `minus` is given. */
export interface Query {
  text: string;
  /** The sound that places should be less like; empty: none. */
  minus: string;
  /** The server's name for a query that holds a recording; null: the words are all there is. */
  id: string | null;
  /** The region to look in; null: the server's first. */
  region: string | null;
  /** A concept to look for in place of words. */
  concept?: number;
}

/** The parameters by which the server knows a query. */
export function queryParameters({ text, minus, id, region, concept }: Query): URLSearchParams {
  const sought = concept !== undefined ? { concept: String(concept) } : id === null ? { q: text } : { query: id };
  const parameters = new URLSearchParams(sought);
  if (minus !== "") parameters.set("minus", minus);
  if (region !== null) parameters.set("region", region);
  return parameters;
}

/** The query that parameters name; null when they name none. */
export function queryFrom(parameters: URLSearchParams): Query | null {
  const id = parameters.get("query") || null;
  const text = parameters.get("q")?.trim() ?? "";
  const concept = /^\d{1,9}$/.test(parameters.get("concept") ?? "") ? Number(parameters.get("concept")) : undefined;
  if (id === null && text === "" && concept === undefined) return null;
  const minus = parameters.get("minus")?.trim() ?? "";
  const region = parameters.get("region") || null;
  if (concept !== undefined) return { text: "", minus, id: null, region, concept };
  return { text: id === null ? text : "", minus, id, region };
}

/** A query in a person's words. */
export function queryWords({ text, minus, id, concept }: Omit<Query, "region">): string {
  const isNamed = concept === undefined || text !== "";
  const sought = !isNamed ? `concept ${concept}` : id === null ? `\u201c${text}\u201d` : text === "" ? "the recording" : `the recording and \u201c${text}\u201d`;
  return minus === "" ? sought : `${sought}, less like \u201c${minus}\u201d`;
}

/** Whether two queries, either of them perhaps none, ask for the same. */
export function sameQuery(one: Query | null, other: Query | null): boolean {
  if (one === null || other === null) return one === other;
  return queryParameters(one).toString() === queryParameters(other).toString();
}
