/** `<div data-upload="/files">`: each file goes up as it is chosen, as a tile with preview and progress. */
import { say } from "./partial";
import { word } from "./words";

type Kept = { id: string; thumb: string; name: string };

export function startUploads(root: ParentNode): void {
  for (const box of root.querySelectorAll<HTMLElement>("[data-upload]")) {
    if (!box.dataset.ready) new Uploads(box);
  }
}

class Uploads {
  private readonly list: HTMLUListElement;
  private readonly input: HTMLInputElement;
  private readonly adder: HTMLLIElement;

  constructor(private readonly box: HTMLElement) {
    box.dataset.ready = "yes";
    this.list = box.querySelector("ul") as HTMLUListElement;
    this.input = box.querySelector("input[type=file]") as HTMLInputElement;
    this.adder = this.makeAdder();
    this.list.append(this.adder);
    for (const tile of box.querySelectorAll<HTMLLIElement>("[data-file]")) this.addRemove(tile);
    this.input.addEventListener("change", () => this.take());
    this.input.form?.addEventListener("submit", (event) => this.holdBack(event));
    this.update();
  }

  private makeAdder(): HTMLLIElement {
    const tile = document.createElement("li");
    tile.className = "tile";
    const sign = document.createElement("span");
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = "＋";
    const label = document.createElement("span");
    label.textContent = word("add");
    if (!this.input.labels?.length) this.input.setAttribute("aria-label", word("add"));
    tile.append(sign, label, this.input);
    return tile;
  }

  private take(): void {
    const room = this.most - this.count;
    const chosen = [...(this.input.files ?? [])];
    this.input.value = "";
    if (chosen.length > room) say(word("tooMany", this.most));
    for (const file of chosen.slice(0, Math.max(0, room))) this.add(file);
  }

  private add(file: File): void {
    if (file.size > Number(this.box.dataset.limitMb ?? 20) * 1024 * 1024) {
      say(`${file.name} ${word("tooLarge")}`);
      return;
    }
    const tile = document.createElement("li");
    tile.className = "tile has";
    tile.append(preview(file));
    this.addRemove(tile);
    this.list.insertBefore(tile, this.adder);
    this.send(file, tile);
    this.update();
  }

  private send(file: File, tile: HTMLLIElement): void {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.setAttribute("aria-label", file.name);
    tile.append(bar);
    tile.dataset.busy = "yes";
    const request = new XMLHttpRequest();
    request.open("POST", this.box.dataset.upload ?? "/files");
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (e) => (bar.value = e.lengthComputable ? e.loaded / e.total : 0));
    request.addEventListener("loadend", () => {
      bar.remove();
      delete tile.dataset.busy;
      if (request.status === 201) this.done(tile, JSON.parse(request.responseText) as Kept);
      else this.failed(file, tile, request);
    });
    request.send(this.body(file));
  }

  private body(file: File): FormData {
    const body = new FormData();
    const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
    if (token) body.append("csrfmiddlewaretoken", token);
    const share = this.input.form?.querySelector<HTMLInputElement>("input[name=share_position]:checked");
    if (share) body.append("share_position", "on");
    body.append("file", file);
    return body;
  }

  private done(tile: HTMLLIElement, kept: Kept): void {
    const id = document.createElement("input");
    id.type = "hidden";
    id.name = `${this.box.dataset.name ?? "files"}_ids`;
    id.value = kept.id;
    tile.append(id);
    say(`${kept.name} ${word("uploaded")}`);
  }

  private failed(file: File, tile: HTMLLIElement, request: XMLHttpRequest): void {
    const refused = request.status >= 400 && request.status < 500 && request.status !== 429;
    const answer = messageOf(request);
    say(answer || `${file.name} ${word("failed")}`);
    if (refused) {
      tile.remove();
      this.update();
      return;
    }
    tile.classList.add("bad");
    tile.addEventListener("click", () => (tile.classList.remove("bad"), this.send(file, tile)), { once: true });
  }

  private addRemove(tile: HTMLLIElement): void {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "remove";
    button.textContent = "✕";
    button.setAttribute("aria-label", word("remove"));
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      tile.remove();
      this.update();
      this.input.focus();
    });
    tile.append(button);
  }

  private holdBack(event: SubmitEvent): void {
    if (!this.list.querySelector("[data-busy]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    say(word("uploading"));
  }

  private update(): void {
    this.adder.hidden = this.count >= this.most;
  }

  private get count(): number {
    return this.list.querySelectorAll(".has").length;
  }

  private get most(): number {
    return Number(this.box.dataset.most ?? 9);
  }
}

function preview(file: File): HTMLElement {
  if (file.type.startsWith("image/") && !/hei[cf]/.test(file.type)) {
    const image = document.createElement("img");
    image.alt = file.name;
    image.src = URL.createObjectURL(file);
    image.addEventListener("load", () => URL.revokeObjectURL(image.src), { once: true });
    return image;
  }
  const name = document.createElement("span");
  name.className = "name";
  name.textContent = file.name;
  return name;
}

function messageOf(request: XMLHttpRequest): string {
  try {
    return (JSON.parse(request.responseText) as { error: { message: string } }).error.message;
  } catch {
    return "";
  }
}
