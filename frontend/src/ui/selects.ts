import TomSelect from "tom-select/base";

const NOTE = (words: string) => (): string => `<div class="no-results">${words}</div>`;
const PAUSE_MS = 250;
const LONGEST = 60; // characters a search takes

/** `<select data-search>` becomes a list one can type in. Short lists stay native. With `data-finds`, an address of the
 * API, the select carries only what is chosen, and what is typed is looked for there. */
export function dressSelects(within: HTMLElement): void {
  within.querySelectorAll<HTMLSelectElement>("select[data-search]:not(.tomselected)").forEach((select) => {
    select.setAttribute("aria-hidden", "true");
    new TomSelect(select, {
      maxOptions: 200,
      hidePlaceholder: true,
      refreshThrottle: 0, // what is there is there; a late refresh would open the list again over what was chosen
      ...(select.dataset.finds ? looksUp(select.dataset.finds) : {}),
      render: {
        no_results: NOTE("没有找到，换个词试试"),
        loading: NOTE("正在查找……"),
        not_loading: NOTE("输入名称里的几个字"),
      },
    });
  });
}

function looksUp(address: string): object {
  return {
    valueField: "id",
    labelField: "name",
    searchField: ["name", "short_name"],
    loadThrottle: PAUSE_MS,
    shouldLoad: (typed: string): boolean => typed.trim() !== "",
    load: async function (this: TomSelect, typed: string, found: (items: object[]) => void): Promise<void> {
      const items = await ask(`${address}&q=${encodeURIComponent(typed.trim().slice(0, LONGEST))}`);
      if (!items) delete this.loadedSearches[typed]; // to be asked again
      if (this.inputValue() === typed) return found(items ?? []);
      this.addOptions(items ?? []); // one has chosen or typed on: `found` would open the list again
      this.loading = Math.max(this.loading - 1, 0);
      this.wrapper.classList.toggle(this.settings.loadingClass, this.loading > 0);
    },
  };
}

async function ask(address: string): Promise<object[] | null> {
  try {
    const answer = await fetch(address);
    return answer.ok ? ((await answer.json()) as { items: object[] }).items : null;
  } catch {
    return null;
  }
}
