// Writes the types of the server's answers from its OpenAPI description, which comes on stdin, to the file that is named.
import { writeFileSync } from "node:fs";
import { text } from "node:stream/consumers";

import openapiTS, { astToString } from "openapi-typescript";

const HEAD = "/** The server's own schemas, written from its OpenAPI description by `make types`. */\n\n";

/** A description without titles, which only repeat the names of fields. */
function untitled(value) {
  if (Array.isArray(value)) return value.map(untitled);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([key, child]) => !(key === "title" && typeof child === "string"));
  return Object.fromEntries(kept.map(([key, child]) => [key, untitled(child)]));
}

const [target] = process.argv.slice(2);
const { openapi, info, components } = untitled(JSON.parse(await text(process.stdin)));
for (const [name, schema] of Object.entries(components.schemas)) {
  delete schema.examples;
  // An answer tells of every field, also of those that a request may leave out.
  if (schema.properties && !name.endsWith("Request")) schema.required = Object.keys(schema.properties);
}
const description = { openapi, info: { title: "Earshot", ...info }, paths: {}, components };
writeFileSync(target, HEAD + astToString(await openapiTS(description, { alphabetize: true, defaultNonNullable: true })));
