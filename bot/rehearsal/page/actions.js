// The buttons of a card: which are shown, which wait behind "More", and what happens when one is pressed.
import { el, say } from "./dom.js";

const MOST_SHOWN = 6; // Teams shows six buttons; the rest wait behind "More" (cards reference, "maxActions")
const PUT_RIGHT = "Not sent yet. Please put right what is marked.";

/** A row of buttons. */
export function drawActionSet(element, context) {
  const actions = element.actions ?? [];
  const first = actions.filter((action) => action.mode !== "secondary").slice(0, MOST_SHOWN);
  const later = actions.filter((action) => !first.includes(action));
  const more = later.length > 0 && el("details", { class: "more" },
    el("summary", { "data-key": "action/more" }, "More"), el("div", { class: "menu" }, ...later.map(context.draw)));
  return el("div", { class: "actions" }, ...first.map(context.draw), more);
}

/** One button. */
export function drawAction(element, context) {
  const name = { "data-key": `action/${element.title}`, title: element.tooltip ?? null };
  const pressed = element.type === "Action.ToggleVisibility" ? () => turn(element, context) : () => send(button, element, context);
  const button = el("button", { ...name, type: "button", onclick: pressed }, element.title);
  return button;
}

function turn(element, { body }) {
  for (const target of element.targetElements) {
    const id = typeof target === "string" ? target : target.elementId;
    const node = [...body.querySelectorAll("[data-element]")].find((one) => one.dataset.element === id);
    if (node) node.hidden = typeof target === "string" || target.isVisible === undefined ? !node.hidden : !target.isVisible;
  }
}

async function send(button, element, context) {
  const { body, problem, inputs, act } = context;
  if (body.getAttribute("aria-busy") === "true") return;
  const { check, values } = inputs();
  const takesInputs = element.associatedInputs?.toLowerCase() !== "none";
  const wrong = takesInputs ? check() : null;
  problem.textContent = wrong ? PUT_RIGHT : "";
  if (wrong) {
    wrong.focus();
    return;
  }
  body.setAttribute("aria-busy", "true");
  const sentence = await act(element, takesInputs ? values() : {});
  body.removeAttribute("aria-busy");
  if (sentence) {
    problem.textContent = sentence;
    say(sentence);
  }
}
