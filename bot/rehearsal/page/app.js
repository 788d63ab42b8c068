// The page: remembers who looks at what, asks for it, and draws it again whenever something changed.
import { listen, look, tell } from "./api.js";
import { drawChannel } from "./channel.js";
import { drawClock } from "./clock.js";
import { answer, drawComposer } from "./composer.js";
import { say } from "./dom.js";
import { drawFaults } from "./faults.js";
import { drawGuide, rememberGuide } from "./guide.js";
import { drawLists } from "./lists.js";
import { drawPeople } from "./people.js";
import { followRow, openRow } from "./rowform.js";
import { listenToTabs, showTab } from "./tabs.js";
import { drawTraffic } from "./traffic.js";

const opened = new Set(); // messages that Teams has opened for somebody, so that their own card could come
const FEW = 5; // threads that are shown before somebody asks for older ones
const SOME = 50; // rows of a list, the same
const GLANCE = 5; // rows of each, where all lists are shown
const CHOSEN = "rehearsal-list"; // the list that this tab of the browser looks at; "" for all
let view = null;
const shown = { who: "", threads: FEW, rows: GLANCE, list: "" };
let looking = null;
let again = false;

function here() {
  const words = new URLSearchParams(location.hash.slice(1));
  return { person: words.get("person") ?? "", place: words.get("place") ?? "" };
}

function go(change) {
  const next = { ...here(), ...change };
  // Each browser tab can be somebody else: who and where stand in its address.
  location.hash = new URLSearchParams(next).toString();
}

/** Look again and draw. One at a time; whoever asks meanwhile gets one more look. */
function refresh() {
  again = true;
  looking ??= lookAgain().finally(() => {
    looking = null;
  });
  return looking;
}

async function lookAgain() {
  while (again) {
    again = false;
    try {
      const { person, place } = here();
      if (shown.who !== `${person} ${place}`) Object.assign(shown, { who: `${person} ${place}`, threads: FEW });
      let fresh = await look(person, place, shown);
      // Own cards first, so that nobody sees their answer turn into an empty form and back.
      if (await openCards(fresh)) fresh = await look(person, place, shown);
      view = fresh;
      draw();
      await followRow();
    } catch (error) {
      say(error.message);
    }
  }
}

function draw() {
  drawPeople(view, go);
  drawGuide(view, { go, move, show: showTab });
  drawClock(view, move);
  drawTraffic(view);
  drawFaults(view.faults, (body) => attempt("faults", body));
  drawLists(view.lists, shown.list, { choose, more: () => showMore("rows", SOME), open: openList, restore });
  drawChannel(view, { card: pressed, reply: (message) => answer(message, view, send), older: () => showMore("threads", FEW) });
  drawComposer(view, send);
  drawApp();
  for (const hidden of document.querySelectorAll("[data-until-drawn]")) hidden.hidden = false;
}

function drawApp() {
  const button = document.getElementById("app-here");
  button.textContent = view.place.appHere ? "Remove the app" : "Add Ward Rhythms";
  button.onclick = () => attempt("act", { do: view.place.appHere ? "uninstall" : "install", person: view.you, place: view.place.id });
}

/** Ask for this person's own card where a message offers one, as Teams does when it comes into sight; true where any was asked for. */
async function openCards({ you: person, place }) {
  const shut = place.threads.flat().filter((one) => one.refreshes && !opened.has(`${person}/${one.id}/${one.edition}`));
  for (const message of shut) {
    opened.add(`${person}/${message.id}/${message.edition}`);
    // Where the bot does not answer, the shared card is all there is to see, as in Teams.
    await tell("act", { do: "open", person, place: place.id, message: message.id }).catch(() => {});
  }
  return shut.length > 0;
}

/** Look at one list, or with "" at all of them. */
function choose(name) {
  sessionStorage.setItem(CHOSEN, name);
  Object.assign(shown, { list: name, rows: name ? SOME : GLANCE });
  return refresh();
}

function openList(name, row) {
  return openRow(view, view.lists.find((list) => list.name === name), row, refresh);
}

async function restore(list, row) {
  if (await attempt("lists", { do: "restore", list, row, person: view.you })) say(`Row ${row} is back in ${list}.`);
}

function showMore(what, step) {
  shown[what] += step;
  refresh();
}

async function attempt(what, body) {
  try {
    await tell(what, body);
    await refresh();
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
}

async function move(body) {
  document.body.setAttribute("aria-busy", "true");
  if (await attempt("clock", { ...body, place: view.place.id })) say(`It is now ${document.querySelector("[data-now]").textContent}.`);
  document.body.removeAttribute("aria-busy");
}

/** A button on a card. Answers a sentence where nothing was sent; what the bot itself says stands under the message. */
async function pressed(message, action, inputs, taken) {
  try {
    const body = { do: "press", person: view.you, place: view.place.id, message: message.id, action, inputs };
    const { ok, said } = await tell("act", body);
    if (ok) taken();
    else say(said);
    await refresh();
    return null;
  } catch (error) {
    return error.message;
  }
}

async function send(body) {
  const { ok, said } = await tell("act", { ...body, person: view.you, place: view.place.id });
  if (!ok) say(said);
  await refresh();
}

rememberGuide();
listenToTabs();
choose(sessionStorage.getItem(CHOSEN) ?? "");
addEventListener("hashchange", refresh);
listen(refresh, (gone) => {
  document.getElementById("gone").hidden = !gone;
});
