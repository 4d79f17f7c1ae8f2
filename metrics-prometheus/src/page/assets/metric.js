// A metric and its series, as the samples tell.

import { EMPTY, plus } from "./grid.js";

export const RATES = new Set(["counter", "histogram"]);

export class Series {
  constructor(metric, slot, labels) {
    this.metric = metric;
    // The place of the series in every frame of the history.
    this.slot = slot;
    // [[name, value], …]
    this.labels = labels;
    this.isOverflow = labels.some(([name]) => name === "otel.metric.overflow");
    this.searched = labels
      .map(([name, value]) => `${name}=${value}`)
      .join("\n")
      .toLowerCase();
    this.score = 0;
    this.matches = true;
    this.seen = -1;
    this.value = null;
  }
}

export class Metric {
  constructor(key, number) {
    this.key = key;
    // The place of the metric among the histograms of a frame.
    this.number = number;
    this.series = [];
    this.byKey = new Map();
    // The series in the order of the last sample, and their label values as they were sent.
    this.rows = [];
    this.sent = [];
    this.labels = [];
    this.min = Infinity;
    this.max = -Infinity;
    this.dropped = [];
    this.matching = [];
    this.isShown = true;
    this.aggregates = new WeakMap();
    // The buckets of exponential histograms.
    this.grid = EMPTY;
  }

  describe(data) {
    // With other label names, the label values of the last sample mean something else.
    const isSame =
      this.labels.length === data.labels.length &&
      this.labels.every((name, i) => name === data.labels[i]);
    if (!isSame) this.rows = [];
    this.labels = data.labels;
    this.name = data.name;
    // The label with the state, if the metric has states.
    this.state = data.state ?? null;
    this.kind = data.state ? "state" : data.kind;
    this.unit = data.unit;
    this.description = data.description;
    this.source = data.source;
    this.limit = data.limit;
    this.isExponential = data.exponential === true;
    this.boundaries = this.isExponential ? this.grid.boundaries : (data.boundaries ?? []);
    this.dropped = data.dropped ?? [];
  }

  // Puts the counts of exponential histograms on the grid, which may have to change. Then all counts
  // that are kept move.
  arrange(series, frames) {
    const { grid } = this;
    this.grid = grid.covering(series.map(([, value]) => value[4]));
    if (this.grid !== grid) this.move((bucket) => grid.placeIn(this.grid, bucket), frames);
    for (const [, value] of series) value[4] = this.grid.counts(value[4]);
  }

  move(place, frames) {
    this.boundaries = this.grid.boundaries;
    this.aggregates = new WeakMap();
    frames.forEach((frame) => frame.move(this.number, place));
    for (const { last } of this.series) {
      if (last) last[4] = moved(last[4], place, this.boundaries.length + 1);
    }
  }

  get isHistogram() {
    return this.kind === "histogram";
  }

  get isRate() {
    return RATES.has(this.kind);
  }

  // The series of a row of the sample; a new one if `add` has to make it.
  find(row, values, tick, add) {
    const known = this.rows[row];
    if (known && known.seen !== tick && equal(this.sent[row], values)) return known;
    const labels = [];
    values.forEach((value, i) => value !== null && labels.push([this.labels[i], value]));
    let key = JSON.stringify([...labels].sort(([a], [b]) => (a < b ? -1 : 1)));
    let series = this.byKey.get(key);
    // Large integers and texts of the same digits are sent alike.
    while (series && series.seen === tick) {
      key += "'";
      series = this.byKey.get(key);
    }
    if (!series) {
      series = add(labels);
      series.key = key;
      this.byKey.set(key, series);
      this.series.push(series);
    }
    this.rows[row] = series;
    this.sent[row] = values;
    return series;
  }

  forget(isGone) {
    const gone = this.series.filter(isGone);
    if (gone.length === 0) return gone;
    gone.forEach((series) => this.byKey.delete(series.key));
    this.series = this.series.filter((series) => !isGone(series));
    this.matching = this.matching.filter((series) => !isGone(series));
    this.rows = [];
    return gone;
  }

  // The counts of all matching series in a frame, by bucket; null if there are none.
  aggregate(frame, bySlot) {
    const known = this.aggregates.get(frame);
    if (known !== undefined) return known;
    let counts = null;
    frame.eachHistogram(this.number, (slot, bucket, count) => {
      if (!bySlot[slot]?.matches) return;
      counts ??= new Float32Array(this.boundaries.length + 1);
      counts[bucket] += count;
    });
    this.aggregates.set(frame, counts);
    return counts;
  }

  // The matching series with the largest recent values. Those in `shown` stay unless others are
  // clearly larger, so that lines do not flicker.
  top(count, shown) {
    if (this.matching.length <= count) return this.matching;
    const best = [];
    let least = -Infinity;
    for (const series of this.matching) {
      const score = series.score * (shown.has(series) ? 1.25 : 1);
      if (best.length === count && score <= least) continue;
      let at = best.length;
      while (at > 0 && best[at - 1].score < score) at--;
      best.splice(at, 0, { series, score });
      if (best.length > count) best.pop();
      if (best.length === count) least = best.at(-1).score;
    }
    return best.map(({ series }) => series);
  }
}

// Counts by bucket, in other buckets.
function moved(counts, place, length) {
  const all = new Array(length).fill(0);
  counts.forEach((count, bucket) => {
    if (count !== 0) all[place(bucket)] = plus(all[place(bucket)], count);
  });
  return all;
}

function equal(a, b) {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
