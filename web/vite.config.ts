import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `npm run dev` serves the page beside a running Lockstep, whose address LOCKSTEP_SERVER may name.
const server = process.env["LOCKSTEP_SERVER"] ?? "http://localhost:8080";

export default defineConfig({
  base: "./",
  plugins: [react()],
  build: { target: "es2022", sourcemap: false, modulePreload: { polyfill: false } },
  server: { proxy: { "/api": { target: server }, "/connection": { target: server, ws: true } } },
  test: { include: ["src/**/*.test.ts", "src/**/*.test.tsx"], restoreMocks: true },
});
