// The rows of a list: a table where there is room for one, and a card for each row where there is not.
import { el } from "./dom.js";
import { shownValue } from "./fields.js";
import { moment } from "./when.js";

const BESIDE = ["Last changed", "Version"];

/** The rows of a list; `open(list, row)` is called when somebody wants to edit one. */
export function drawRows(list, open) {
  const heads = ["Id", ...list.columns.map((column) => column.title), ...BESIDE];
  // Cards are the same table with other displays, which take its meaning away: the roles give it back.
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `Rows of ${list.name}` },
    el("table", { role: "table" },
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" },
        el("th", { role: "columnheader", scope: "col" }, el("span", { class: "unseen" }, "Change")),
        ...heads.map((name) => el("th", { role: "columnheader", scope: "col" }, name)))),
      el("tbody", { role: "rowgroup" }, ...list.rows.map((row) => rowNode(list, row, open)))));
}

function rowNode(list, row, open) {
  return el("tr", { role: "row", "data-row": row.id },
    el("td", { role: "cell", class: "act" },
      el("button", { type: "button", class: "small", "data-key": `edit/${list.name}/${row.id}`, onclick: () => open(list.name, row.id) },
        "Edit", el("span", { class: "unseen" }, ` row ${row.id} of ${list.name}`))),
    el("th", { role: "rowheader", scope: "row" }, row.id),
    ...row.values.map((value, index) => cell(list.columns[index].title, shownValue(value, list.columns[index].kind))),
    cell(BESIDE[0], el("span", {}, row.by, ", ", el("time", { datetime: row.changed }, moment(row.changed))), "who"),
    cell(BESIDE[1], row.version, "version"));
}

function cell(title, value, look = null) {
  // In a card each value has its title beside it; whoever listens hears the column's head instead.
  return el("td", { role: "cell", class: value === null ? "nothing" : look }, el("span", { class: "title", "aria-hidden": "true" }, title), value);
}
