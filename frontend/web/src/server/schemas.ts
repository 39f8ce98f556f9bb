/** What the server says, by the names it has there. */

import type { components } from "./openapi";

export type Schemas = components["schemas"];
