// Native dialogs: `data-opens="id"` opens one, `data-closes` closes the one it stands in.
// A form fetched into #panel-body opens the panel; without scripts its link is a page of its own.

const dialog = (id: string) => document.getElementById(id) as HTMLDialogElement | null;

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const opener = target.closest<HTMLElement>("[data-opens]");
  if (opener) {
    const opened = dialog(opener.dataset.opens!);
    if (opened && !opened.open) {
      opened.showModal();
      event.preventDefault();
    }
    return;
  }
  if (target.closest("[data-closes]")) {
    target.closest("dialog")?.close();
    event.preventDefault();
    return;
  }
  // A click on a modal's backdrop is a click on the dialog element itself; a panel holds typed words, so it stays. The
  // second click of a double one was meant for the button that opened it.
  const isBackdrop = target instanceof HTMLDialogElement && !target.classList.contains("panel");
  if (isBackdrop && event.detail < 2) target.close();
  const photo = target.closest<HTMLAnchorElement>("a[data-photo]");
  if (photo && !(event as MouseEvent).ctrlKey && !(event as MouseEvent).metaKey) show(photo, event);
});

function show(photo: HTMLAnchorElement, event: Event): void {
  const box = dialog("lightbox");
  if (!box) return;
  event.preventDefault();
  const image = box.querySelector("img")!;
  image.src = photo.href;
  image.alt = photo.querySelector("img")?.alt ?? "";
  box.querySelector("p")!.textContent = photo.dataset.photo ?? "";
  box.showModal();
}

document.addEventListener("htmx:afterSwap", (event) => {
  const { target } = (event as CustomEvent<{ target: Element }>).detail;
  const panel = dialog("panel");
  if (!panel || target.id !== "panel-body") return;
  const heading = target.querySelector<HTMLElement>("[data-panel-title]");
  if (heading) panel.querySelector("h2")!.textContent = heading.dataset.panelTitle ?? "";
  if (!panel.open) panel.showModal();
  (target.querySelector<HTMLElement>(".error-summary, [autofocus], input:not([type=hidden]), textarea, select") ?? panel).focus();
});
