// Puts the reference page together in web/dist-docs, where the server's build embeds it.
import { cp, mkdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../../dist-docs");
const swagger = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
for (const file of ["swagger-ui-bundle.js", "swagger-ui.css", "LICENSE", "NOTICE"]) {
  await cp(join(swagger, file), join(target, file));
}
for (const file of ["index.html", "reference.js", "reference.css"]) {
  await cp(join(here, "page", file), join(target, file));
}
