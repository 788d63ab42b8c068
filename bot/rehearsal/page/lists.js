// SharePoint as people would find it: which lists there are, and what stands in them.
import { el, redraw } from "./dom.js";
import { drawBin } from "./bin.js";
import { drawRows } from "./rows.js";

const NO_LISTS = "No lists yet. They appear when the first thing is filed.";
const NO_ROWS = "Nothing in it yet.";

/** Draw the lists; `chosen` names one, or is "" for all. `acts`: choose(list), more(), open(list, row or null) and restore(list, row). */
export function drawLists(lists, chosen, acts) {
  const shown = lists.filter((list) => list.name === chosen);
  redraw(document.getElementById("choose-list"), lists.map((list) => [list.name, list.count, list.name === chosen]), () => (lists.length > 1 ? [
    choice("", "All lists", shown.length === 0, acts),
    ...lists.map((list) => choice(list.name, list.name, list.name === chosen, acts, list.count))] : []));
  const place = document.getElementById("lists");
  const before = new Map([...place.querySelectorAll(".scroll")].map((one) => [one.ariaLabel, [one.scrollLeft, one.scrollTop]]));
  redraw(place, [lists, chosen], () => {
    if (!lists.length) return [el("p", { class: "empty" }, NO_LISTS)];
    return (shown.length ? shown : lists).map((list) => listNode(list, shown.length === 1, acts));
  });
  for (const one of place.querySelectorAll(".scroll")) [one.scrollLeft, one.scrollTop] = before.get(one.ariaLabel) ?? [0, 0];
}

function choice(name, words, chosen, acts, count) {
  return el("button", { type: "button", class: "chip", "data-key": `choose/${name}`, "aria-pressed": String(chosen), onclick: () => acts.choose(name) },
    words, " ", count !== undefined && el("span", { class: "count" }, String(count), el("span", { class: "unseen" }, count === 1 ? " row" : " rows")));
}

function listNode(list, alone, acts) {
  const count = list.count === 1 ? "1 row" : `${list.count} rows`;
  return el("section", { class: "list", "data-list": list.name, "aria-label": list.name },
    el("div", { class: "list-head" }, el("h3", {}, list.name, " ", el("span", { class: "count" }, count)),
      el("button", { type: "button", class: "small", "data-key": `add/${list.name}`, onclick: () => acts.open(list.name, null) },
        "Add a row", el("span", { class: "unseen" }, ` to ${list.name}`))),
    el("p", { class: "hint" }, list.says, " ", list.count === 0 && el("strong", {}, NO_ROWS)),
    list.rows.length > 0 && drawRows(list, acts.open),
    list.count > list.rows.length && more(list, alone, acts),
    drawBin(list, acts.restore));
}

function more(list, alone, acts) {
  const [words, after, pressed] = alone
    ? ["Show more", ` rows of ${list.name}`, acts.more]
    : [`Show all ${list.count}`, ` rows of ${list.name}`, () => acts.choose(list.name)];
  return el("p", { class: "row more-rows" }, el("span", { class: "hint" }, `The newest ${list.rows.length} are shown.`),
    el("button", { type: "button", class: "small", "data-key": `more/${list.name}`, onclick: pressed }, words, el("span", { class: "unseen" }, after)));
}
