// Pages that keep themselves up to date: told to look again, a page fetches itself and takes over its live parts.
// Told or not, it looks from time to time; hidden, it rests.

import { morph } from "./morph";

const NEXT_LOOK_MS = 500;
const LONG_MS = 500; // what a look took longer than that, it rests so many times as long:
const SPARE = 4; // many pages together do not press a slow site
const LONGEST_REST_MS = 5000;
const LOOK_ANYWAY_MS = 5 * 60_000;
const LOOK_ALONE_MS = 20_000; // while nobody tells
const SIGN_MS = 4000;

type News = { kind: "look" | "beat" | "lost" | "end"; time?: string };

const clock = document.querySelector<HTMLElement>("[data-live-time]");
const parts = [...document.querySelectorAll<HTMLElement>("[data-live]")];

function begin(place: HTMLElement): void {
  const worker = new Worker(new URL("../live-worker.ts", import.meta.url), { type: "module" });
  const topics = [...new Set(parts.flatMap((part) => part.dataset.live!.split(" ")))].join(" ");
  const { url, since } = place.dataset;
  const sign = place.querySelector<HTMLElement>(".sign")!;
  const shown = place.querySelector("time")!;
  let stream: "new" | "none" | "on" | "lost" = "new"; // none: not to be had here, the page looks by itself
  let looking = false;
  let stale = false;
  let planned = 0;
  let notBefore = 0;
  let toldAt = 0;

  const listen = (): void => worker.postMessage({ url, topics, since });
  const plan = (wait: number): void => {
    clearTimeout(planned);
    planned = window.setTimeout(() => void look(), Math.max(wait, notBefore - performance.now()));
  };

  async function look(): Promise<void> {
    if (document.hidden) return; // see turn
    if (looking) return plan(NEXT_LOOK_MS);
    looking = true;
    const begun = performance.now();
    const newer = await fetchPage();
    looking = false;
    const now = performance.now();
    notBefore = now + NEXT_LOOK_MS + Math.min(SPARE * Math.max(0, now - begun - LONG_MS), LONGEST_REST_MS);
    if (newer === "gone") return stop("登录已过期或身份已切换，请刷新页面");
    if (newer) takeOver(newer, begun);
    if (newer && stream === "on") plan(stale ? 0 : LOOK_ANYWAY_MS);
    else plan(LOOK_ALONE_MS * (0.75 + Math.random() / 2));
  }

  async function fetchPage(): Promise<Document | "gone" | null> {
    try {
      const answer = await fetch(window.location.href, { headers: { "X-Anlan-Live": "1" }, cache: "no-store" });
      if (answer.status >= 500) return null;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const same = page.querySelector<HTMLElement>("[data-live-time]")?.dataset.as === place.dataset.as;
      return answer.ok && same ? page : "gone";
    } catch {
      return null;
    }
  }

  function takeOver(newer: Document, begun: number): void {
    const focus = document.activeElement as HTMLElement | null;
    const seen = window.scrollY > 0 ? parts.flatMap(itemsOf).find((item) => topOf(item) >= 0) : undefined;
    const top = seen ? topOf(seen) : 0;
    for (const part of parts) {
      const replacement = newer.getElementById(part.id);
      if (replacement) morph(part, replacement);
    }
    if (focus?.isConnected && document.activeElement !== focus) focus.focus({ preventScroll: true });
    if (seen?.isConnected) window.scrollBy(0, topOf(seen) - top);
    stale = toldAt > begun;
    shown.textContent = newer.querySelector("[data-live-time] time")?.textContent ?? "";
    document.dispatchEvent(new Event("live:taken"));
  }

  function say(state: string, words: string): void {
    place.dataset.state = state;
    sign.textContent = words;
  }

  function stop(words: string): void {
    say("ended", words);
    clearTimeout(planned);
    worker.terminate();
    document.removeEventListener("visibilitychange", turn);
  }

  function turn(): void {
    if (document.hidden) worker.postMessage("close");
    else {
      listen();
      plan(stale ? 0 : LOOK_ANYWAY_MS);
    }
  }

  function lose(): void {
    if (stream === "on") {
      say("lost", "连接中断，正在重连");
      plan(LOOK_ALONE_MS * Math.random());
    } else if (stream === "new") plan(LOOK_ALONE_MS);
    stream = stream === "new" || stream === "none" ? "none" : "lost";
  }

  worker.onmessage = ({ data }: MessageEvent<News>): void => {
    if (data.kind === "end") return stop("登录已过期或身份已切换，请刷新页面");
    if (data.kind === "lost") return lose();
    const back = stream === "lost";
    stream = "on";
    place.dataset.state ??= "on";
    if (data.kind === "look") {
      stale = true;
      toldAt = performance.now();
      plan(0);
    } else if (!stale && !looking && data.time) shown.textContent = data.time;
    if (back) {
      say("back", "已恢复");
      window.setTimeout(() => place.dataset.state === "back" && say("on", ""), SIGN_MS);
    }
  };
  document.addEventListener("visibilitychange", turn);
  turn();
}

const itemsOf = (part: HTMLElement): HTMLElement[] => [...part.querySelectorAll<HTMLElement>("[data-key]")];
const topOf = (item: HTMLElement): number => item.getBoundingClientRect().top;

if (clock?.dataset.url && parts.length) begin(clock);
