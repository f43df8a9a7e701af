/** htmx under the strict policy: no styles of its own, no eval, no other host; errors are shown, not swallowed. */
import htmx from "htmx.org";

export function startHtmx(): void {
  Object.assign(htmx.config, {
    includeIndicatorStyles: false,
    allowEval: false,
    allowScriptTags: false,
    selfRequestsOnly: true,
    historyCacheSize: 0, // no pages with personal data in localStorage
    refreshOnHistoryMiss: true,
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "[45]..", swap: true, error: true },
    ],
  });
  document.addEventListener("htmx:configRequest", addToken as EventListener);
  document.addEventListener("htmx:afterSwap", (event) => {
    if ((event.target as Element).id === "notice") (event.target as Element).classList.add("live");
  });
  document.addEventListener("htmx:sendError", () => {
    say(document.documentElement.lang === "en" ? "No connection. Nothing is lost; please try again." : "网络不通。您写的内容还在，请再试一次。");
  });
}

function addToken(event: CustomEvent<{ headers: Record<string, string>; verb: string }>): void {
  const token = document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value;
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token;
}

/** Says a sentence in the page's live region. */
export function say(text: string): void {
  const place = document.getElementById("notice");
  if (!place) return;
  const line = document.createElement("p");
  line.className = "message";
  line.textContent = text;
  place.classList.add("live");
  place.replaceChildren(line);
}
