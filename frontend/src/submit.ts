/** A second press while a form is on its way sends nothing twice (the server is idempotent anyway). */
export function startSubmit(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll<HTMLElement>("[data-sent]").forEach((f) => delete f.dataset.sent));
  // After an error the summary is what is read first.
  document.getElementById("error-summary")?.focus();
}
