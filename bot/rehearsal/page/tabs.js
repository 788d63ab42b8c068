// The tabs at the side (on a phone: all there is to see at once), worked with arrow keys as tabs are.

const NARROW = matchMedia("(max-width: 899px)");
const tabs = () => [...document.querySelectorAll("[role=tab]")];

/** Open the panel of the tab with this id; with `focus`, put the focus on it. */
export function showTab(id, focus = true) {
  for (const tab of tabs()) {
    const chosen = tab.id === id;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).toggleAttribute("data-chosen", chosen);
    if (chosen && focus) tab.focus();
  }
}

/** Make the tabs work. On a wide screen the channel is always in sight, so its tab is not needed. */
export function listenToTabs() {
  for (const tab of tabs()) {
    tab.addEventListener("click", () => showTab(tab.id));
    tab.addEventListener("keydown", (event) => {
      const next = neighbour(tab, event.key);
      if (!next) return;
      event.preventDefault();
      showTab(next.id);
    });
  }
  NARROW.addEventListener("change", fit);
  fit();
  addEventListener("hashchange", () => {
    if (!NARROW.matches) return;
    document.getElementById("who").open = false;
    showTab("tab-channel", false);
  });
  const wider = document.getElementById("wider");
  wider.addEventListener("click", () => wider.setAttribute("aria-pressed", String(document.body.classList.toggle("wide"))));
}

function neighbour(tab, key) {
  const shown = tabs().filter((one) => one.offsetParent !== null);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
  if (step) return shown[(shown.indexOf(tab) + step + shown.length) % shown.length];
  return { Home: shown[0], End: shown.at(-1) }[key];
}

function fit() {
  document.getElementById("who").open = !NARROW.matches;
  if (NARROW.matches) showTab("tab-channel", false);
  else if (document.querySelector("#tab-channel[aria-selected=true]")) showTab("tab-lists", false);
}
