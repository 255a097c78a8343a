import type { Plugin } from "vite";

const FORBIDDEN: [RegExp, string][] = [
  [/url\(\s*["']?data:/, "a data: image, which the content security policy refuses"],
  [/@import\s+(url\()?["']?https?:|url\(\s*["']?(https?:)?\/\//, "an address on another server"],
];
const EVALUATES = /[^\w.$]eval\(|new Function\(/;

/** Nothing we ship points outside the server, at a data: image or at a source map, or evaluates text. */
export function sealed(): Plugin {
  return {
    name: "sealed",
    enforce: "post",
    transform(code, id) {
      // Never reached (allowEval is false), but a direct eval keeps the whole of htmx from being minified.
      if (id.endsWith("htmx.esm.js")) return { code: code.replace("return eval(str)", "return undefined"), map: null };
    },
    generateBundle(_options, bundle) {
      for (const [name, file] of Object.entries(bundle)) {
        if (file.type === "chunk") {
          file.code = file.code.replace(/^\/\/[#@] ?sourceMappingURL=.*$/gm, "");
          refuse(name, file.code, EVALUATES, "evaluated text, which the content security policy refuses");
        } else if (name.endsWith(".css")) {
          const css = file.source.toString();
          for (const [pattern, meaning] of FORBIDDEN) refuse(name, css, pattern, meaning);
          file.source = css.replace(/\/\*[#@] ?sourceMappingURL=[^*]*\*\//g, "");
        }
      }
    },
  };
}

function refuse(name: string, text: string, pattern: RegExp, meaning: string): void {
  const found = pattern.exec(text);
  if (found) throw new Error(`${name} holds ${meaning}: ${text.slice(Math.max(0, found.index - 80), found.index + 120)}`);
}
