// The digest: what tells two copies of a project apart, whoever keeps them.

import { compare, type Tables } from "../tables";
import { canonical } from "./canonical";

/** SHA-256, in hex, over the canonical JSON (RFC 8785) of the snapshot at `version`, without its `epoch`. */
export async function digest(tables: Tables, version: number): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalSnapshot(tables, version));
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

function canonicalSnapshot(tables: Tables, version: number): string {
  const tasks = [...tables.tasks()].sort((a, b) => compare(a.id, b.id));
  return canonical({
    version,
    project: tables.project,
    members: tables.members(),
    tasks,
    dependencies: tables.allEdges(),
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
