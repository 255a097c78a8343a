// The stream of events, held outside the page: a page's own policy lets it speak to its own address only, and without a
// proxy the stream is on the port beside it. Nothing is sent there but since when the page is true and what it shows.

type Order = { url: string; topics: string; since: string } | "close";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 10_000;
const SILENCE_MS = 50_000; // two beats and a half

let source: EventSource | undefined;
let again = 0;
let silence = 0;
let pause = FIRST_PAUSE_MS;
let since = "";

function close(): void {
  source?.close();
  clearTimeout(again);
  clearTimeout(silence);
}

function open(url: URL, topics: string): void {
  close();
  url.search = new URLSearchParams({ topics, since }).toString();
  source = new EventSource(url, { withCredentials: true });
  const lost = (): void => {
    close();
    postMessage({ kind: "lost" });
    again = self.setTimeout(() => open(url, topics), pause * (0.5 + Math.random()));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
  source.onerror = lost;
  for (const kind of ["look", "beat", "end"])
    source.addEventListener(kind, ({ data, lastEventId }: MessageEvent<string>) => {
      clearTimeout(silence);
      silence = self.setTimeout(lost, SILENCE_MS);
      pause = FIRST_PAUSE_MS;
      since = lastEventId;
      if (kind === "end") close();
      postMessage({ kind, time: data });
    });
}

onmessage = ({ data }: MessageEvent<Order>): void => {
  if (data === "close") return close();
  const url = new URL(data.url, self.location.href);
  if (url.hostname !== self.location.hostname) return; // the policy of the page, as far as it concerns this script
  since ||= data.since;
  open(url, data.topics);
};
