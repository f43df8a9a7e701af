/** `<button data-copy="SY2026-…">`. */
import { say } from "./partial";
import { word } from "./words";

export function startCopy(): void {
  document.addEventListener("click", async (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy ?? "");
      say(word("copied"));
    } catch {
      /* no permission: the text can still be selected by hand */
    }
  });
}
