// Habits of forms. `data-shows-when="name=one|other"` is shown while the field of that name in its form has one of the values;
// `data-sets="id" data-value="…"` is a button that fills a field. Without scripts everything is shown.

function settle(form: HTMLFormElement): void {
  form.querySelectorAll<HTMLElement>("[data-shows-when]").forEach((part) => {
    const [name, value] = part.dataset.showsWhen!.split("=");
    part.hidden = !value.split("|").includes(String(new FormData(form).get(name)));
  });
}

export function dressForms(within: HTMLElement): void {
  const forms = new Set<HTMLFormElement>();
  within.querySelectorAll<HTMLElement>("[data-shows-when]").forEach((part) => {
    const form = part.closest("form");
    if (form) forms.add(form);
  });
  forms.forEach(settle);
}

document.addEventListener("change", (event) => {
  const form = (event.target as HTMLInputElement).form;
  if (form) settle(form);
});

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-sets]");
  if (!button) return;
  const field = document.getElementById(button.dataset.sets!) as HTMLInputElement | null;
  if (!field) return;
  field.value = button.dataset.value ?? "";
  field.dispatchEvent(new Event("change", { bubbles: true }));
});
