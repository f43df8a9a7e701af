import { gzipSync } from "node:zlib";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { defineConfig, type Plugin } from "vite";

const out = "../src/ketang/shell/static/dist";

/** whitenoise serves the `.gz` beside a file; the offices' lines are slow. */
const zip: Plugin = {
  name: "zip",
  writeBundle() {
    const folder = join(import.meta.dirname, out, "assets");
    for (const name of readdirSync(folder).filter((n) => /\.(js|css)$/.test(n))) {
      const file = join(folder, name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
    }
  },
};

export default defineConfig({
  base: "./",
  plugins: [zip],
  build: {
    outDir: out,
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // The browsers of the county's older machines.
    target: ["chrome87", "firefox91", "safari14"],
    cssTarget: ["chrome87", "firefox91", "safari14"],
    rolldownOptions: { input: { main: "src/main.ts" } },
  },
});
