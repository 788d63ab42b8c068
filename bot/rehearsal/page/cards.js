// Draws Adaptive Cards as Teams would: exactly the elements that our cards use, and a visible box for any other.
import { drawAction, drawActionSet } from "./actions.js";
import { el } from "./dom.js";
import { drawInput, inputsOf } from "./inputs.js";
import { blocks, inline, link } from "./markdown.js";

/** Every element and action this page draws. A house rule keeps this table and the cards in step. */
export const DRAWERS = {
  "TextBlock": textBlock,
  "RichTextBlock": richTextBlock,
  "TextRun": textRun,
  "Container": container,
  "Input.Text": drawInput,
  "Input.ChoiceSet": drawInput,
  "Input.Toggle": drawInput,
  "Input.Date": drawInput,
  "Input.Time": drawInput,
  "ActionSet": drawActionSet,
  "Action.Execute": drawAction,
  "Action.Submit": drawAction,
  "Action.ToggleVisibility": drawAction,
  "Chart.HorizontalBar": chart,
};

/** What is drawn with something else: the card itself by `drawCard`, the people of a people picker by its `Input.ChoiceSet`. */
export const PARTS = ["AdaptiveCard", "Data.Query"];

/**
 * The card as an element. `context`: `act(action, inputs)` is called for Execute and Submit and answers a problem to
 * show, or null; `people` are those a people picker offers; `typed` is a Map of what was typed and not yet sent.
 */
export function drawCard(card, context) {
  const id = crypto.randomUUID();
  const body = el("div", { class: "card", lang: card.lang ?? null, role: "group", "aria-label": "Card", tabindex: "-1" });
  const problem = el("p", { class: "problem", role: "status" });
  const here = { ...context, id, body, problem, draw: (element) => draw(element, here), inputs: () => inputsOf(body) };
  body.append(...(card.body ?? []).map(here.draw));
  if (card.actions?.length) body.append(here.draw({ type: "ActionSet", actions: card.actions }));
  body.append(problem);
  // The act that sends what a card asks for is plain to see: it stands first in the last row of buttons.
  if (body.querySelector("[data-input]")) [...body.querySelectorAll(".actions")].at(-1)?.querySelector("button")?.classList.add("primary");
  return body;
}

function draw(element, context) {
  const drawer = DRAWERS[element.type];
  if (!drawer) return instead(element, context);
  const node = drawer(element, context);
  if (element.id) node.dataset.element = element.id;
  if (element.isVisible === false) node.hidden = true;
  if (element.separator) node.classList.add("separator");
  if (element.spacing) node.classList.add(`spacing-${element.spacing.toLowerCase()}`);
  if (element.targetWidth) node.classList.add(`width-${element.targetWidth.replace(":", "-").toLowerCase()}`);
  if (element.horizontalAlignment) node.classList.add(`align-${element.horizontalAlignment.toLowerCase()}`);
  return node;
}

function instead(element, context) {
  if (element.fallback === "drop") return document.createComment("dropped");
  if (element.fallback) return draw(element.fallback, context);
  return el("p", { class: "not-shown" }, `Not shown here: ${element.type}`);
}

function lookOf(element) {
  const classes = [];
  if (element.size) classes.push(`size-${element.size.toLowerCase()}`);
  if (element.weight) classes.push(`weight-${element.weight.toLowerCase()}`);
  if (element.color) classes.push(`color-${element.color.toLowerCase()}`);
  if (element.isSubtle) classes.push("subtle");
  if (element.italic) classes.push("italic");
  return classes.join(" ");
}

function textBlock(element) {
  const heading = element.style === "heading";
  const look = `text ${heading ? "heading" : ""} ${lookOf(element)}`;
  // A card's headings stand below the channel's own (h2).
  if (heading) return el("h3", { class: look }, ...inline(element.text));
  return el("div", { class: look }, ...blocks(element.text));
}

function richTextBlock(element, context) {
  const runs = element.inlines.map((run) => (typeof run === "string" ? run : context.draw(run)));
  return el("p", { class: "text" }, ...runs);
}

function textRun(element) {
  const address = element.selectAction?.url;
  const look = lookOf(element);
  return address ? link(address, { class: look }, element.text) : el("span", { class: look }, element.text);
}

function container(element, context) {
  const style = element.style ? ` style-${element.style.toLowerCase()}` : "";
  return el("div", { class: `container${style}` }, ...(element.items ?? []).map(context.draw));
}

function chart(element) {
  const most = Math.max(1, ...element.data.map((point) => point.y));
  const bars = element.data.map((point) => {
    const bar = el("span", { class: "bar", "aria-hidden": "true" });
    // Through the style object: the page's security policy allows no style attributes.
    bar.style.setProperty("--share", `${(100 * point.y) / most}%`);
    return el("li", {}, el("span", { class: "x" }, String(point.x)), bar, el("span", { class: "y" }, String(point.y)));
  });
  return el("figure", { class: "chart" }, element.title && el("figcaption", {}, element.title), el("ul", {}, ...bars));
}
