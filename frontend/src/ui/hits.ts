// Moving through what was found: arrows from the box into the hits and back, Enter follows (it is a link), Escape closes.

document.addEventListener("keydown", (event) => {
  const at = event.target as HTMLElement;
  const box = at.closest<HTMLElement>("[data-hits]");
  if (!box || event.isComposing) return;
  const field = box.querySelector<HTMLInputElement>("input[type=search]")!;
  const hits = [...box.querySelectorAll<HTMLElement>("[data-hit]")];
  const place = hits.indexOf(at);
  if (event.key === "Escape") {
    box.querySelector("#search-found")?.replaceChildren();
    field.focus();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || !hits.length || (place < 0 && (at !== field || step < 0))) return;
  event.preventDefault();
  (hits[place + step] ?? (step < 0 ? field : at)).focus();
});

// An answer that comes late does not take the hit away under whoever has gone down to it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as CustomEvent<{ target: HTMLElement; shouldSwap: boolean }>;
  if (detail.target.id === "search-found" && detail.target.contains(document.activeElement)) detail.shouldSwap = false;
});

// Out of the box, out of sight; back in it, there again.
document.addEventListener("focusin", (event) => {
  document.querySelectorAll("form[data-hits]").forEach((box) => {
    box.classList.toggle("open", box.contains(event.target as Node));
  });
});
document.addEventListener("pointerdown", (event) => {
  document.querySelectorAll("form[data-hits].open").forEach((box) => {
    if (!box.contains(event.target as Node)) box.classList.remove("open");
  });
});
