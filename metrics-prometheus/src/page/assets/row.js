// A metric on the page: what it is, its chart, and its values now.

import { LineChart } from "./chart.js";
import { Details } from "./details.js";
import { el, setText, shown } from "./dom.js";
import { HeatMap } from "./heatmap.js";
import { openValues } from "./labels.js";
import { Readout } from "./readout.js";
import { Timeline } from "./timeline.js";
import { Transitions } from "./transitions.js";
import { format, group, RATE, unitWords } from "./units.js";

const HEIGHT = 116;
const TALL = 260;

const kindAndUnit = ({ kind, unit }) =>
  [kind.replace("up_down_", "up-down "), unitWords(unit)].filter(Boolean).join(" · ");

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
    this.toggle = el(
      "button",
      {
        class: "name",
        attr: { type: "button", "aria-expanded": String(this.isExpanded) },
        on: { click: () => this.expand() },
      },
      el("span", { text: shown(metric.name, 200) }),
    );
    this.kind = el("p", { class: "kind" });
    this.description = el("p", { class: "description" });
    this.labels = el("p", { class: "labels" });
    this.warning = el("p", { class: "row-warning" });
    const about = el(
      "div",
      { class: "about" },
      el("h2", {}, this.toggle),
      this.kind,
      this.description,
      this.labels,
      this.warning,
    );
    this.host = el("div", { class: "plot", attr: { role: "img" } });
    this.element.style.height = "";
    this.element.append(about, this.host);
    this.makeChart();
    this.readout = new Readout(metric, this.chart, this.format, this.context);
    this.element.append(this.readout.element);
    if (this.isExpanded) this.addDetails();
    this.update();
  }

  // Forgets the contents, when the row is out of sight. The row keeps its `height`.
  empty(height) {
    if (!this.isFilled) return;
    this.element.style.height = `${height}px`;
    this.isFilled = false;
    this.chart?.destroy();
    this.chart = this.details = this.transitions = this.readout = null;
    this.element.replaceChildren();
  }

  get height() {
    return this.isExpanded ? TALL : HEIGHT;
  }

  makeChart() {
    const { view, history, onCursor, width } = this.context;
    const parts = {
      host: this.host,
      view,
      metric: this.metric,
      format: this.format,
      width: width(),
      height: this.height,
      onCursor,
      bySlot: history.bySlot,
    };
    if (this.metric.state !== null) this.chart = new Timeline(parts);
    else this.chart = this.metric.isHistogram ? new HeatMap(parts) : new LineChart(parts);
  }

  describe() {
    const { metric } = this;
    setText(this.kind, kindAndUnit(metric));
    setText(this.description, shown(metric.description, 400));
    const names = metric.labels.join("\n");
    if (this.names !== names || this.labels.childElementCount === 0) {
      this.names = names;
      this.labels.replaceChildren(
        ...metric.labels
          .filter((name) => name !== "otel.metric.overflow")
          .map((name) =>
            el("button", {
              class: "label",
              text: shown(name, 40),
              attr: {
                type: "button",
                "aria-haspopup": "true",
                "aria-label": `Filter by ${shown(name)}`,
              },
              on: {
                click: (event) =>
                  openValues(event.currentTarget, metric, name, (value) =>
                    this.context.onFilter(name, value),
                  ),
              },
            }),
          ),
      );
    }
    setText(
      this.warning,
      metric.dropped.map(([reason, count]) => `${group(String(count))} ${reason}`).join("\n"),
    );
  }

  expand(on = !this.isExpanded) {
    if (on === this.isExpanded) return;
    this.isExpanded = on;
    this.element.classList.toggle("is-expanded", on);
    if (!this.isFilled) return;
    this.toggle.setAttribute("aria-expanded", String(on));
    this.details?.element.remove();
    this.transitions?.element.remove();
    this.details = this.transitions = null;
    if (on) this.addDetails();
    this.resize();
    this.update();
  }

  addDetails() {
    const { history, view, onFilter } = this.context;
    const valueFormat = format(this.metric, false);
    const rowFormat = this.metric.isHistogram ? RATE : this.format;
    this.details = new Details({
      metric: this.metric,
      history,
      view,
      format: rowFormat,
      valueFormat,
      onFilter,
    });
    this.element.append(this.details.element);
    if (this.metric.state === null) return;
    this.transitions = new Transitions(this.metric, view);
    this.element.append(this.transitions.element);
  }

  resize() {
    if (this.isFilled) this.chart.resize(this.context.width(), this.height);
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
    this.readout.update(this.isExpanded);
    this.details?.update();
    this.transitions?.update();
    const summary = `${shown(this.metric.name)}: ${this.readout.text}`;
    if (this.host.getAttribute("aria-label") !== summary)
      this.host.setAttribute("aria-label", summary);
  }
}

// A metric in which nothing was recorded.
export function quietItem(metric) {
  return el(
    "li",
    {},
    el("span", { class: "quiet-name", text: shown(metric.name, 200) }),
    el("span", {
      class: "quiet-kind",
      text: kindAndUnit(metric),
    }),
    el("span", { class: "quiet-description", text: shown(metric.description, 200) }),
  );
}
