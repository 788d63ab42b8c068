// Things to break on purpose.
import { el, redraw, say } from "./dom.js";

/** Draw the switches, SharePoint's and Teams' apart; `set(body)` turns one on or off. */
export function drawFaults(faults, set) {
  redraw(document.getElementById("faults"), faults, () => [...new Set(faults.map((fault) => fault.of))].map((of) =>
    el("section", { class: "faults", "aria-label": `Break ${of}` }, el("h3", {}, of),
      ...faults.filter((fault) => fault.of === of).map((fault) => el("div", { class: "fault" },
        fault.stays ? onOff(fault, set) : once(fault, set), el("p", { id: `says-${fault.key}`, class: "says" }, fault.says))))));
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
