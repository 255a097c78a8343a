import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { iconSheet } from "./plugins/icons.ts";
import { sealed } from "./plugins/sealed.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root,
  // Relative, so that the site may live under any static prefix.
  base: "./",
  build: {
    target: "chrome94",
    cssTarget: "chrome94",
    outDir: "../src/anlan/static/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    // Inlined files would be data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { desk: "src/desk.ts", charts: "src/charts.ts", map: "src/map.ts" } },
  },
  css: {
    preprocessorOptions: {
      scss: {
        // Bootstrap 5.3 is written with @import and the old functions.
        quietDeps: true,
        silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
      },
    },
  },
  plugins: [iconSheet(root), sealed()],
});
