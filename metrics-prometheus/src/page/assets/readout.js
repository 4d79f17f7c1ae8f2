// The values of a metric beside its chart: at the pointer, or the newest ones.

import { el, setText, shown } from "./dom.js";
import { QUANTILES } from "./heatmap.js";
import { fullText, labelText } from "./labels.js";
import { position, valueAt } from "./quantiles.js";
import { group, RATE } from "./units.js";

// The most lines that are listed beside a small chart.
const MAX_LINES = 4;

export class Readout {
  constructor(metric, chart, format, { view, onFilter }) {
    Object.assign(this, { metric, chart, format, view, onFilter });
    this.headline = el("p", { class: "headline" });
    this.legend = el("ul", { class: "legend" });
    this.more = el("p", { class: "more" });
    this.entries = [];
    this.element = el("div", { class: "readout" }, this.headline, this.legend, this.more);
  }

  get text() {
    return this.headline.textContent;
  }

  update(isExpanded) {
    if (this.metric.state !== null) this.readStates();
    else if (this.metric.isHistogram) this.readHistogram();
    else this.readLines(isExpanded);
  }

  readLines(isExpanded) {
    const { metric } = this;
    const frame = this.view.frame;
    const values = metric.matching
      .map((series) => frame?.at(series.slot) ?? NaN)
      .filter((value) => !Number.isNaN(value));
    const isSum = metric.kind !== "gauge";
    if (values.length === 0) this.head([["–", ""]]);
    else if (isSum || values.length === 1) {
      this.head(
        [this.format.split(values.reduce((a, b) => a + b, 0))],
        isSum && values.length > 1 ? "all series" : "",
      );
    } else {
      const [low, high] = values.reduce(
        ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
        [Infinity, -Infinity],
      );
      this.head(
        low === high ? [this.format.split(low)] : [this.format.split(low), this.format.split(high)],
        "",
      );
    }
    const lines =
      metric.matching.length === 1 && metric.matching[0].labels.length === 0
        ? []
        : this.chart.legend(frame);
    this.list(
      lines
        .slice(0, isExpanded ? lines.length : MAX_LINES)
        .map(({ series, color, index, value }) => ({
          color,
          name: labelText(series),
          title: fullText(series),
          value: Number.isNaN(value) ? "–" : this.format.text(value),
          index,
          series,
        })),
    );
    const drawn = this.chart.count;
    const rest = metric.matching.length - drawn;
    const hidden = lines.length - MAX_LINES;
    let note = "";
    if (rest > 0)
      note = `${drawn} largest of ${group(String(metric.matching.length))} series drawn`;
    else if (hidden > 0 && !isExpanded) note = `and ${hidden} more`;
    setText(this.more, note);
  }

  // The state of the entity, or the most frequent state of all entities.
  readStates() {
    const { metric } = this;
    const legend = this.chart.legend(this.view.frame);
    const { length } = this.chart.entities;
    const most = legend.reduce((a, b) => (b.current > a.current ? b : a), { current: 0 });
    const state = most.current > 0 ? shown(most.state, 60) : "–";
    if (length === 1) this.head([[state, ""]]);
    else this.head([[String(most.current), ""]], `of ${length} ${state}`);
    const share = (of) => `${Math.round((of || 0) * 100)}\u202f%`;
    this.list(
      legend.map(({ state, color, share: of, current }) => ({
        color,
        name: shown(state, 60),
        title: `${shown(state)}: ${share(of)} of the time shown`,
        value: length === 1 ? share(of) : String(current),
        index: state,
        series: { labels: [[metric.state, state]] },
      })),
    );
    const drawn = this.chart.lanes.length;
    const note = length > drawn ? `first ${drawn} drawn` : "";
    setText(this.more, length === 1 ? "of the time shown" : note);
  }

  readHistogram() {
    const { metric, view } = this;
    const column = view.cursor === null ? null : this.chart.columnAt(view.cursor);
    const counts = view.cursor === null ? this.chart.total() : column?.counts;
    const frame = view.frame;
    let rate = 0;
    for (const series of metric.matching) rate += frame?.at(series.slot) || 0;
    const isThere = frame && metric.matching.some((series) => !Number.isNaN(frame.at(series.slot)));
    this.head(
      [isThere ? RATE.split(rate) : ["–", ""]],
      metric.matching.length > 1 ? `${group(String(metric.matching.length))} series` : "",
    );
    const names = { p50: "half are below", p95: "95 % are below", p99: "99 % are below" };
    this.list(
      QUANTILES.map(([name, q]) => {
        const value = counts ? valueAt(position(counts, q), metric) : NaN;
        return {
          color: `var(--${name})`,
          name,
          title: names[name],
          value: Number.isNaN(value) ? "–" : this.format.text(value),
          index: null,
        };
      }),
    );
    setText(this.more, view.cursor === null && view.frames.length > 2 ? "over the time shown" : "");
  }

  head(numbers, note = "") {
    const text = JSON.stringify([numbers, note]);
    if (this.headText === text && this.headline.childElementCount > 0) return;
    this.headText = text;
    const parts = [];
    numbers.forEach(([number, unit], i) => {
      if (i > 0) parts.push(el("span", { class: "to", text: "–" }));
      parts.push(
        el("b", { text: number }),
        el("span", { class: "unit", text: unit ? `\u202f${unit}` : "" }),
      );
    });
    if (note) parts.push(el("span", { class: "note", text: note }));
    this.headline.replaceChildren(...parts);
  }

  // The legend. Entries are used again, so that a pointer stays on the entry it is on.
  list(lines) {
    while (this.entries.length < lines.length) this.entries.push(this.entry());
    this.entries.forEach((entry, i) => {
      const line = lines[i];
      entry.element.hidden = !line;
      entry.line = line ?? null;
      if (!line) return;
      entry.swatch.style.background = line.color;
      setText(entry.name, line.name);
      setText(entry.value, line.value);
      entry.button.title = line.title;
      entry.button.disabled = !line.series || line.series.labels.length === 0;
    });
  }

  entry() {
    const swatch = el("i", { class: "swatch", attr: { "aria-hidden": "true" } });
    const name = el("bdi", { class: "entry-name" });
    const value = el("span", { class: "entry-value" });
    const entry = { swatch, name, value, line: null };
    const focus = (on) => this.chart.focus(on ? (entry.line?.index ?? null) : null);
    entry.button = el(
      "button",
      {
        class: "entry",
        attr: { type: "button" },
        on: {
          mouseenter: () => focus(true),
          mouseleave: () => focus(false),
          focus: () => focus(true),
          blur: () => focus(false),
          click: () =>
            entry.line?.series?.labels.forEach(([label, chosen]) => this.onFilter(label, chosen)),
        },
      },
      swatch,
      name,
      value,
    );
    entry.element = el("li", {}, entry.button);
    this.legend.append(entry.element);
    return entry;
  }
}
