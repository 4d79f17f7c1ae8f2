// The metrics of the page, one below the other. Only those in sight have contents.

import { byId } from "./dom.js";
import { quietItem, Row } from "./row.js";

const MARGIN = "300px";
const FILL_MS = 10;
const MAX_QUIET = 500;

export class List {
  constructor(element, context) {
    this.element = element;
    this.rows = new Map();
    this.visible = new Set();
    this.context = { ...context, width: () => this.width };
    this.width = 600;
    this.waiting = new Set();
    this.observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting, boundingClientRect } of entries) {
          if (isIntersecting && target.isConnected && !target.hidden) this.waiting.add(target.row);
          else {
            this.waiting.delete(target.row);
            if (this.visible.delete(target.row)) target.row.empty(boundingClientRect.height);
          }
        }
        this.fill();
      },
      { rootMargin: MARGIN },
    );
    // Asking for a width lays the page out, so it is asked for only if it may have changed.
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.width === this.own) return;
      this.own = contentRect.width;
      this.measure();
    }).observe(element);
  }

  // Fills the rows that came into sight, a few in each frame, so that scrolling stays smooth.
  fill() {
    const end = performance.now() + FILL_MS;
    for (const row of this.waiting) {
      if (performance.now() > end) break;
      this.waiting.delete(row);
      this.visible.add(row);
      row.fill();
    }
    if (this.left === undefined) this.measure();
    cancelAnimationFrame(this.filling);
    if (this.waiting.size > 0) this.filling = requestAnimationFrame(() => this.fill());
  }

  // The charts are as wide as the first of them has room for.
  measure() {
    const [row] = this.visible;
    const host = row?.host;
    if (!host || host.clientWidth === 0) return;
    this.left = host.getBoundingClientRect().left;
    if (host.clientWidth !== this.width) {
      this.width = host.clientWidth;
      for (const row of this.visible) row.resize();
    }
    this.context.onMeasure(this.left, this.width);
  }

  // Makes rows for all metrics with series, in the order of the program.
  arrange(history) {
    const quiet = [];
    let previous = null;
    const present = new Set();
    for (const metric of history.metrics.values()) {
      if (metric.series.length === 0) {
        if (metric.isShown) quiet.push(metric);
        continue;
      }
      present.add(metric.key);
      let row = this.rows.get(metric.key);
      if (row && row.metric !== metric) {
        this.remove(row);
        row = null;
      }
      if (!row) {
        row = new Row(metric, this.context);
        this.rows.set(metric.key, row);
        if (previous) previous.after(row.element);
        else this.element.prepend(row.element);
        this.observer.observe(row.element);
      }
      row.element.hidden = !metric.isShown;
      previous = row.element;
    }
    for (const [key, row] of this.rows) if (!present.has(key)) this.remove(row);
    this.arrangeQuiet(quiet);
    return {
      shown: [...this.rows.values()].filter((row) => row.metric.isShown).length,
      quiet: quiet.length,
    };
  }

  arrangeQuiet(quiet) {
    const text = quiet.map(({ key }) => key).join("\n");
    byId("quiet").hidden = quiet.length === 0;
    if (text === this.quietText) return;
    this.quietText = text;
    byId("quiet-title").textContent = `Not recorded yet · ${quiet.length}`;
    byId("quiet-list").replaceChildren(...quiet.slice(0, MAX_QUIET).map(quietItem));
  }

  remove(row) {
    this.observer.unobserve(row.element);
    this.visible.delete(row);
    this.waiting.delete(row);
    row.empty(0);
    row.element.remove();
    this.rows.delete(row.metric.key);
  }

  update() {
    for (const row of this.visible) row.update();
  }

  read() {
    for (const row of this.visible) row.read();
  }

  // Moves the focus to the next or previous metric.
  move(step) {
    const rows = [...this.element.children].filter((element) => !element.hidden);
    if (rows.length === 0) return;
    const current = rows.indexOf(document.activeElement?.closest?.(".row"));
    const at = current < 0 ? (step > 0 ? 0 : rows.length - 1) : current + step;
    const next = rows[Math.max(0, Math.min(rows.length - 1, at))];
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  }

  focused() {
    return document.activeElement?.closest?.(".row")?.row ?? null;
  }
}
