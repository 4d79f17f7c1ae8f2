// Draws the panels of a dashboard from the answers of a database, with the charts of the live page.

import { LINES, LineChart } from "/page/chart.js";
import { el } from "/page/dom.js";
import { HeatMap } from "/page/heatmap.js";
import { colors, startTheme } from "/page/theme.js";
import { Timeline } from "/page/timeline.js";
import { format } from "/page/units.js";

const STEP = { row: 26, gap: 8 };
const HEAD = 30;
const LEGEND = 18;

// Grafana's formats as UCUM units; the last is for shares.
const UNITS = { s: "s", ms: "ms", bytes: "By", binBps: "By", percentunit: "1", percent: "%" };

const formatOf = ({ unit }) =>
  format({ unit: UNITS[unit] ?? "", name: "share" }, unit === "binBps" || unit === "reqps");

const { title, begin, end, panels } = await (await fetch("/dashboard.json")).json();
startTheme(document.createElement("button"), () => {});
document.body.append(el("h1", { text: title }));

// The frames of the page's charts: a time, and the value of each series.
function viewOf(series) {
  const times = new Set(series.flatMap(({ values }) => values.map(([time]) => time)));
  const xs = [...times].sort((a, b) => a - b);
  const maps = series.map(({ values }) => new Map(values));
  const frames = xs.map((time, number) => ({
    time,
    number,
    seconds: (xs[1] - xs[0]) / 1000 || 1,
    mark: null,
    at: (slot) => maps[slot].get(time) ?? NaN,
  }));
  return { frames, xs, start: begin, end, marks: [], ticks };
}

function ticks() {
  const step = 5000;
  const found = [];
  for (let at = Math.ceil(begin / step) * step; at <= end; at += step) found.push(at);
  return found;
}

const last = ({ values }) => values.at(-1)?.[1] ?? NaN;

function number(panel, series) {
  const text = series.map((one) => formatOf(panel).text(last(one))).join(" · ");
  return [el("div", { class: "number", text })];
}

function table(panel) {
  const rows = new Map();
  panel.targets.forEach(({ series }, target) => {
    for (const one of series) {
      const key = JSON.stringify(one.labels);
      if (!rows.has(key)) rows.set(key, { labels: one.labels, cells: [] });
      rows.get(key).cells[target] = last(one);
    }
  });
  const cells = (kind, texts) => el("tr", {}, ...texts.map((text) => el(kind, { text })));
  const all = [...rows.values()];
  const names = [...new Set(all.flatMap(({ labels }) => Object.keys(labels)))];
  const head = cells("th", [...names, ...panel.targets.map((_, i) => `#${i + 1}`)]);
  const line = ({ labels, cells: numbers }) => [
    ...names.map((name) => labels[name] ?? ""),
    ...panel.targets.map((_, i) => (numbers[i] === undefined ? "" : numbers[i].toPrecision(4))),
  ];
  return [el("table", {}, head, ...all.slice(0, 8).map((row) => cells("td", line(row))))];
}

function chart(panel, series, width, height) {
  const host = el("div", { class: "plot" });
  const view = viewOf(series);
  const parts = { host, view, width, format: formatOf(panel), onCursor: () => {} };
  if (panel.type === "heatmap") {
    const limits = [...new Set(series.map(({ limit }) => limit ?? Infinity))].sort((a, b) => a - b);
    const boundaries = limits.filter(Number.isFinite);
    const places = series.map(({ limit }) => limits.indexOf(limit ?? Infinity));
    const aggregate = (frame) => {
      const counts = new Float32Array(boundaries.length + 1);
      series.forEach((_, slot) => (counts[places[slot]] += Math.max(0, frame.at(slot) || 0)));
      return counts;
    };
    new HeatMap({ ...parts, height, metric: { boundaries, aggregate } });
    return [host];
  }
  const slots = series.map((one, slot) => ({ ...one, slot, score: -slot, labels: one.labels }));
  if (panel.type === "state-timeline") {
    const states = Object.entries(panel.states);
    const lanes = series.flatMap((one) =>
      states.map(([value, state]) => ({
        labels: [["name", one.legend], ["state", state]],
        values: one.values.map(([time, at]) => [time, Number(at === Number(value))]),
      })),
    );
    const all = lanes.map((lane, slot) => ({ ...lane, slot }));
    const metric = { state: "state", series: all, matching: all };
    new Timeline({ ...parts, height, view: viewOf(lanes), metric });
    return [host];
  }
  const metric = { isRate: panel.isZeroBased, top: () => slots.slice(0, LINES) };
  new LineChart({ ...parts, height: height - LEGEND, metric });
  const name = ({ legend }, i) => {
    const text = el("span", { text: legend });
    text.style.color = colors.series[i];
    return text;
  };
  return [host, el("div", { class: "legend" }, ...slots.slice(0, LINES).map(name))];
}

// Each panel is in the document before its chart measures it.
let empty = 0;
for (const panel of panels) {
  const { x, y, w, h } = panel.gridPos;
  const element = el(panel.type === "row" ? "div" : "section", {});
  element.style.gridColumn = `${x + 1} / span ${w}`;
  element.style.gridRow = `${y + 2} / span ${h}`;
  document.body.append(element);
  if (panel.type === "row") {
    element.append(el("h2", { text: panel.title }));
    continue;
  }
  element.append(el("h3", { text: panel.title }));
  const series = panel.targets.flatMap((target) => target.series);
  const height = h * STEP.row + (h - 1) * STEP.gap - HEAD - 4;
  if (series.length === 0) {
    empty += 1;
    element.append(el("div", { class: "empty", text: "no data" }));
  } else if (panel.type === "stat") element.append(...number(panel, series));
  else if (["table", "bargauge"].includes(panel.type)) element.append(...table(panel));
  else element.append(...chart(panel, series, element.clientWidth, height));
}
globalThis.drawn = { panels: panels.length, empty };
