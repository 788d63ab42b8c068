// The box to write in: to the bot by mention, to everybody, or under a thread.
import { el, redraw, say } from "./dom.js";

let replyTo = null;

/** Draw the box for this place; `send(body)` posts what was written and throws an Error with a sentence when it could not. */
export function drawComposer(view, send) {
  const { place } = view;
  const personal = place.kind === "personal";
  const facts = [view.you, place.id, place.appHere, view.commands, replyTo?.id];
  redraw(document.getElementById("composer"), facts, () => {
    const words = el("textarea", { id: "words", rows: 1, "data-key": "words" });
    words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        words.form.requestSubmit();
      }
    });
    const problem = el("p", { class: "problem", role: "status" });
    const chips = view.commands.map((one) => el("button", {
      type: "button", class: "chip", title: one.says, "data-key": `command/${one.title}`, onclick: () => {
        words.value = `${one.title} `;
        words.focus();
      } }, one.title));
    const form = el("form", { onsubmit: async (event) => {
      event.preventDefault();
      problem.textContent = "";
      if (!words.value.trim()) return;
      try {
        await send({ do: "say", text: words.value.trim(), thread: replyTo?.id ?? null });
        words.value = "";
        replyTo = null;
        drawComposer(view, send);
      } catch (error) {
        problem.textContent = error.message;
        say(error.message);
      }
    } },
    replyTo && el("p", { class: "replying" }, `In the thread of ${replyTo.author.name}. `,
      el("button", { type: "button", class: "plain", "data-key": "new", onclick: () => answer(null, view, send) }, "Start a new post instead")),
    el("div", { class: "chips", role: "group", "aria-label": "Things to say to Ward Rhythms" }, ...chips),
    el("div", { class: "write" },
      el("label", { for: "words" }, personal ? "Write to Ward Rhythms" : "Write here; it mentions @Ward Rhythms"), words,
      el("button", { type: "submit", "data-key": "send" }, "Send")),
    problem);
    return form;
  });
}

/** Write under this message from now on (or, with null, as a new post). */
export function answer(message, view, send) {
  replyTo = message;
  drawComposer(view, send);
  document.getElementById("words").focus();
}
