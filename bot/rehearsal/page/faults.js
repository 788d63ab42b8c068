// Things to break on purpose, and what went to the bot and came of it.
import { el, redraw, say } from "./dom.js";
import { moment } from "./when.js";

/** Draw the switches and what went on; `set(body)` turns a fault on or off. */
export function drawFaults(view, set) {
  redraw(document.getElementById("faults"), view.faults, () => view.faults.map((fault) => el("div", { class: "fault" },
    fault.stays ? onOff(fault, set) : once(fault, set), el("p", { id: `says-${fault.key}`, class: "says" }, fault.says))));
  list("delivered", view.delivered, happened);
  list("exchanges", view.exchanges, happened);
  list("asked", view.asked, (one) => el("li", {},
    el("span", { class: "what" }, one.what), el("span", { class: "status" }, one.times === 1 ? "once" : `${one.times} times`)));
}

function onOff(fault, set) {
  return el("button", {
    type: "button", role: "switch", "data-key": fault.key, "aria-checked": String(fault.on), "aria-describedby": `says-${fault.key}`,
    onclick: () => set({ key: fault.key, on: !fault.on }),
  }, el("span", { class: "track", "aria-hidden": "true" }), fault.title);
}

function once(fault, set) {
  return el("button", {
    type: "button", "data-key": fault.key, "aria-describedby": `says-${fault.key}`, onclick: async () => {
      if (await set({ key: fault.key, on: true })) say(`${fault.title}: it will happen.`);
    },
  }, fault.title);
}

function happened(one) {
  return el("li", { class: one.well ? "well" : "ill" }, el("span", { class: "what" }, one.what),
    el("time", { datetime: one.at }, moment(one.at)), el("span", { class: "status" }, outcome(one)));
}

function outcome({ answers, well }) {
  const times = answers.length > 1 ? `, ${answers.length} times` : "";
  return well ? `answered${times}` : `went wrong (${answers.join(", ")})`;
}

function list(id, facts, draw) {
  redraw(document.getElementById(id), facts, () => (facts.length ? facts.map(draw) : [el("li", { class: "empty" }, "Nothing yet.")]));
}
