// A metric on the page: what it is, its chart, and its values now.

import { LineChart } from "./chart.js";
import { Details } from "./details.js";
import { el, setText, shown } from "./dom.js";
import { HeatMap, QUANTILES } from "./heatmap.js";
import { fullText, labelText, openValues } from "./labels.js";
import { position, valueAt } from "./quantiles.js";
import { format, group, unitWords } from "./units.js";

const HEIGHT = 116;
const TALL = 260;
const MAX_LEGEND = 4;
const KINDS = { counter: "counter", up_down_counter: "up-down counter", gauge: "gauge", histogram: "histogram" };

export class Row {
  constructor(metric, context) {
    this.metric = metric;
    this.context = context;
    this.isExpanded = false;
    this.isFilled = false;
    this.focused = null;
    this.element = el("article", {
      class: "row",
      attr: { tabindex: "0", "aria-label": shown(metric.name) },
    });
    this.element.row = this;
  }

  // Makes the contents, when the row comes into sight.
  fill() {
    if (this.isFilled) return;
    const { metric } = this;
    this.isFilled = true;
    this.format = format(metric, metric.isRate && !metric.isHistogram);
    this.rateFormat = format({ name: "", unit: "" }, true);
    this.toggle = el("button", {
      class: "name",
      attr: { type: "button", "aria-expanded": String(this.isExpanded) },
      on: { click: () => this.expand() },
    }, el("span", { text: shown(metric.name, 200) }));
    this.kind = el("p", { class: "kind" });
    this.description = el("p", { class: "description" });
    this.labels = el("p", { class: "labels" });
    this.warning = el("p", { class: "row-warning" });
    const about = el("div", { class: "about" }, el("h2", {}, this.toggle), this.kind, this.description, this.labels, this.warning);
    this.host = el("div", { class: "plot", attr: { role: "img" } });
    this.headline = el("p", { class: "headline" });
    this.legend = el("ul", { class: "legend" });
    this.more = el("p", { class: "more" });
    this.entries = [];
    const readout = el("div", { class: "readout" }, this.headline, this.legend, this.more);
    this.element.style.height = "";
    this.element.append(about, this.host, readout);
    if (this.isExpanded) this.addDetails();
    this.describe();
    this.makeChart();
    this.update();
  }

  // Forgets the contents, when the row is out of sight.
  empty() {
    if (!this.isFilled) return;
    this.element.style.height = `${this.element.offsetHeight}px`;
    this.isFilled = false;
    this.chart?.destroy();
    this.chart = this.details = null;
    this.element.replaceChildren();
  }

  makeChart() {
    const { view, history, onCursor } = this.context;
    const width = this.context.width();
    const height = this.isExpanded ? TALL : HEIGHT;
    const parts = { host: this.host, view, metric: this.metric, format: this.format, width, height, onCursor, bySlot: history.bySlot };
    this.chart = this.metric.isHistogram ? new HeatMap(parts) : new LineChart(parts);
  }

  describe() {
    const { metric } = this;
    const unit = unitWords(metric.unit);
    setText(this.kind, [KINDS[metric.kind] ?? metric.kind, unit].filter(Boolean).join(" · "));
    setText(this.description, shown(metric.description, 400));
    const names = metric.labels.join("\n");
    if (this.names !== names || this.labels.childElementCount === 0) {
      this.names = names;
      this.labels.replaceChildren(...metric.labels.filter((name) => name !== "otel.metric.overflow").map((name) => el("button", {
        class: "label",
        text: shown(name, 40),
        attr: { type: "button", "aria-haspopup": "true", "aria-label": `Filter by ${shown(name)}` },
        on: { click: (event) => openValues(event.currentTarget, metric, name, (value) => this.context.onFilter(name, value)) },
      })));
    }
    setText(this.warning, metric.dropped.map(([reason, count]) => `${group(String(count))} ${reason}`).join("\n"));
  }

  expand(on = !this.isExpanded) {
    if (on === this.isExpanded) return;
    this.isExpanded = on;
    this.element.classList.toggle("is-expanded", on);
    if (!this.isFilled) return;
    this.toggle.setAttribute("aria-expanded", String(on));
    this.details?.element.remove();
    this.details = null;
    if (on) this.addDetails();
    this.chart.resize(this.context.width(), on ? TALL : HEIGHT);
    this.update();
  }

  addDetails() {
    const { history, view, onFilter } = this.context;
    const valueFormat = format(this.metric, false);
    const rowFormat = this.metric.isHistogram ? this.rateFormat : this.format;
    this.details = new Details({ metric: this.metric, history, view, format: rowFormat, valueFormat, onFilter });
    this.element.append(this.details.element);
  }

  resize() {
    if (this.isFilled) this.chart.resize(this.context.width(), this.isExpanded ? TALL : HEIGHT);
  }

  // Draws the newest sample.
  update() {
    if (!this.isFilled) return;
    this.describe();
    this.chart.update();
    this.read();
  }

  // The values at the pointer, or the newest ones.
  read() {
    if (!this.isFilled) return;
    if (this.metric.isHistogram) this.readHistogram();
    else this.readLines();
    this.details?.update();
    const summary = `${shown(this.metric.name)}: ${this.headline.textContent}`;
    if (this.host.getAttribute("aria-label") !== summary) this.host.setAttribute("aria-label", summary);
  }

  readLines() {
    const { metric } = this;
    const frame = this.context.view.frame;
    const values = metric.matching.map((series) => frame?.at(series.slot) ?? NaN).filter((value) => !Number.isNaN(value));
    const isSum = metric.kind !== "gauge";
    if (values.length === 0) this.head([["–", ""]]);
    else if (isSum || values.length === 1) {
      this.head([this.format.split(values.reduce((a, b) => a + b, 0))], isSum && values.length > 1 ? "all series" : "");
    } else {
      const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
      this.head(low === high ? [this.format.split(low)] : [this.format.split(low), this.format.split(high)], "");
    }
    const lines = metric.matching.length === 1 && metric.matching[0].labels.length === 0 ? [] : this.chart.legend(frame);
    this.list(lines.slice(0, this.isExpanded ? lines.length : MAX_LEGEND).map(({ series, color, index, value }) => ({
      key: series,
      color,
      name: labelText(series),
      title: fullText(series),
      value: Number.isNaN(value) ? "–" : this.format.text(value),
      index,
      series,
    })));
    const drawn = this.chart.count;
    const rest = metric.matching.length - drawn;
    const hidden = lines.length - MAX_LEGEND;
    let note = "";
    if (rest > 0) note = `${drawn} largest of ${group(String(metric.matching.length))} series drawn`;
    else if (hidden > 0 && !this.isExpanded) note = `and ${hidden} more`;
    setText(this.more, note);
  }

  readHistogram() {
    const { metric } = this;
    const { view, history } = this.context;
    const valueFormat = this.format;
    const column = view.cursor === null ? null : this.chart.columnAt(view.cursor);
    const counts = view.cursor === null ? this.chart.total() : column?.counts;
    const frame = view.frame;
    let rate = 0;
    for (const series of metric.matching) rate += frame?.at(series.slot) || 0;
    const isThere = frame && metric.matching.some((series) => !Number.isNaN(frame.at(series.slot)));
    this.head([isThere ? this.rateFormat.split(rate) : ["–", ""]], metric.matching.length > 1 ? `${group(String(metric.matching.length))} series` : "");
    const names = { p50: "half are below", p95: "95 % are below", p99: "99 % are below" };
    this.list(QUANTILES.map(([name, q]) => {
      const value = counts ? valueAt(position(counts, q), metric) : NaN;
      return {
        key: name,
        color: `var(--${name})`,
        name,
        title: names[name],
        value: Number.isNaN(value) ? "–" : valueFormat.text(value),
        index: null,
      };
    }));
    setText(this.more, view.cursor === null && history.frames.length > 2 ? "over the time shown" : "");
  }

  head(numbers, note = "") {
    const text = JSON.stringify([numbers, note]);
    if (this.headText === text && this.headline.childElementCount > 0) return;
    this.headText = text;
    const parts = [];
    numbers.forEach(([number, unit], i) => {
      if (i > 0) parts.push(el("span", { class: "to", text: "–" }));
      parts.push(el("b", { text: number }), el("span", { class: "unit", text: unit ? `\u202f${unit}` : "" }));
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
    const focus = (on) => this.chart?.focus(on ? entry.line?.index ?? null : null);
    entry.button = el("button", {
      class: "entry",
      attr: { type: "button" },
      on: {
        mouseenter: () => focus(true),
        mouseleave: () => focus(false),
        focus: () => focus(true),
        blur: () => focus(false),
        click: () => entry.line?.series?.labels.forEach(([label, chosen]) => this.context.onFilter(label, chosen)),
      },
    }, swatch, name, value);
    entry.element = el("li", {}, entry.button);
    this.legend.append(entry.element);
    return entry;
  }
}

// A metric in which nothing was recorded.
export function quietItem(metric) {
  return el("li", {},
    el("span", { class: "quiet-name", text: shown(metric.name, 200) }),
    el("span", { class: "quiet-kind", text: [KINDS[metric.kind] ?? metric.kind, unitWords(metric.unit)].filter(Boolean).join(" · ") }),
    el("span", { class: "quiet-description", text: shown(metric.description, 200) }));
}
