// A column's values as people read them, and the box that they are typed into.
import { el } from "./dom.js";
import { day, field, moment } from "./when.js";

const KEY = /^[0-9a-f-]{20,}$/;
const NOTHING = "(empty)";

/** A value in words: dates as people say them, a choice as a pill, the beginning of a long key; null for an empty one. */
export function shownValue(value, kind) {
  if (value === null || value === undefined) return null;
  // A key says nothing to people: its beginning is enough to compare by, the whole of it is in the tooltip.
  if (KEY.test(value)) return el("span", { title: value }, `${value.slice(0, 8)}…`);
  if (kind === "choice") return el("span", { class: "pill" }, value);
  return el("span", { class: kind === "lines" ? "lines" : null }, inWords(value, kind));
}

function inWords(value, kind) {
  if (kind === "moment") return moment(value);
  if (kind === "day") return day(value);
  if (kind === "yes-no") return value ? "Yes" : "No";
  return String(value);
}

/** What a box holds of a value. */
export function boxed(value, kind) {
  if (value === null || value === undefined) return "";
  if (kind === "moment") return field(value);
  if (kind === "day") return field(value).slice(0, 10);
  if (kind === "yes-no") return value ? "yes" : "no";
  // A box takes line ends to be \n; browsers send \r\n, and SharePoint keeps those.
  return String(value).replaceAll("\r\n", "\n");
}

/** A labelled box for a column, empty; its name is the column's own. */
export function drawBox(column) {
  const id = `field-${column.name}`;
  const says = column.says && el("p", { class: "hint", id: `${id}-says` }, column.says);
  const about = { id, name: column.name, "data-key": id, "aria-describedby": says ? `${id}-says` : null, autocomplete: "off" };
  return el("div", { class: `field kind-${column.kind}` }, el("label", { for: id }, column.title), says, BOXES[column.kind](about, column));
}

const BOXES = {
  "line": (about) => el("input", { ...about, type: "text" }),
  "lines": (about) => el("textarea", { ...about, rows: 3 }),
  "choice": (about, column) => select(about, column.choices.map((choice) => [choice, choice])),
  "day": (about) => el("input", { ...about, type: "date" }),
  "moment": (about) => el("input", { ...about, type: "datetime-local" }),
  // Not a number box: that one swallows what is no number, and SharePoint’s answer to it is worth seeing.
  "number": (about) => el("input", { ...about, type: "text", inputmode: "decimal" }),
  "yes-no": (about) => select(about, [["yes", "Yes"], ["no", "No"]]),
};

function select(about, choices) {
  return el("select", about, el("option", { value: "" }, NOTHING), ...choices.map(([value, words]) => el("option", { value }, words)));
}

/** Put a value into a box. A choice that the list does not offer can stand in a row all the same, so the box offers it. */
export function fill(box, value) {
  if (box.tagName === "SELECT" && value && ![...box.options].some((one) => one.value === value)) {
    box.append(el("option", { value }, value));
  }
  box.value = value;
}
