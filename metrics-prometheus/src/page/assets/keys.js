// The keyboard.

import { byId } from "./dom.js";

export function startKeys({ list, setMinutes, setQuery }) {
  const query = byId("query");
  const help = byId("keys");
  byId("help").addEventListener("click", () => help.showModal());
  const actions = {
    "/": () => {
      query.focus();
      query.select();
    },
    p: () => byId("pause").click(),
    t: () => byId("theme").click(),
    "?": () => help.showModal(),
    1: () => setMinutes(1),
    2: () => setMinutes(5),
    3: () => setMinutes(15),
    ArrowDown: () => list.move(1),
    ArrowUp: () => list.move(-1),
    j: () => list.move(1),
    k: () => list.move(-1),
  };
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (target === query) {
      if (key === "Escape") {
        // The first Escape leaves the search, and the next one clears it.
        event.preventDefault();
        query.blur();
      } else if (key === "ArrowDown" || key === "Enter") {
        event.preventDefault();
        list.move(1);
      }
      return;
    }
    if (key === "Escape") {
      const row = list.focused();
      if (document.querySelector(":popover-open")) return;
      if (row?.isExpanded) row.expand(false);
      else setQuery("");
      row?.element.focus({ preventScroll: true });
      return;
    }
    // Arrows scroll a table that has the focus.
    if (key.startsWith("Arrow") && target.closest(".table-body, .transitions, .menu")) return;
    if (key === "Enter" && target.classList.contains("row")) {
      target.row.expand();
      return;
    }
    const action = actions[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
