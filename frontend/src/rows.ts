/** `<ul data-rows>`: j and k move, Enter opens, / searches, ? tells. Also on `<ol class="rows">`. */
import { word } from "./words";

const ROW = ".row, tr[data-row]";

export function startRows(root: ParentNode): void {
  if (root instanceof Document) document.addEventListener("keydown", onKey);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const action = KEYS[event.key];
  if (action?.()) event.preventDefault();
}

const KEYS: Record<string, () => boolean> = {
  j: () => move(1),
  k: () => move(-1),
  "/": focusSearch,
  "?": help,
};

function move(step: number): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>(ROW)];
  if (!rows.length) return false;
  const here = rows.findIndex((row) => row.contains(document.activeElement));
  const current = here >= 0 ? here : rows.findIndex((row) => row.classList.contains("on"));
  const next = rows[Math.min(rows.length - 1, Math.max(0, current + step))];
  const link = next?.querySelector<HTMLElement>("a.open, a, button") ?? next;
  link?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return true;
}

function focusSearch(): boolean {
  const box = document.querySelector<HTMLInputElement>("input[type=search], .search input");
  box?.focus();
  box?.select();
  return Boolean(box);
}

function help(): boolean {
  if (!document.querySelector(ROW)) return false;
  const box = document.createElement("dialog");
  box.setAttribute("aria-label", word("keysTitle"));
  const title = document.createElement("h2");
  title.textContent = word("keysTitle");
  const text = document.createElement("p");
  text.textContent = word("keys");
  const close = document.createElement("button");
  close.textContent = word("close");
  close.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  box.append(title, text, close);
  document.body.append(box);
  box.showModal();
  return true;
}

function typing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("input, textarea, select, dialog, [contenteditable]") !== null;
}
