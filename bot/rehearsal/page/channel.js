// A channel with its threads, or a personal chat: what was said there, drawn for whoever is looking.
import { drawCard } from "./cards.js";
import { arrange, el, focusKey, picture } from "./dom.js";
import { blocks } from "./markdown.js";
import { moment } from "./when.js";

const EMPTY = {
  channel: "Nothing has been said here yet.",
  personal: "Say “help” to Ward Rhythms to see what it does.",
};
const drawn = new Map(); // message id and person → { node, signature, typed }

/** Draw the place. `acts`: `card(message, action, inputs, taken)` and `reply(message)`, as the person who looks; `older()` asks for older posts. */
export function drawChannel(view, acts) {
  const { place } = view;
  document.getElementById("place-title").textContent = place.kind === "personal" ? "Ward Rhythms and you" : place.name;
  document.getElementById("place-team").textContent = place.kind === "personal" ? "A chat that only you see" : place.team;
  const threads = document.getElementById("threads");
  const known = new Map([...threads.children].map((node) => [node.dataset.thread, node]));
  const nodes = place.threads.map((messages) => {
    const node = known.get(messages[0].id) ?? el("li", { class: "thread", "data-thread": messages[0].id });
    const parts = messages.map((message) => drawMessage(message, view, acts));
    if (place.kind === "channel") parts.push(replyButton(node, messages[0], acts));
    arrange(node, parts);
    return node;
  });
  // A channel's newest post stands first, so that a check-in is in sight; a chat reads downwards.
  const older = place.older > 0 ? [olderButton(threads, place.older, acts)] : [];
  const inOrder = place.kind === "channel" ? [...nodes.reverse(), ...older] : [...older, ...nodes];
  arrange(threads, nodes.length ? inOrder : [el("li", { class: "empty" }, EMPTY[place.kind])]);
  const newest = place.kind === "channel" ? threads.firstElementChild : threads.lastElementChild;
  const seen = `${view.you} ${place.id} ${newest.dataset.thread}`;
  if (threads.dataset.seen !== seen) show(newest, threads, place.kind);
  threads.dataset.seen = seen;
}

function show(newest, threads, kind) {
  if (kind === "channel") threads.scrollTop = 0;
  else newest.scrollIntoView({ block: "nearest" });
}

function olderButton(threads, count, acts) {
  const old = threads.querySelector(":scope > .older");
  const node = old ?? el("li", { class: "older" }, el("button", { type: "button", "data-key": "older", onclick: acts.older }));
  node.firstChild.textContent = `Show older (${count})`;
  return node;
}

function replyButton(thread, root, acts) {
  const old = thread.querySelector(":scope > .reply");
  const name = root.author.name;
  return old ?? el("button", { type: "button", class: "reply", "data-key": `reply/${root.id}`, onclick: () => acts.reply(root) },
    "Reply", el("span", { class: "unseen" }, ` to ${name}`));
}

function drawMessage(message, view, acts) {
  const key = `${view.you}/${message.id}`;
  const kept = drawn.get(key) ?? { typed: new Map() };
  const signature = JSON.stringify(message);
  if (kept.signature === signature || holds(kept, message.card)) return kept.node;
  kept.free = false;
  const focused = kept.node?.contains(document.activeElement) ? document.activeElement.dataset.key ?? "card" : null;
  const sameCard = kept.card === JSON.stringify(message.card);
  const old = sameCard && kept.node?.querySelector(":scope .card");
  const card = old || (message.card && drawCard(message.card, {
    typed: kept.typed,
    people: view.place.people,
    act: (action, inputs) => acts.card(message, action, inputs, () => {
      kept.typed.clear();
      kept.free = true;
    }),
  }));
  const node = el("article", { class: "message", "data-message": message.id, "aria-label": `Message from ${message.author.name}` },
    message.author.bot ? el("span", { class: "picture rowan", "aria-hidden": "true" }) : picture(message.author.name),
    el("div", { class: "said" },
      el("p", { class: "by" }, el("strong", {}, message.author.name), message.author.bot && el("span", { class: "tag" }, "app"),
        el("time", { datetime: message.at }, moment(message.at)), message.edition > 1 && el("span", { class: "edited" }, "edited")),
      message.text && el("div", { class: "words" }, ...wordsOf(message)),
      card && el("div", { class: message.own ? "frame own" : "frame" },
        message.own && el("p", { class: "only-you" }, "Only you see this card like this"), card),
      ...message.notices.map((notice) => el("p", { class: `notice ${notice.kind}` }, notice.text))));
  kept.node?.replaceWith(node);
  drawn.set(key, Object.assign(kept, { node, signature, card: JSON.stringify(message.card) }));
  // Only after it stands on the page can it take the focus back.
  if (focused) queueMicrotask(() => backTo(node, focused));
  return node;
}

/** Focus where it was, or on the card that came; and that card in sight, for it may be shorter than the one before. */
function backTo(node, key) {
  if (!focusKey(node, key)) node.querySelector(".card")?.focus({ preventScroll: true });
  const top = Math.max(0, document.getElementById("threads").getBoundingClientRect().top);
  if (node.getBoundingClientRect().top < top) node.scrollIntoView({ block: "start" });
}

/** Whether somebody is writing in a box that the new card would take away: then it waits until they have sent it. */
function holds(kept, card) {
  if (!kept.node?.isConnected || kept.free) return false;
  const boxes = [...kept.node.querySelectorAll(".card textarea, .card input:not([type=radio], [type=checkbox])")];
  const busy = boxes.filter((box) => box === document.activeElement || box.value !== box.dataset.first);
  const inputs = JSON.stringify(card);
  return busy.some((box) => !inputs.includes(`"id":${JSON.stringify(box.closest("[data-input]").dataset.input)}`));
}

function wordsOf(message) {
  return message.plain ? message.text.split("\n").map((line) => el("p", {}, ...withMentions(line))) : blocks(message.text);
}

/** What people type is plain text, but for the mentions that Teams puts in. */
function withMentions(line) {
  return line.split(/<at>(.*?)<\/at>/).map((part, index) => (index % 2 ? el("span", { class: "mention" }, part) : part));
}
