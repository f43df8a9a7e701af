/** `<form data-draft="report">`: what is typed is kept on this device until it is sent, a day at the longest.
 *
 * The server says when it arrived: the next page carries `<meta name="draft-done" content="report">` or is
 * simply another address; a form shown again with errors keeps its draft. Logging out wipes all drafts.
 */
import { word } from "./words";

const PREFIX = "ketang.draft.";
const SENT = "ketang.sent";
const DAY_MS = 86_400_000;
const NEVER = new Set(["password", "file", "hidden", "submit", "button"]);

type Draft = { at: number; fields: Record<string, string[]> };
type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

export function startDrafts(root: ParentNode): void {
  wipeSent();
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-draft]")) watch(form);
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-logout]")) form.addEventListener("submit", wipeAll);
}

function watch(form: HTMLFormElement): void {
  if (form.dataset.watched) return;
  form.dataset.watched = "yes";
  const key = PREFIX + location.pathname + "#" + form.dataset.draft;
  restore(form, key);
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => save(form, key), 300);
  });
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    save(form, key);
    keepNote(key);
  });
  form.addEventListener("htmx:afterRequest", (event) => {
    if ((event as CustomEvent<{ successful: boolean }>).detail.successful) localStorage.removeItem(key);
  });
}

/** Remembers which draft was sent from where; arriving at a page without an error means it was taken. */
function keepNote(key: string): void {
  sessionStorage.setItem(SENT, key);
}

function wipeSent(): void {
  const key = sessionStorage.getItem(SENT);
  if (!key) return;
  sessionStorage.removeItem(SENT);
  const refused = location.pathname.startsWith("/login") || document.querySelector(".trouble, .error-summary, .errorlist");
  if (!refused) localStorage.removeItem(key);
}

function save(form: HTMLFormElement, key: string): void {
  const fields: Record<string, string[]> = {};
  for (const control of controls(form)) {
    if (isChoice(control) && !control.checked) continue;
    if (control.value) (fields[control.name] ??= []).push(control.value);
  }
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), fields } satisfies Draft));
  } catch {
    /* private mode or full: the form still works */
  }
}

function restore(form: HTMLFormElement, key: string): void {
  const draft = read(key);
  if (!draft || form.querySelector(".errorlist") || form.dataset.filled) return;
  let changed = false;
  for (const control of controls(form)) {
    const values = draft.fields[control.name];
    if (!values) continue;
    if (isChoice(control)) {
      const on = values.includes(control.value);
      changed ||= on !== control.checked;
      control.checked = on;
    } else if (!control.value && values[0]) {
      control.value = values[0];
      changed = true;
    }
  }
  if (changed) tell(form, key);
}

function tell(form: HTMLFormElement, key: string): void {
  const line = document.createElement("p");
  line.className = "message";
  line.setAttribute("role", "status");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "link";
  drop.textContent = word("discard");
  drop.addEventListener("click", () => {
    localStorage.removeItem(key);
    form.reset();
    line.remove();
  });
  line.append(word("kept"), " ", drop);
  form.prepend(line);
}

function read(key: string): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "null") as Draft | null;
    if (!draft || Date.now() - draft.at < DAY_MS) return draft;
    localStorage.removeItem(key);
  } catch {
    /* unreadable: as if there were none */
  }
  return null;
}

function wipeAll(): void {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}

function controls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter(
    (e): e is Control =>
      (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) &&
      Boolean(e.name) &&
      !NEVER.has(e.type),
  );
}

function isChoice(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}
