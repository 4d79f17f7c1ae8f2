// Histograms: the counts of all buckets over time, and percentiles on top.

import { Chart, points } from "./chart.js";
import { position } from "./quantiles.js";
import { colors } from "./theme.js";

export const QUANTILES = [
  ["p50", 0.5],
  ["p95", 0.95],
  ["p99", 0.99],
];
// The narrowest column, in pixels.
const COLUMN = 4;

export class HeatMap extends Chart {
  constructor(parts) {
    super(parts);
    const { metric, format } = parts;
    this.bySlot = parts.bySlot;
    this.width = parts.width;
    this.columns = [];
    this.low = 0;
    this.high = 1;
    const widths = { p50: 1.25, p95: 1.25, p99: 1.5 };
    const series = QUANTILES.map(([name]) => ({
      stroke: () => colors[name],
      width: widths[name],
      points: points(() => colors[name]),
      spanGaps: false,
    }));
    const y = {
      scale: { range: () => [this.low, this.high] },
      axis: {
        splits: (u) => this.splits(u.bbox.height / devicePixelRatio),
        values: (_, splits) =>
          splits.map((at) => {
            const boundary = metric.boundaries[at - 1];
            return boundary === undefined ? "" : format.axis(boundary);
          }),
      },
    };
    const hooks = { drawClear: [(u) => this.draw(u)] };
    this.plotOn(parts, { y, series, hooks });
  }

  // Buckets meet at the positions 1, 2, …; the boundary between them has the index below.
  splits(height) {
    const step = Math.max(1, Math.ceil(((this.high - this.low) * 16) / Math.max(height, 1)));
    const splits = [];
    for (let at = Math.ceil(this.low); at <= this.high; at++) {
      if (at > 0 && (at - Math.ceil(this.low)) % step === 0) splits.push(at);
    }
    return splits;
  }

  data() {
    this.columns = this.merge();
    let [first, last, most] = [Infinity, -Infinity, 0];
    for (const { counts, seconds } of this.columns) {
      counts?.forEach((count, bucket) => {
        if (count === 0) return;
        first = Math.min(first, bucket);
        last = Math.max(last, bucket);
        most = Math.max(most, count / seconds);
      });
    }
    this.most = most;
    this.low = Number.isFinite(first) ? Math.max(0, first - 0.35) : 0;
    this.high = Number.isFinite(last)
      ? Math.min(this.metric.boundaries.length + 1, last + 1.35)
      : 1;
    const xs = this.columns.map((column) => column.end);
    const lines = QUANTILES.map(([, q]) =>
      this.columns.map(({ counts }) => counts && position(counts, q)),
    );
    return [xs, ...lines];
  }

  // The frames, several in one column if there are more than the width has room for. Columns begin
  // at the same frames in every drawing, so that they do not flicker.
  merge() {
    const { frames } = this.view;
    const room = Math.max(1, this.width / COLUMN);
    const size = [1, 2, 3, 5, 10, 20].find((size) => frames.length / size <= room) ?? 30;
    const columns = [];
    let column = null;
    let number = null;
    for (const frame of frames) {
      if (frame.mark) {
        column = null;
        columns.push({ end: frame.time, start: frame.time, seconds: 1, counts: null });
        continue;
      }
      if (!(frame.seconds > 0)) continue;
      const group = Math.floor(frame.number / size);
      if (!column || group !== number) {
        number = group;
        column = {
          start: frame.time - frame.seconds * 1000,
          end: frame.time,
          seconds: 0,
          counts: null,
        };
        columns.push(column);
      }
      column.end = frame.time;
      column.seconds += frame.seconds;
      const counts = this.metric.aggregate(frame, this.bySlot);
      if (!counts) continue;
      if (!column.counts) column.counts = Float32Array.from(counts);
      else for (let i = 0; i < counts.length; i++) column.counts[i] += counts[i];
    }
    return columns;
  }

  draw(u) {
    const { ctx } = u;
    this.begin(u);
    ctx.fillStyle = colors.heat;
    for (const { start, end, seconds, counts } of this.columns) {
      if (!counts) continue;
      const left = Math.round(u.valToPos(start, "x", true));
      const right = Math.round(u.valToPos(end, "x", true));
      for (let bucket = 0; bucket < counts.length; bucket++) {
        if (counts[bucket] === 0) continue;
        const top = Math.round(u.valToPos(bucket + 1, "y", true));
        const bottom = Math.round(u.valToPos(bucket, "y", true));
        // The eye sees the square root of a count better than the count.
        ctx.globalAlpha = 0.06 + 0.6 * Math.sqrt(counts[bucket] / seconds / this.most);
        ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top - 1));
      }
    }
    ctx.restore();
  }

  // The counts of everything shown.
  total() {
    const total = new Float64Array(this.metric.boundaries.length + 1);
    for (const { counts } of this.columns) counts?.forEach((count, i) => (total[i] += count));
    return total;
  }

  columnAt(time) {
    return this.columns.find(({ start, end }) => time > start && time <= end) ?? null;
  }

  focus() {}

  resize(width, height) {
    this.width = width;
    super.resize(width, height);
    this.update();
  }
}
