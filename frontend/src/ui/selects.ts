import TomSelect from "tom-select/base";

/** `<select data-search>` becomes a list one can type in. Short lists stay native. */
export function dressSelects(within: HTMLElement): void {
  within.querySelectorAll<HTMLSelectElement>("select[data-search]:not(.tomselected)").forEach((select) => {
    select.setAttribute("aria-hidden", "true");
    new TomSelect(select, {
      maxOptions: 200,
      hidePlaceholder: true,
      refreshThrottle: 0, // every option is here already; a late refresh would open the list again over what was chosen
      render: { no_results: () => '<div class="no-results">没有找到，换个词试试</div>' },
    });
  });
}
