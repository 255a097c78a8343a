// Small habits of every page.

document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;
  if (token) (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers["X-CSRFToken"] = token;
});

const line = document.getElementById("loading-line");
let waiting = 0;
document.addEventListener("htmx:beforeRequest", () => line?.classList.toggle("on", ++waiting > 0));
document.addEventListener("htmx:afterRequest", () => line?.classList.toggle("on", --waiting > 0));

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = event.target as HTMLElement;
  if (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName)) return;
  const search = document.getElementById("search-box");
  if (search) {
    event.preventDefault();
    search.focus();
  }
});

// A choice sent by choosing it: the filters of a list, the grant one acts under.
document.addEventListener("change", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.matches("[data-submits]")) field.form?.requestSubmit();
});

const TYPE = "anlan.type";
const root = document.documentElement;
function dressType(): void {
  const large = localStorage.getItem(TYPE) === "large";
  if (large) root.dataset.type = "large";
  else delete root.dataset.type;
  document.querySelectorAll("[data-type-switch]").forEach((button) => button.setAttribute("aria-pressed", String(large)));
}
document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-type-switch]")) {
    localStorage.setItem(TYPE, localStorage.getItem(TYPE) === "large" ? "" : "large");
    dressType();
  }
  if (target.closest("[data-prints]")) window.print();
  const reveal = target.closest<HTMLElement>("[data-reveals]");
  if (reveal) {
    const field = document.getElementById(reveal.dataset.reveals!) as HTMLInputElement;
    field.type = field.type === "password" ? "text" : "password";
    reveal.setAttribute("aria-pressed", String(field.type === "text"));
  }
});
dressType();

// On the phone filters are behind a button; without scripts they stay open.
if (window.matchMedia("(max-width: 767.98px)").matches) {
  document.querySelectorAll("details[data-filters]").forEach((filters) => filters.removeAttribute("open"));
}
