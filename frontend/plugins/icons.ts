import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "vite";

/** Its name in the manifest. */
const SHEET = "icons.svg";

/**
 * One SVG file with just the icons in use: our own drawings (`src/icons/*.svg`) and the names
 * listed in `src/icons/bootstrap.txt`, taken from bootstrap-icons.
 */
export function iconSheet(root: string): Plugin {
  const own = join(root, "src/icons");
  const theirs = join(root, "node_modules/bootstrap-icons/icons");

  function files(): string[] {
    const drawn = readdirSync(own).filter((name) => name.endsWith(".svg"));
    const listed = readFileSync(join(own, "bootstrap.txt"), "utf-8").split("\n").map((line) => line.trim()).filter(Boolean);
    return [
      ...drawn.map((name) => join(own, name)),
      ...listed.map((name) => {
        const path = join(theirs, `${name}.svg`);
        if (!existsSync(path)) throw new Error(`bootstrap-icons has no "${name}"`);
        return path;
      }),
    ];
  }

  function symbol(path: string): string {
    const [, attributes = "", inner = ""] = /<svg([^>]*)>([\s\S]*)<\/svg>/.exec(readFileSync(path, "utf-8")) ?? [];
    const viewBox = /viewBox="([^"]+)"/.exec(attributes)?.[1] ?? "0 0 16 16";
    return `<symbol id="${basename(path, ".svg")}" viewBox="${viewBox}">${inner.replace(/\s*\n\s*/g, "")}</symbol>`;
  }

  return {
    name: "icon-sheet",
    buildStart() {
      const paths = files();
      for (const path of paths) this.addWatchFile(path);
      const source = `<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">${paths.map(symbol).join("")}</svg>`;
      this.emitFile({ type: "asset", name: SHEET, originalFileName: SHEET, source });
    },
  };
}
