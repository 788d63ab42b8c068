// The clock of the rehearsal: what it shows, and ways to move it.
import { el, redraw } from "./dom.js";
import { field, moment } from "./when.js";

const JUMPS = [["reminder", "To the reminder"], ["close", "To the close"], ["check-in", "To the next check-in"]];
const STEPS = [[3600, "+1 hour"], [86400, "+1 day"], [604800, "+1 week"]];

/** Draw the clock; `move(body)` moves it. */
export function drawClock(view, move) {
  for (const place of document.querySelectorAll("[data-now]")) place.textContent = moment(view.now, "long");
  redraw(document.getElementById("moves"), view.moments, () => [
    el("div", { class: "stack" }, ...JUMPS.map(([jump, words]) => {
      const at = view.moments[jump];
      return el("button", { type: "button", "data-key": jump, "aria-disabled": at ? null : "true", onclick: () => at && move({ jump }) },
        words, el("small", {}, at ? moment(at) : "nothing planned"));
    })),
    el("div", { class: "row" }, ...STEPS.map(([by, words]) => el("button", { type: "button", "data-key": words, onclick: () => move({ by }) }, words))),
    el("form", { class: "row", onsubmit: (event) => {
      event.preventDefault();
      move({ to: event.target.elements.to.value });
    } },
    el("label", { for: "to" }, "To a day and time"),
    el("input", { type: "datetime-local", id: "to", name: "to", required: true, value: field(view.now), "data-key": "to" }),
    el("button", { type: "submit", "data-key": "move" }, "Move")),
  ]);
}
