// All series of a metric, in a table of which only the visible rows exist.

import { el, setText, shown } from "./dom.js";
import { QUANTILES } from "./heatmap.js";
import { compare, fullText } from "./labels.js";
import { position, valueAt } from "./quantiles.js";
import { group } from "./units.js";

const ROW = 28;
const MAX_HEIGHT = ROW * 15;
// Rows change their places this often at most, so that they can be read.
const SORT_MS = 5000;

export class Details {
  constructor({ metric, history, view, format, valueFormat, onFilter }) {
    Object.assign(this, { metric, history, view, format, valueFormat, onFilter });
    this.sortBy = "value";
    this.sorted = [];
    this.sortedAt = -Infinity;
    this.pool = [];
    this.columns = metric.isHistogram
      ? ["rate", ...QUANTILES.map(([name]) => name), "count"]
      : metric.isRate
        ? ["rate", "total"]
        : ["value"];
    this.headers = new Map();
    this.body = el("div", {
      class: "table-body",
      attr: { tabindex: "0", role: "rowgroup" },
      on: { scroll: () => this.draw() },
    });
    this.spacer = el("div", { class: "table-spacer", attr: { role: "presentation" } });
    this.body.append(this.spacer);
    this.table = el(
      "div",
      { class: `table columns-${this.columns.length}`, attr: { role: "table" } },
      this.head(),
      this.body,
    );
    const facts = el(
      "p",
      { class: "source" },
      el("span", { text: "declared at " }),
      el("code", { text: shown(metric.source, 200) }),
      el("span", { text: ` · limit of ${group(String(metric.limit))} series` }),
    );
    this.element = el("div", { class: "details" }, this.table, facts);
  }

  head() {
    const cell = (name, text, extra = "") => {
      const header = el(
        "span",
        { class: `cell ${extra}`, attr: { role: "columnheader" } },
        el("button", { text, attr: { type: "button" }, on: { click: () => this.sort(name) } }),
      );
      this.headers.set(name, header);
      return header;
    };
    const cells = this.columns.map((name) =>
      name === "rate" || name === "value"
        ? cell("value", name, "number")
        : el("span", { class: "cell number", text: name, attr: { role: "columnheader" } }),
    );
    return el(
      "div",
      { class: "table-head", attr: { role: "row" } },
      cell("labels", "series", "series"),
      ...cells,
    );
  }

  sort(by) {
    this.sortBy = by;
    this.sortedAt = -Infinity;
    this.update();
  }

  update() {
    const { matching } = this.metric;
    const now = performance.now();
    if (
      now - this.sortedAt > SORT_MS ||
      this.sorted.length !== matching.length ||
      this.source !== matching
    ) {
      this.sortedAt = now;
      this.source = matching;
      const byLabels = (a, b) => {
        for (let i = 0; i < Math.min(a.labels.length, b.labels.length); i++) {
          if (a.labels[i][1] !== b.labels[i][1]) return compare(a.labels[i][1], b.labels[i][1]);
        }
        return a.labels.length - b.labels.length;
      };
      this.sorted = [...matching].sort(
        this.sortBy === "labels" ? byLabels : (a, b) => b.score - a.score || a.slot - b.slot,
      );
      for (const [name, header] of this.headers) {
        const order = name === "labels" ? "ascending" : "descending";
        header.setAttribute("aria-sort", name === this.sortBy ? order : "none");
      }
      this.table.setAttribute("aria-rowcount", String(this.sorted.length + 1));
      this.table.setAttribute(
        "aria-label",
        `${matching.length} series of ${shown(this.metric.name)}`,
      );
      this.spacer.style.height = `${this.sorted.length * ROW}px`;
      this.body.style.height = `${Math.min(MAX_HEIGHT, this.sorted.length * ROW)}px`;
    }
    this.draw();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.body.scrollTop / ROW) - 3);
    const count = Math.ceil((this.body.clientHeight || MAX_HEIGHT) / ROW) + 6;
    const visible = this.sorted.slice(first, first + count);
    while (this.pool.length < visible.length) this.pool.push(this.row());
    const totals = this.metric.isHistogram ? this.totals(visible) : null;
    const frame = this.view.frame;
    this.pool.forEach((row, i) => {
      const series = visible[i];
      row.element.hidden = !series;
      if (!series) return;
      row.element.style.transform = `translateY(${(first + i) * ROW}px)`;
      row.element.setAttribute("aria-rowindex", String(first + i + 2));
      if (row.series !== series) this.name(row, series);
      row.element.classList.toggle("is-gone", !this.history.isThere(series));
      const value = frame?.at(series.slot) ?? NaN;
      const cells = this.metric.isHistogram
        ? [
            this.written(value),
            ...QUANTILES.map(([, q]) => this.quantile(totals.get(series.slot), q)),
            exact(series.value[0]),
          ]
        : this.metric.isRate
          ? [this.written(value), this.total(series.value)]
          : [this.written(value)];
      row.cells.forEach((cell, at) => setText(cell, cells[at]));
    });
  }

  written(value) {
    return Number.isNaN(value) ? "–" : this.format.text(value);
  }

  total(value) {
    const isInteger = typeof value === "string" || Number.isInteger(value);
    const isPlain = /^(\{.*\}|1|)$/.test(this.metric.unit);
    return isInteger && isPlain ? exact(value) : this.valueFormat.text(Number(value));
  }

  row() {
    const cells = this.columns.map(() =>
      el("span", { class: "cell number", attr: { role: "cell" } }),
    );
    const name = el("span", { class: "cell series", attr: { role: "cell" } });
    const element = el("div", { class: "table-row", attr: { role: "row" } }, name, ...cells);
    this.spacer.append(element);
    return { element, name, cells, series: null };
  }

  name(row, series) {
    row.series = series;
    row.name.title = fullText(series);
    row.name.replaceChildren();
    if (series.isOverflow) row.name.append(el("em", { text: "overflow: labels over the limit" }));
    else if (series.labels.length === 0) row.name.append(el("em", { text: "no labels" }));
    else {
      for (const [name, value] of series.labels) {
        row.name.append(
          el(
            "button",
            {
              class: "pair",
              attr: { type: "button", "aria-label": `Filter by ${shown(name)}=${shown(value)}` },
              on: { click: () => this.onFilter(name, value) },
            },
            el("span", { class: "pair-name", text: shown(name, 40) }),
            el("bdi", { text: value === "" ? "(empty)" : shown(value) }),
          ),
        );
      }
    }
  }

  // The counts by bucket of some series, over the time shown.
  totals(visible) {
    const totals = new Map(
      visible.map(({ slot }) => [slot, new Float64Array(this.metric.boundaries.length + 1)]),
    );
    for (const frame of this.view.frames) {
      frame.eachHistogram?.(this.metric.number, (slot, bucket, count) => {
        const total = totals.get(slot);
        if (total) total[bucket] += count;
      });
    }
    return totals;
  }

  quantile(counts, q) {
    const value = valueAt(position(counts, q), this.metric);
    return Number.isNaN(value) ? "–" : this.valueFormat.text(value);
  }
}

function exact(value) {
  return group(String(value));
}
