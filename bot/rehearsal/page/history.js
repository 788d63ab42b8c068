// How a row came to be what it is: SharePoint's version history, which keeps what stood there before.
import { el } from "./dom.js";
import { shownValue } from "./fields.js";
import { moment } from "./when.js";

const STAYS = "SharePoint keeps what a row said before. Whoever may read the list may read this too.";
const UNSEEN = "Nothing that people see.";
const HOW = { added: "Added", changed: "Changed", deleted: "Deleted", restored: "Put back" };

/** The versions of a row, newest first, each with what it changed. */
export function drawHistory(versions) {
  return [el("p", { class: "hint" }, STAYS), el("ol", { class: "versions" }, ...versions.map(version))];
}

function version(one) {
  const quiet = one.how === "changed" && one.changes.length === 0;
  return el("li", {},
    el("p", {}, el("strong", {}, `Version ${one.version}`), " ", el("span", { class: "hint" }, `${HOW[one.how]} by ${one.by}, `,
      el("time", { datetime: one.at }, moment(one.at)))),
    one.changes.length > 0 && el("ul", {}, ...one.changes.map(change)),
    quiet && el("p", { class: "hint" }, UNSEEN));
}

function change({ title, kind, was, now }) {
  const old = shownValue(was, kind);
  return el("li", {}, el("span", { class: "title" }, `${title}: `), shownValue(now, kind) ?? el("em", {}, "emptied"),
    old && el("span", { class: "was" }, " was ", old));
}
