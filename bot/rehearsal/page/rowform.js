// The form for a row of SharePoint: change it, delete it or add one, as the person who is chosen on the page; and its earlier versions.
import { tell, lookAtRow } from "./api.js";
import { el, redraw, say } from "./dom.js";
import { boxed, drawBox, fill } from "./fields.js";
import { drawHistory } from "./history.js";
import { moment } from "./when.js";

const UNCHANGED = "Nothing is changed yet.";
const KEPT = "What you typed before is still here.";
const SAVED = "Saved in SharePoint. The bot finds it when it reads next.";
const DELETED = "Deleted. It waits in the recycle bin.";
const SURE = "Delete this row? You can put it back from the recycle bin.";

const dialog = document.getElementById("row-form");
const drafts = new Map(); // list and row → what was typed and not saved, by column: shut by mistake, a form opens again as it was
let shown = null; // of the open form: its list, the row’s id (null for a new one), the columns with a box, and the version last seen

/** Open the form for a row of `list`, or for a new one where `id` is null. `done()` is called after each change. */
export async function openRow(view, list, id, done) {
  const { name, columns } = list;
  shown = { key: `${name}/${id ?? "new"}`, list: name, id, columns: columns.filter((one) => !one.fixed), version: null };
  const mine = shown;
  dialog.replaceChildren(...form(view, done));
  for (const column of shown.columns) boxOf(column.name).dataset.first = "";
  if (id !== null) await followRow();
  if (mine !== shown) return;
  const draft = drafts.get(shown.key);
  for (const column of shown.columns) if (draft && column.name in draft) fill(boxOf(column.name), draft[column.name]);
  note(draft ? KEPT : "");
  dialog.showModal();
  dialog.querySelector("h2").focus();
}

/** Look at the open row again: boxes that nobody has touched follow it, what was typed stays. */
export async function followRow() {
  if (!shown || shown.id === null || !(dialog.open || shown.version === null)) return;
  const mine = shown;
  try {
    const { row, fields, versions } = await lookAtRow(mine.list, mine.id);
    if (mine === shown) takeRow(row, fields, versions);
  } catch (error) {
    if (mine === shown) problem(error.message);
  }
}

function takeRow(row, fields, versions) {
  const typed = touched();
  for (const column of shown.columns) {
    const box = boxOf(column.name);
    box.dataset.first = boxed(fields[column.name], column.kind);
    if (!(column.name in typed)) fill(box, box.dataset.first);
  }
  if (shown.version && shown.version !== row.version) note(`${row.by} changed this row meanwhile, ${moment(row.changed)}.`);
  shown.version = row.version;
  const earlier = dialog.querySelector(".history");
  earlier.hidden = false;
  earlier.firstChild.textContent = `Version history (${versions.length})`;
  redraw(earlier.lastChild, versions, () => drawHistory(versions));
}

function form({ people, you }, done) {
  const { list, id, columns } = shown;
  const name = people.find((one) => one.key === you).name;
  const fields = el("form", { onsubmit: (event) => {
    event.preventDefault();
    save(you, done);
  }, oninput: keep },
  el("div", { class: "fields" }, ...columns.map(drawBox)),
  // At the foot, which is always in sight, so that nobody misses why nothing was saved.
  el("div", { class: "foot" },
    el("p", { class: "note hint", role: "status" }), el("p", { class: "problem", role: "alert" }),
    el("div", { class: "actions" }, el("button", { type: "submit", class: "primary" }, id === null ? "Add" : "Save"),
      el("button", { type: "button", onclick: startAgain }, "Undo"),
      id !== null && el("button", { type: "button", class: "danger", onclick: ask }, "Delete"))));
  return [
    el("div", { class: "list-head" }, el("h2", { id: "row-title", tabindex: "-1" }, id === null ? `New row in ${list}` : `${list}, row ${id}`),
      el("button", { type: "button", class: "small", onclick: () => dialog.close() }, "Close")),
    el("p", { class: "hint" }, `You write in SharePoint as ${name}, in a browser. The bot is not asked.`),
    el("details", { class: "history", hidden: true }, el("summary", {}), el("div", {})),
    fields,
    el("div", { class: "sure", hidden: true }, el("p", {}, SURE), el("div", { class: "actions" },
      el("button", { type: "button", class: "danger", onclick: () => remove(you, done) }, "Delete it"),
      el("button", { type: "button", onclick: ask }, "Keep it"))),
  ];
}

function boxOf(column) {
  return dialog.querySelector("form").elements.namedItem(column);
}

/** What was typed and differs from what stands in the list, by column. */
function touched() {
  const boxes = shown.columns.map((column) => boxOf(column.name)).filter((box) => box.value !== box.dataset.first);
  return Object.fromEntries(boxes.map((box) => [box.name, box.value]));
}

function keep() {
  const typed = touched();
  if (Object.keys(typed).length) drafts.set(shown.key, typed);
  else drafts.delete(shown.key);
}

function startAgain() {
  for (const column of shown.columns) fill(boxOf(column.name), boxOf(column.name).dataset.first);
  drafts.delete(shown.key);
  note("");
  problem("");
}

/** Ask before deleting, or take the question back. */
function ask() {
  const sure = dialog.querySelector(".sure");
  sure.hidden = !sure.hidden;
  (sure.hidden ? dialog.querySelector("form .danger") : sure.querySelector("button:last-child")).focus();
}

async function save(person, done) {
  const fields = touched();
  if (!Object.keys(fields).length && shown.id !== null) {
    note(UNCHANGED);
    return;
  }
  await attempt({ do: shown.id === null ? "add" : "edit", fields, person }, SAVED, done);
}

async function remove(person, done) {
  await attempt({ do: "delete", person }, DELETED, done);
}

async function attempt(body, sentence, done) {
  const mine = shown;
  problem("");
  try {
    await tell("lists", { ...body, list: mine.list, row: mine.id });
  } catch (error) {
    if (mine === shown) problem(error.message);
    return;
  }
  drafts.delete(mine.key);
  if (mine === shown) dialog.close();
  await done();
  say(sentence);
}

function note(sentence) {
  dialog.querySelector(".note").textContent = sentence;
}

function problem(sentence) {
  dialog.querySelector("form .problem").textContent = sentence;
}

dialog.addEventListener("close", () => {
  shown = null;
});
