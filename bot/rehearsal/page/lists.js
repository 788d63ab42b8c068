// SharePoint as people would find it: each list with its columns, rows, ids and versions.
import { el, redraw } from "./dom.js";
import { moment } from "./when.js";

/** Draw the lists; `more` asks for more of their rows. */
export function drawLists(lists, more) {
  redraw(document.getElementById("lists"), lists, () => (lists.length ? lists.map((list) => listNode(list, more)) : [
    el("p", { class: "empty" }, "No lists yet. They appear when the first thing is filed.")]));
}

function listNode(list, more) {
  const heads = ["Id", ...list.columns.map((column) => column.title), "Version"];
  const head = el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, name)));
  const rows = list.rows.map((row) => el("tr", { "data-row": row.id },
    el("th", { scope: "row" }, row.id), ...row.values.map((value, index) => cell(value, list.columns[index].kind)), el("td", {}, row.version)));
  const count = list.count === 1 ? "1 row" : `${list.count} rows`;
  const hidden = list.count - list.rows.length;
  return el("section", { class: "list", "data-list": list.name },
    el("h3", {}, list.name, " ", el("span", { class: "count" }, count)),
    list.rows.length > 0 && el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Rows of ${list.name}` },
      el("table", {}, el("thead", {}, head), el("tbody", {}, ...rows))),
    hidden > 0 && el("p", { class: "row more-rows" }, el("span", { class: "hint" }, `The newest ${list.rows.length} are shown.`),
      el("button", { type: "button", "data-key": `more/${list.name}`, onclick: more }, "Show more", el("span", { class: "unseen" }, ` rows of ${list.name}`))));
}

const KEY = /^[0-9a-f-]{20,}$/;

function cell(value, kind) {
  // A key says nothing to people: its beginning is enough to compare by, the whole of it is in the tooltip.
  if (KEY.test(value)) return el("td", { title: value }, `${value.slice(0, 8)}…`);
  if (value === null || value === undefined) return el("td", {});
  if (kind === "dateTime") return el("td", {}, moment(value));
  return el("td", {}, kind === "boolean" ? (value ? "Yes" : "No") : String(value));
}
