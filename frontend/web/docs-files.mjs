// What the server's /docs page shows, put beside the built page so that it works without a network.
import { copyFileSync, mkdirSync } from "node:fs";

const target = "../../server/page/docs";
mkdirSync(target, { recursive: true });
for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
  copyFileSync(`node_modules/swagger-ui-dist/${name}`, `${target}/${name}`);
}
