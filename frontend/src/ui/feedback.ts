// Messages: rendered by the server, sent as an HX-Trigger `{"toast": {"text", "tone"}}`, or raised here when a request fails.

type Tone = "green" | "orange" | "red" | "blue";

const STAYS_MS = 6000;

function region(): HTMLElement {
  return document.getElementById("toasts")!;
}

function settle(note: HTMLElement): void {
  // What went wrong stays until it has been read.
  if (!note.classList.contains("tone-red")) window.setTimeout(() => note.remove(), STAYS_MS);
}

export function toast(text: string, tone: Tone = "green"): void {
  const template = document.getElementById("toast-template") as HTMLTemplateElement | null;
  if (!template) return;
  const note = template.content.firstElementChild!.cloneNode(true) as HTMLElement;
  note.classList.add(`tone-${tone}`);
  note.querySelector("p")!.textContent = text;
  region().append(note);
  settle(note);
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest("[data-dismisses]");
  button?.closest(".toast-note")?.remove();
});

document.addEventListener("toast", (event) => {
  const { text, tone } = (event as CustomEvent<{ text: string; tone?: Tone }>).detail;
  toast(text, tone);
});

document.addEventListener("htmx:sendError", () => toast("网络不通，刚才的操作没有送达。请检查网络后重试。", "red"));
document.addEventListener("htmx:timeout", () => toast("服务器没有及时回应，请稍后重试。", "red"));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
  toast(WORDS[xhr.status] ?? "操作没有成功，请稍后重试；反复出现请联系管理员。", "red");
});

const WORDS: Record<number, string> = {
  401: "登录已过期，请重新登录。",
  403: "您当前的身份无权进行此操作。",
  404: "该记录不存在，或不在您的管辖范围内。",
  412: "该记录刚被他人修改，请刷新后再操作。",
  413: "文件太大，请压缩后再上传。",
  429: "操作过于频繁，请稍后再试。",
};

document.querySelectorAll<HTMLElement>(".toast-note").forEach(settle);
