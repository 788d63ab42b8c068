// Small helpers that build the page. Whatever people typed goes in as text, never as HTML.

/** An element with attributes, listeners ("onclick") and children (nodes or text; null and false are left out). */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** A polite sentence for screen readers, and for eyes at the foot of the page. */
export function say(sentence) {
  const region = document.getElementById("said");
  region.textContent = "";
  // An empty region first, so that the same sentence said twice is heard twice.
  requestAnimationFrame(() => {
    region.textContent = sentence;
  });
  clearTimeout(say.timer);
  say.timer = setTimeout(() => {
    region.textContent = "";
  }, 6000);
}

/** Put `nodes` into `parent` in this order, leaving those alone that stand there already (so focus and scroll survive). */
export function arrange(parent, nodes) {
  for (const old of [...parent.children]) if (!nodes.includes(old)) old.remove();
  nodes.forEach((node, index) => {
    if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
  });
}

/** Draw `parent` again only when `facts` changed since last time. Focus goes back to the control with the same `data-key`. */
export function redraw(parent, facts, draw) {
  const signature = JSON.stringify(facts);
  if (parent.dataset.drawn === signature) return;
  parent.dataset.drawn = signature;
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  parent.replaceChildren(...[draw()].flat());
  if (key) focusKey(parent, key);
}

/** Put the focus on the control called `key` inside `parent`; false where there is none. */
export function focusKey(parent, key) {
  const again = [...parent.querySelectorAll("[data-key]")].find((node) => node.dataset.key === key);
  again?.focus({ preventScroll: true });
  return Boolean(again);
}

/** Two letters for somebody's picture: first and last name, titles left out. */
export function initials(name) {
  const words = name.replace(/^(Dr|Mr|Mrs|Ms|Prof)\.?\s/, "").split(/\s+/);
  return (words[0][0] + (words.length > 1 ? words.at(-1)[0] : (words[0][1] ?? ""))).toUpperCase();
}

/** A round picture with initials; one of six calm tints, the same for the same name. */
export function picture(name) {
  const tint = [...name].reduce((sum, letter) => sum + letter.codePointAt(0), 0) % 6;
  return el("span", { class: `picture tint-${tint}`, "aria-hidden": "true" }, initials(name));
}
