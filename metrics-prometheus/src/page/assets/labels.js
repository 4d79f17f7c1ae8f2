// Labels of series: as text, and the menu of a label's values.

import { el, shown } from "./dom.js";

const MAX_VALUES = 200;

// The labels in one line. Numbers say nothing without the name of their label.
export function labelText(series) {
  if (series.isOverflow) return "overflow: labels over the limit";
  if (series.labels.length === 0) return "no labels";
  const part = ([name, value]) =>
    typeof value === "string" && value !== ""
      ? shown(value, 60)
      : `${shown(name, 40)}=${shown(value, 60)}`;
  return series.labels.map(part).join(" · ");
}

// All labels with their names, for tooltips and screen readers.
export function fullText(series) {
  if (series.labels.length === 0) return "no labels";
  return series.labels.map(([name, value]) => `${shown(name)}=${shown(value, 1000)}`).join("\n");
}

// Opens the values of a label below `anchor`. `onChoose` gets the chosen value.
export function openValues(anchor, metric, name, onChoose) {
  const counts = new Map();
  for (const series of metric.series) {
    const label = series.labels.find(([found]) => found === name);
    if (label) counts.set(label[1], (counts.get(label[1]) ?? 0) + 1);
  }
  const values = [...counts].sort((a, b) => b[1] - a[1] || compare(a[0], b[0]));
  const menu = el("div", {
    class: "menu",
    attr: { popover: "auto", "aria-label": `Values of ${shown(name)}` },
  });
  menu.append(
    el("p", {
      class: "menu-title",
      text: `${shown(name)} · ${values.length} ${values.length === 1 ? "value" : "values"}`,
    }),
  );
  for (const [value, count] of values.slice(0, MAX_VALUES)) {
    menu.append(
      el(
        "button",
        {
          class: "menu-item",
          attr: { type: "button" },
          on: {
            click: () => {
              menu.hidePopover();
              onChoose(value);
            },
          },
        },
        el("bdi", { text: value === "" ? "(empty)" : shown(value) }),
        el("span", { class: "menu-count", text: String(count) }),
      ),
    );
  }
  if (values.length > MAX_VALUES) {
    menu.append(
      el("p", {
        class: "menu-title",
        text: `and ${values.length - MAX_VALUES} more: type ${shown(name, 30)}=… in the search`,
      }),
    );
  }
  menu.addEventListener("toggle", (event) => event.newState === "closed" && menu.remove());
  menu.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const items = [...menu.querySelectorAll("button")];
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length]?.focus();
  });
  document.body.append(menu);
  menu.showPopover();
  const { left, bottom } = anchor.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(bottom + 4, innerHeight - menu.offsetHeight - 8))}px`;
  menu.querySelector("button")?.focus();
}

export function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a) < String(b) ? -1 : 1;
}
