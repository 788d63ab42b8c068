// The recycle bin of a list: what somebody deleted, and the way back.
import { el } from "./dom.js";
import { moment } from "./when.js";

const open = new Set(); // lists whose bin somebody has opened, so that it stays open when the page draws itself again

/** The bin, or false where it is empty. */
export function drawBin(list, restore) {
  if (list.thrown === 0) return false;
  const bin = el("details", { class: "bin", open: open.has(list.name) },
    el("summary", { "data-key": `bin/${list.name}` }, `Recycle bin (${list.thrown})`, el("span", { class: "unseen" }, ` of ${list.name}`)),
    el("ul", {}, ...list.bin.map((row) => el("li", { "data-row": row.id },
      el("span", {}, `Row ${row.id}`, row.title && `: ${row.title}`, " ",
        el("small", {}, `Deleted by ${row.by}, `, el("time", { datetime: row.deleted }, moment(row.deleted)))),
      el("button", { type: "button", class: "small", "data-key": `restore/${list.name}/${row.id}`, onclick: () => restore(list.name, row.id) },
        "Restore", el("span", { class: "unseen" }, ` row ${row.id} of ${list.name}`))))));
  bin.addEventListener("toggle", () => (bin.open ? open.add(list.name) : open.delete(list.name)));
  return bin;
}
