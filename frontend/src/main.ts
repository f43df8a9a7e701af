/** Everything works without this file; with it, typing is kept, uploads show progress, keys work. */
import "./style/index.css";
import { startCopy } from "./copy";
import { startDrafts } from "./drafts";
import { startHtmx } from "./partial";
import { startLocate } from "./locate";
import { startRows } from "./rows";
import { startSubmit } from "./submit";
import { startUploads } from "./uploads";

startHtmx();
const start = (root: ParentNode): void => {
  startDrafts(root);
  startUploads(root);
  startRows(root);
  startLocate(root);
};
start(document);
startCopy();
startSubmit();
document.addEventListener("htmx:load", (event) => start(event.target as Element));
