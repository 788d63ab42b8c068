// What the page asks of the rehearsal, and the two things that can come of it: an answer, or a sentence to show.

const UNREACHABLE = "The rehearsal does not answer. Is it still running? What you typed is still here.";

/** What `person` can see from `place`: so many of its newest `threads`, and of the newest `rows` of `list`, or of each list where that is "". */
export async function look(person, place, { threads, rows, list }) {
  return answer(await reach(`/api/view?${new URLSearchParams({ person, place, threads, rows, list })}`));
}

/** One row of a list with its version history. */
export async function lookAtRow(list, row) {
  return answer(await reach(`/api/row?${new URLSearchParams({ list, row })}`));
}

/** Do something in the rehearsal. Throws an Error whose message is a sentence for the person. */
export async function tell(what, body) {
  const headers = { "Content-Type": "application/json", "X-Rehearsal": "page" };
  return answer(await reach(`/api/${what}`, { method: "POST", headers, body: JSON.stringify(body) }));
}

/** Call `changed` whenever anything changed, and `gone(true | false)` when the rehearsal stops or comes back. */
export function listen(changed, gone) {
  const events = new EventSource("/api/events");
  events.addEventListener("changed", changed);
  events.addEventListener("open", () => gone(false));
  events.addEventListener("error", () => gone(true));
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Error(UNREACHABLE);
  }
}

async function answer(response) {
  const said = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(said.problem ?? UNREACHABLE);
  return said;
}
