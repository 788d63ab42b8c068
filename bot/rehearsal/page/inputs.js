// The inputs of a card: how they look, what is wrong with them, and what they say when a button is pressed.
import { el } from "./dom.js";

const NEEDED = "Please fill this in.";
const NOT_FIT = "Please look at this again. It does not fit here.";
const KINDS = { "Input.Date": "date", "Input.Time": "time" };

/** One input with its label above, its error below and, where there is a limit, a counter. */
export function drawInput(element, context) {
  const id = `${context.id}-${element.id}`;
  const typed = context.typed.get(element.id);
  const value = typed ?? element.value ?? "";
  const box = el("div", { class: "input", "data-input": element.id });
  const error = el("p", { class: "error", id: `${id}-error` });
  const drawer = element.type === "Input.ChoiceSet" ? choiceSet : element.type === "Input.Toggle" ? toggle : text;
  const control = drawer(element, { id, value: String(value), people: context.people });
  control.append(error);
  box.append(control);
  box.addEventListener("input", () => {
    context.typed.set(element.id, valueOf(box));
    if (error.textContent) check(box);
  });
  box.element = element;
  return box;
}

function label(element, attributes) {
  return el("label", attributes, element.label ?? "", element.isRequired && el("span", { class: "needed" }, " (needed)"));
}

function text(element, { id, value }) {
  const attributes = {
    id, "data-key": `input/${element.id}`, "aria-describedby": `${id}-error`, maxlength: element.maxLength,
    placeholder: element.placeholder, min: element.min, max: element.max, "aria-required": element.isRequired && "true",
  };
  const kind = KINDS[element.type] ?? { Email: "email", Url: "url", Tel: "tel" }[element.style] ?? "text";
  const field = element.isMultiline ? el("textarea", { ...attributes, rows: 3 }) : el("input", { ...attributes, type: kind });
  field.value = value;
  field.dataset.first = element.value ?? "";
  const box = el("div", {}, label(element, { for: id }), field);
  if (element.maxLength) {
    const counter = el("p", { class: "counter" });
    const count = () => {
      counter.textContent = `${field.value.length} of ${element.maxLength} characters`;
    };
    field.addEventListener("input", count);
    count();
    box.append(counter);
  }
  return box;
}

function toggle(element, { id, value }) {
  const field = el("input", { type: "checkbox", id, "data-key": `input/${element.id}`, "aria-describedby": `${id}-error` });
  field.checked = value === (element.valueOn ?? "true");
  return el("div", {}, element.label && el("p", { class: "label" }, element.label),
    el("label", { class: "choice", for: id }, field, el("span", {}, element.title ?? "")));
}

function choiceSet(element, { id, value, people }) {
  const asked = element["choices.data"] ? people.map((one) => ({ title: `${one.name}, ${one.role}`, value: one.id })) : [];
  const choices = [...(element.choices ?? []), ...asked].filter(
    (choice, index, all) => all.findIndex((other) => other.value === choice.value) === index);
  const chosen = element.isMultiSelect ? value.split(",") : [value];
  if (!element.isMultiSelect && element.style !== "expanded") return dropDown(element, { id, value, choices });
  const kind = element.isMultiSelect ? "checkbox" : "radio";
  const options = choices.map((choice) => {
    const field = el("input", { type: kind, name: id, value: choice.value, "data-key": `input/${element.id}/${choice.value}` });
    field.checked = chosen.includes(choice.value);
    return el("label", { class: "choice" }, field, el("span", {}, choice.title));
  });
  const needed = element.isRequired && el("span", { class: "needed" }, " (needed)");
  return el("fieldset", { "aria-describedby": `${id}-error`, role: kind === "radio" ? "radiogroup" : null },
    el("legend", {}, element.label ?? "", needed), el("div", { class: "choices" }, ...options));
}

function dropDown(element, { id, value, choices }) {
  const options = choices.map((choice) => el("option", { value: choice.value }, choice.title));
  const field = el("select", { id, "data-key": `input/${element.id}`, "aria-describedby": `${id}-error` },
    el("option", { value: "" }, element.placeholder ?? "Choose"), ...options);
  field.value = value;
  return el("div", {}, label(element, { for: id }), field);
}

function valueOf(box) {
  const { element } = box;
  const fields = [...box.querySelectorAll("input, textarea, select")];
  if (element.type === "Input.Toggle") return fields[0].checked ? element.valueOn ?? "true" : element.valueOff ?? "false";
  if (["checkbox", "radio"].includes(fields[0]?.type)) return fields.filter((one) => one.checked).map((one) => one.value).join(",");
  return fields[0]?.value ?? "";
}

/** Say what is wrong with one input, as Teams does before it sends anything; true when all is well. */
function check(box) {
  const { element } = box;
  const value = valueOf(box);
  const field = box.querySelector("input, textarea, select");
  const missing = element.isRequired && (value.trim() === "" || (element.type === "Input.Toggle" && !field.checked));
  const wrong = missing || (field && !field.validity.valid) || (value && element.regex && !new RegExp(element.regex).test(value));
  box.querySelector(".error").textContent = wrong ? element.errorMessage ?? (missing ? NEEDED : NOT_FIT) : "";
  for (const one of box.querySelectorAll("input, textarea, select")) one.toggleAttribute("aria-invalid", Boolean(wrong));
  return !wrong;
}

/** The inputs of a drawn card: `check()` marks what is wrong and answers the first such field or null; `values()` is what would be sent. */
export function inputsOf(card) {
  const boxes = [...card.querySelectorAll("[data-input]")];
  return {
    check: () => boxes.filter((box) => !check(box))[0]?.querySelector("input, textarea, select") ?? null,
    values: () => Object.fromEntries(boxes.map((box) => [box.dataset.input, valueOf(box)])),
  };
}
