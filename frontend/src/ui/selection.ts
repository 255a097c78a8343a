/** Rows ticked in a list, and how many: the bulk bar shows itself when there is one. */
export function selection() {
  return {
    count: 0,
    init(this: Magic): void {
      document.addEventListener("live:taken", () => this.tally()); // ticked rows may have gone
    },
    boxes(this: Magic): HTMLInputElement[] {
      return [...this.$root.querySelectorAll<HTMLInputElement>('tbody input[type="checkbox"][name]')];
    },
    get some(): boolean {
      return (this as unknown as { count: number }).count > 0;
    },
    tally(this: Magic): void {
      const boxes = this.boxes();
      boxes.forEach((box) => box.closest("tr")?.classList.toggle("selected", box.checked));
      this.count = boxes.filter((box) => box.checked).length;
      const all = this.$root.querySelector<HTMLInputElement>("thead input[type=checkbox]");
      if (all) {
        all.checked = this.count > 0 && this.count === boxes.length;
        all.indeterminate = this.count > 0 && this.count < boxes.length;
      }
    },
    all(this: Magic, event: Event): void {
      const { checked } = event.target as HTMLInputElement;
      this.boxes().forEach((box) => (box.checked = checked));
      this.tally();
    },
    none(this: Magic): void {
      this.boxes().forEach((box) => (box.checked = false));
      this.tally();
    },
  };
}

type Magic = { $root: HTMLElement; count: number; boxes(): HTMLInputElement[]; tally(): void };
