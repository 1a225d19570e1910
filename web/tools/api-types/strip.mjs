// Reads the OpenAPI document of Lockstep from standard input and keeps what types are made of: no texts, examples or refusals.
import { readFileSync, writeFileSync } from "node:fs";

const texts = new Set(["description", "summary", "example", "examples", "tags"]);

function strip(value, parent) {
  if (Array.isArray(value)) return value.map((item) => strip(item));
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name]) => {
    if (parent === "properties") return true;
    if (parent === "responses") return name < "400";
    return !texts.has(name);
  });
  return Object.fromEntries(kept.map(([name, member]) => [name, strip(member, name)]));
}

const { openapi, info, paths, components } = JSON.parse(readFileSync(0, "utf8"));
const document = strip({ openapi, info: { title: info.title, version: info.version }, paths, components });
writeFileSync(new URL("../../src/api/openapi.json", import.meta.url), `${JSON.stringify(document, null, 1)}\n`);
