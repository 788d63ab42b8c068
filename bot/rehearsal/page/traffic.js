// What went between Microsoft and the bot, and what came of it.
import { el, redraw } from "./dom.js";
import { moment } from "./when.js";

const NONE = "Nothing yet.";

/** Draw what reached the bot, and what the bot asked of SharePoint and of Teams. */
export function drawTraffic(view) {
  list("delivered", view.delivered, happened);
  list("exchanges", view.exchanges, happened);
  list("asked", view.asked, (one) => el("li", {},
    el("span", { class: "what" }, one.what), el("span", { class: "status" }, one.times === 1 ? "once" : `${one.times} times`)));
  const { count, last } = view.reads;
  document.getElementById("reads-count").textContent = `Reads that went well (${count}); the newest ${last.length}`;
  document.getElementById("reads").hidden = count === 0;
  list("reads-last", last, happened);
}

function happened(one) {
  return el("li", { class: one.well ? "well" : "ill" }, el("span", { class: "what", title: one.what }, one.words ?? one.what),
    el("time", { datetime: one.at }, moment(one.at)), el("span", { class: "status" }, outcome(one)),
    one.items?.length > 0 && el("ul", { class: "parts" }, ...alike(one.items).map(part)));
}

function outcome({ answers, well }) {
  if (answers.length === 0) return "no answer came";
  const times = answers.length > 1 ? `, ${answers.length} times` : "";
  return well ? `answered${times}` : `went wrong (${answers.join(", ")})`;
}

/** A batch's items, those that are alike together. */
function alike(items) {
  const groups = new Map();
  for (const one of items) {
    const key = `${one.words} ${one.answers}`;
    groups.set(key, { ...one, times: (groups.get(key)?.times ?? 0) + 1 });
  }
  return [...groups.values()];
}

function part(one) {
  const times = one.times > 1 ? ` (${one.times} times)` : "";
  return el("li", { class: one.well ? "well" : "ill" }, el("span", { class: "what", title: one.what }, one.words, times),
    el("span", { class: "status" }, outcome(one)));
}

function list(id, facts, draw) {
  redraw(document.getElementById(id), facts, () => (facts.length ? facts.map(draw) : [el("li", { class: "empty" }, NONE)]));
}
