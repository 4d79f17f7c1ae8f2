// Charts of lines, by uPlot.

import { colors } from "./theme.js";

/* global uPlot */

export const LINES = 8;
// The width of the numbers beside a chart.
export const GUTTER = 60;
const BYTES = Array.from({ length: 64 }, (_, i) => 2 ** i);

// The parts that lines and heat maps share.
function options({ view, width, height, y, series, hooks, onCursor }) {
  const grid = { stroke: () => colors.grid, width: 1 };
  return {
    width,
    height,
    ms: 1,
    legend: { show: false },
    padding: [6, 0, 6, 0],
    cursor: {
      y: false,
      points: { show: false },
      drag: { x: false, y: false, setScale: false },
      sync: { key: "metrics", scales: ["x", null], setSeries: false },
    },
    focus: { alpha: 0.2 },
    scales: {
      x: { time: false, range: () => [view.start, view.end] },
      y: y.scale,
    },
    axes: [
      {
        size: 0,
        gap: 0,
        grid,
        ticks: { show: false },
        values: () => [],
        splits: (u) => view.ticks(u.bbox.width / devicePixelRatio, 90),
      },
      {
        size: GUTTER,
        gap: 6,
        font: "11px system-ui, sans-serif",
        stroke: () => colors.muted,
        grid,
        ticks: { show: false },
        ...y.axis,
      },
    ],
    series: [{}, ...series],
    hooks: {
      ...hooks,
      draw: [...(hooks?.draw ?? []), (u) => drawMarks(u, view)],
      setCursor: [
        (u) =>
          u.cursor.event && onCursor(u.cursor.left < 0 ? null : u.posToVal(u.cursor.left, "x")),
      ],
    },
  };
}

// A line needs two values. A value between two gaps is a point instead.
export function points(color) {
  return {
    show: true,
    size: 4,
    stroke: color,
    fill: color,
    filter: (u, index) => {
      const values = u.data[index];
      const isLone = (i) => values[i] != null && values[i - 1] == null && values[i + 1] == null;
      const lone = [];
      for (let i = 0; i < values.length; i++) if (isLone(i)) lone.push(i);
      return lone;
    },
  };
}

// A dashed line where the program was restarted.
function drawMarks(u, view) {
  const { ctx, bbox } = u;
  for (const time of view.marks) {
    const x = Math.round(u.valToPos(time, "x", true)) + 0.5;
    if (x < bbox.left) continue;
    ctx.save();
    ctx.strokeStyle = colors.mark;
    ctx.lineWidth = devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
  }
}

// From zero, unless values that are no rates move within a narrow band far from it.
export function range(low, high, isRate) {
  if (low === null || high === null || !Number.isFinite(high - low)) return [0, 1];
  if (low === high) return low === 0 ? [0, 1] : [Math.min(0, low * 1.3), Math.max(0, high * 1.3)];
  const isNarrow = high - low < 0.15 * Math.max(Math.abs(low), Math.abs(high));
  if (low >= 0 && (isRate || !isNarrow)) return [0, high * 1.08];
  if (high <= 0 && !isNarrow) return [low * 1.08, 0];
  const margin = (high - low) * 0.1;
  return [low - margin, high + margin];
}

// What all charts have in common.
export class Chart {
  constructor({ view, metric }) {
    this.view = view;
    this.metric = metric;
  }

  plotOn({ host, ...parts }, more) {
    this.plot = new uPlot(options({ ...parts, ...more }), this.data(), host);
  }

  // Begins a drawing within the plot.
  begin({ ctx, bbox }) {
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
  }

  update() {
    this.plot.setData(this.data());
  }

  resize(width, height) {
    this.plot.setSize({ width, height });
  }

  destroy() {
    this.plot.destroy();
  }
}

export class LineChart extends Chart {
  constructor(parts) {
    super(parts);
    const { metric, format } = parts;
    // The series at each of the lines; a line keeps its colour as long as its series is shown.
    this.lines = new Array(LINES).fill(null);
    const line = (_, i) => ({
      stroke: () => colors.series[i],
      width: 1.5,
      points: points(() => colors.series[i]),
      spanGaps: false,
      // An area says how much there is, so it begins at zero.
      fill: (u) =>
        this.count === 1 && u.scales.y.min === 0
          ? `color-mix(in srgb, ${colors.series[i]} 10%, transparent)`
          : null,
    });
    const y = {
      scale: { range: (_, low, high) => range(low, high, metric.isRate) },
      axis: {
        space: 30,
        incrs: format.base === 2 ? BYTES : undefined,
        values: (_, splits) => splits.map((value) => format.axis(value)),
      },
    };
    const series = Array.from({ length: LINES }, line);
    this.plotOn(parts, { y, series });
  }

  get count() {
    return this.lines.filter(Boolean).length;
  }

  data() {
    this.choose();
    const { frames, xs } = this.view;
    const none = new Array(xs.length).fill(null);
    const values = (series) =>
      frames.map((frame) => {
        const value = frame.at(series.slot);
        return Number.isFinite(value) ? value : null;
      });
    return [xs, ...this.lines.map((series) => (series ? values(series) : none))];
  }

  choose() {
    const shown = new Set(this.lines.filter(Boolean));
    const wanted = new Set(this.metric.top(LINES, shown));
    this.lines = this.lines.map((series) => (wanted.has(series) ? series : null));
    for (const series of wanted) {
      if (!this.lines.includes(series)) this.lines[this.lines.indexOf(null)] = series;
    }
  }

  // The lines with their colours, the largest first.
  legend(frame) {
    const lines = this.lines.map((series, i) => ({
      series,
      color: colors.series[i],
      index: i + 1,
    }));
    const value = ({ series }) => frame?.at(series.slot) ?? NaN;
    const order = (a, b) => b.series.score - a.series.score || a.series.slot - b.series.slot;
    return lines
      .filter(({ series }) => series)
      .sort(order)
      .map((line) => ({ ...line, value: value(line) }));
  }

  focus(index) {
    this.plot.setSeries(index, { focus: index !== null });
  }
}
