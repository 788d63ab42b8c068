// Who you are, and where you are looking.
import { el, picture, redraw } from "./dom.js";

/** Draw the people and the places of whoever is chosen; `go({ person, place })` moves there. */
export function drawPeople(view, go) {
  const you = view.people.find((one) => one.key === view.you);
  const where = placeName(view.place);
  redraw(document.getElementById("here"), [you, where], () => [
    picture(you.name), el("span", { class: "here-words" }, el("strong", {}, you.name), el("small", {}, `${you.role} · ${where}`)),
  ]);
  const list = document.getElementById("people");
  const open = [you.team, ...[...list.querySelectorAll("details[open]")].map((one) => one.dataset.team)];
  redraw(list, [view.people, view.you], () => teamsOf(view.people).map(([team, people]) => el("li", {},
    el("details", { "data-team": team, open: open.includes(team) },
      el("summary", { "data-key": `team/${team}` }, team, el("span", { class: "count" }, String(people.length), el("span", { class: "unseen" }, " people"))),
      el("ul", {}, ...people.map((one) => personButton(one, view.you, go)))))));
  redraw(document.getElementById("places"), [view.places, view.place.id], () => groups(view.places).map(([team, places]) =>
    el("li", {}, el("p", { class: "team" }, team), el("ul", {}, ...places.map((place) => el("li", {},
      el("button", {
        type: "button", "data-key": place.id, "aria-current": place.id === view.place.id ? "page" : null, onclick: () => go({ place: place.id }),
      }, el("span", { "aria-hidden": "true", class: "hash" }, place.kind === "personal" ? "✉" : "#"), placeName(place),
      place.count > 0 && el("span", { class: "count" }, String(place.count), el("span", { class: "unseen" }, " messages")))))))));
}

function personButton(one, you, go) {
  return el("li", {},
    el("button", { type: "button", "data-key": one.key, "aria-pressed": String(one.key === you), onclick: () => go({ person: one.key }) },
      picture(one.name),
      el("span", { class: "person" }, el("span", { class: "name" }, one.name), el("small", {}, roleOf(one)))));
}

function teamsOf(people) {
  const teams = new Map();
  for (const one of people) teams.set(one.team, [...(teams.get(one.team) ?? []), one]);
  return [...teams];
}

function roleOf(person) {
  return person.guest ? `${person.role}, guest` : person.role;
}

function placeName(place) {
  return place.kind === "personal" ? "Chat with Ward Rhythms" : place.name;
}

function groups(places) {
  const teams = new Map();
  for (const place of places) {
    const team = place.kind === "personal" ? "Only you" : place.team;
    teams.set(team, [...(teams.get(team) ?? []), place]);
  }
  return [...teams];
}
