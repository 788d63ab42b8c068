// Five steps for somebody who sees this for the first time. Each ticks itself off when it happens.
import { el, redraw } from "./dom.js";

const STEPS = [
  { sign: "first", words: "A check-in is here. Be Joe: pick a word, press Send.", label: "Be Joe", who: "joe" },
  { sign: "second", words: "Be Amina, and answer too.", label: "Be Amina", who: "amina" },
  { sign: "changed", words: "Be Joe again: your answer is still there. Change it.", label: "Be Joe", who: "joe" },
  { sign: "closed", words: "Move the clock to the close.", label: "To the close", act: ({ move }) => move({ jump: "close" }) },
  { sign: "filed", words: "See the summary in the thread. Then find the rows in SharePoint.", label: "Open SharePoint", act: ({ show }) => show("tab-lists") },
];
const WAITING = {
  sign: "first", words: "The first check-in comes soon. Move the clock to it.", label: "To the check-in", act: ({ move }) => move({ jump: "check-in" }),
};
const HIDDEN = "rehearsal-guide-hidden";

/** Draw the steps. `acts` does what the next step's button says: `go` to somebody, `move` the clock, or `show` a tab. */
export function drawGuide({ signs, moments, you }, acts) {
  // Until a check-in is open there is nothing to answer; where none is planned, this is no ward's channel.
  const steps = signs.first || moments.close || !moments["check-in"] ? STEPS : [WAITING, ...STEPS.slice(1)];
  const next = steps.find((step) => !signs[step.sign]);
  const done = steps.filter((step) => signs[step.sign]).length;
  redraw(document.getElementById("steps"), [signs, next?.words, you], () => steps.map((step) => el("li", {
    class: signs[step.sign] ? "done" : step === next ? "next" : "", "data-step": step.sign, "aria-current": step === next ? "step" : null,
  }, el("span", { class: "tick", "aria-hidden": "true" }),
  el("span", {}, step.words, signs[step.sign] && el("span", { class: "unseen" }, " (done)"), " ",
    step === next && step.who !== you && button(step, acts)))));
  document.getElementById("steps-done").textContent = next ? `${done} of ${steps.length} done` : "All done. That was a ward’s week.";
}

function button({ label, who, act }, acts) {
  const pressed = () => (who ? acts.go({ person: who }) : act(acts));
  return el("button", { type: "button", class: "plain", "data-key": "step", onclick: pressed }, label);
}

/** Keep the guide open or shut as the person left it. */
export function rememberGuide() {
  const guide = document.getElementById("guide");
  guide.open = localStorage.getItem(HIDDEN) !== "yes";
  guide.addEventListener("toggle", () => localStorage.setItem(HIDDEN, guide.open ? "no" : "yes"));
}
