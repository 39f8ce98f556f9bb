import { defineConfig } from "vitest/config";

const api = [
  "/soundscape", "/attention", "/concepts", "/imagery", "/gallery", "/capabilities", "/synthesis", "/regions", "/search", "/heatmap", "/healthz",
  "/readyz", "/docs",
];

export default defineConfig({
  base: "/",
  build: {
    outDir: "../../server/page",
    emptyOutDir: true,
    target: "es2022",
    // Images stay files, so that a content security policy needs no data: URLs.
    assetsInlineLimit: 0,
  },
  server: { proxy: Object.fromEntries(api.map((path) => [path, "http://127.0.0.1:8000"])) },
  // One thread that keeps its modules: most of a run was the starting of processes.
  test: { include: ["tests/**/*.test.ts"], environment: "node", pool: "threads", isolate: false, maxWorkers: 1, testTimeout: 30_000 },
});
