// The time axis, which all charts share.

import { el, setText } from "./dom.js";
import { clock } from "./units.js";

const WIDTH = 90;

export class Axis {
  constructor(element, view) {
    this.element = element;
    this.view = view;
    this.labels = [];
    this.cursor = el("span", { class: "axis-cursor" });
    this.cursor.hidden = true;
    element.append(this.cursor);
  }

  // `left` and `width` are the place of the charts on the page.
  update(left, width) {
    if (width <= 0) return;
    const { start, end } = this.view;
    const place = (time) => left + ((time - start) / (end - start)) * width;
    const ticks = this.view.ticks(width, WIDTH);
    while (this.labels.length < ticks.length) {
      const label = el("span", { class: "axis-label" });
      this.element.append(label);
      this.labels.push(label);
    }
    const hasSeconds = ticks.some((tick) => tick % 60_000 !== 0);
    this.labels.forEach((label, i) => {
      const tick = ticks[i];
      label.hidden = tick === undefined;
      if (tick === undefined) return;
      setText(label, clock(tick, hasSeconds));
      label.style.transform = `translateX(${place(tick).toFixed(1)}px) translateX(-50%)`;
    });
    const at = this.view.cursor;
    this.cursor.hidden = at === null;
    if (at !== null) {
      setText(this.cursor, clock(at));
      this.cursor.style.transform = `translateX(${place(at).toFixed(1)}px) translateX(-50%)`;
    }
  }
}
