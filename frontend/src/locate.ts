/** `<form data-locate>`: a button fills the hidden fields `lon` and `lat` (WGS-84) when the person asks for it. */
import { word } from "./words";

export function startLocate(root: ParentNode): void {
  if (!navigator.geolocation || !window.isSecureContext) return;
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-locate]")) offer(form);
}

function offer(form: HTMLFormElement): void {
  const [lon, lat] = ["lon", "lat"].map((name) => form.elements.namedItem(name) as HTMLInputElement | null);
  if (!lon || !lat || form.dataset.locating) return;
  form.dataset.locating = "yes";
  const button = document.createElement("button");
  button.type = "button";
  const said = document.createElement("span");
  said.className = "small";
  said.setAttribute("role", "status");
  const line = document.createElement("p");
  line.className = "actions";
  line.append(button, said);
  const words = form.elements.namedItem("words") as HTMLElement | null;
  (words?.closest(".field") ?? form.lastElementChild)?.after(line);
  const show = (): void => {
    button.textContent = word(lon.value ? "forgetPlace" : "usePlace");
    said.textContent = lon.value ? word("havePlace") : "";
  };
  button.addEventListener("click", () => {
    if (lon.value) {
      lon.value = lat.value = "";
      return show();
    }
    said.textContent = word("seeking");
    navigator.geolocation.getCurrentPosition(
      (here) => {
        lon.value = here.coords.longitude.toFixed(6);
        lat.value = here.coords.latitude.toFixed(6);
        show();
      },
      () => (said.textContent = word("noPlace")),
      { enableHighAccuracy: true, timeout: 15_000, maximumAge: 60_000 },
    );
  });
  show();
}
