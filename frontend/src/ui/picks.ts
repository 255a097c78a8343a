// The answers to a search replace the list one picks from: what was ticked by hand stays ticked, found again or not, and
// under a finger or the mouse button nothing moves.

type Swap = CustomEvent<{ target: HTMLElement; shouldSwap: boolean }>;

let pressed: Element | null = null;
let missed: Element | null = null;
let kept: HTMLInputElement | null = null;
let hadFocus = false;

const fieldOf = (list: Element): Element => list.closest(".field") ?? list;

document.addEventListener("pointerdown", (event) => {
  pressed = (event.target as Element).closest(".picks");
});
for (const end of ["pointerup", "pointercancel"])
  document.addEventListener(end, () => {
    if (missed) document.querySelector(`[hx-target="#${missed.id}"]`)?.dispatchEvent(new Event("search"));
    pressed = missed = null;
  });

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event as Swap;
  if (!detail.target.matches(".picks")) return;
  if (detail.target === pressed) {
    detail.shouldSwap = false;
    missed = pressed;
    return;
  }
  kept = fieldOf(detail.target).querySelector<HTMLInputElement>("input[type=radio]:checked:not([data-suggested])");
  hadFocus = kept === document.activeElement;
});

document.addEventListener("htmx:afterSwap", (event) => {
  const list = (event as Swap).detail.target;
  if (!kept?.value || !list.matches(".picks")) return;
  const again = list.querySelector<HTMLInputElement>(`input[value="${CSS.escape(kept.value)}"]`);
  if (!again && !kept.isConnected) list.prepend(kept.closest("label")!);
  const ticked = again ?? kept;
  ticked.checked = true;
  if (hadFocus) ticked.focus();
});

// Ticked by hand is no longer only suggested.
document.addEventListener("change", (event) => {
  (event.target as HTMLElement).removeAttribute("data-suggested");
});
