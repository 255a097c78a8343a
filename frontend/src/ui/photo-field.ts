/** Thumbnails, count and size of the photos chosen; the files themselves stay in the native input. */
export function photoField() {
  return {
    files: [] as File[],
    chosen(this: Magic): void {
      const input = this.$refs.input;
      const room = Number(input.dataset.max ?? 9);
      const added = [...(input.files ?? [])].filter((file) => !this.files.some((held) => same(held, file)));
      this.files = input.multiple ? [...this.files, ...added].slice(0, room) : added.slice(0, 1);
      this.put();
    },
    put(this: Magic): void {
      const input = this.$refs.input;
      const held = new DataTransfer();
      this.files.forEach((file) => held.items.add(file));
      input.files = held.files;
      this.draw();
    },
    draw(this: Magic): void {
      const { previews, tally, input } = this.$refs;
      previews.replaceChildren(...this.files.map((file, index) => this.preview(file, index)));
      const bytes = this.files.reduce((sum, file) => sum + file.size, 0);
      tally.textContent = this.files.length ? `已选 ${this.files.length} / ${input.dataset.max ?? 9} 张，共 ${size(bytes)}` : "";
    },
    preview(this: Magic, file: File, index: number): HTMLLIElement {
      const row = document.createElement("li");
      const picture = document.createElement("canvas");
      picture.setAttribute("role", "img");
      picture.setAttribute("aria-label", file.name);
      void paint(picture, file);
      const remove = document.createElement("button");
      remove.type = "button";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `移除 ${file.name}`);
      remove.addEventListener("click", () => {
        this.files = this.files.filter((_, position) => position !== index);
        this.put();
        this.$refs.input.focus();
      });
      row.append(picture, remove, size(file.size));
      return row;
    },
  };
}

type Refs = { input: HTMLInputElement; previews: HTMLElement; tally: HTMLElement };
type Magic = { $refs: Refs; files: File[]; put(): void; draw(): void; preview(file: File, index: number): HTMLLIElement };

/** Painted, because the content security policy allows images from the server only (no blob: addresses). */
async function paint(canvas: HTMLCanvasElement, file: File): Promise<void> {
  canvas.width = canvas.height = SIDE;
  try {
    const picture = await createImageBitmap(file);
    const side = Math.min(picture.width, picture.height);
    const [left, top] = [(picture.width - side) / 2, (picture.height - side) / 2];
    canvas.getContext("2d")?.drawImage(picture, left, top, side, side, 0, 0, SIDE, SIDE);
    picture.close();
  } catch {
    canvas.classList.add("unreadable"); // HEIC, for one: the server can read it.
  }
}

const SIDE = 224;

function same(one: File, other: File): boolean {
  return one.name === other.name && one.size === other.size && one.lastModified === other.lastModified;
}

function size(bytes: number): string {
  return bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`;
}
