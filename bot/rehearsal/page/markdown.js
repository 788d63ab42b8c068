// The Markdown that Teams draws in cards and messages: bold, italic, links and lists. Everything else stays as it was typed.
import { el } from "./dom.js";

const INLINE = /\\([!-/:-@[-`{-~])|\*\*(.+?)\*\*|__(.+?)__|(?<![\w*])\*(?!\s)(.+?)(?<!\s)\*(?![\w*])|(?<!\w)_(?!\s)(.+?)(?<!\s)_(?!\w)|\[([^\]]+)\]\(([^()\s]+)\)|<at>(.*?)<\/at>/s;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const SAFE_LINK = /^(https?:|mailto:|tel:)/i;

/** A link that opens elsewhere, or plain text where the address is none that Teams would open. */
export function link(address, attributes, ...children) {
  if (!SAFE_LINK.test(address)) return el("span", {}, ...children);
  return el("a", { ...attributes, href: address, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** One line of Markdown as nodes. */
export function inline(text) {
  const nodes = [];
  let rest = text;
  for (let found = INLINE.exec(rest); found; found = INLINE.exec(rest)) {
    if (found.index) nodes.push(rest.slice(0, found.index));
    nodes.push(piece(found));
    rest = rest.slice(found.index + found[0].length);
  }
  if (rest) nodes.push(rest);
  return nodes;
}

function piece([, escaped, bold, bold2, italic, italic2, label, address, mentioned]) {
  if (escaped) return escaped;
  if (bold || bold2) return el("strong", {}, ...inline(bold ?? bold2));
  if (italic || italic2) return el("em", {}, ...inline(italic ?? italic2));
  if (label) return link(address, {}, ...inline(label));
  return el("span", { class: "mention" }, mentioned);
}

/** A text of several lines as blocks: paragraphs and lists. */
export function blocks(text) {
  const made = [];
  for (const line of text.replaceAll("\r", "").split("\n")) {
    const item = ITEM.exec(line);
    const last = made.at(-1);
    if (item) {
      const tag = item[1] ? "ol" : "ul";
      const list = last?.tagName === tag.toUpperCase() ? last : el(tag, item[1] ? { start: item[1] } : {});
      if (list !== last) made.push(list);
      list.append(el("li", {}, ...inline(item[2])));
    } else if (line.trim()) {
      made.push(el("p", {}, ...inline(line)));
    }
  }
  return made;
}
