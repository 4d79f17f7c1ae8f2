// The last minutes of all series, in memory that is limited.
//
// Each series has a slot, its place in the values of every frame.

import { Counts, Frame } from "./frame.js";
import { Metric, Series } from "./metric.js";

const KEEP_MS = 15 * 60 * 1000;
const MAX_BYTES = 96 * 2 ** 20;
// How long a reading may take, in intervals, before lines are interrupted.
const GAP_INTERVALS = 3.5;

export class History {
  constructor() {
    this.metrics = new Map();
    this.frames = [];
    this.bySlot = [];
    this.free = [];
    this.bytes = 0;
    this.tick = 0;
    this.frameNumber = 0;
    this.histograms = 0;
    this.process = null;
    this.isShortened = false;
    // Seconds by which the clock of the program is ahead of its uptime. The uptime is steady.
    this.offset = 0;
  }

  // Adds a sample. The answer says whether the process is another one, and whether there are new
  // metrics or series.
  ingest(sample, intervalMs) {
    const { process } = sample;
    const identity = `${process.id}:${process.pid}`;
    const isFirst = this.process === null;
    const isRestart = !isFirst && this.identity !== identity;
    if (isFirst || isRestart) this.offset = sample.time / 1000 - process.uptime;
    const last = this.frames.at(-1);
    let time = Math.round((this.offset + process.uptime) * 1000);
    if (last && time <= last.time) {
      // The same sample again.
      if (!isRestart) return null;
      // The clock of the machine was set back.
      this.offset += (last.time + 2 - time) / 1000;
      time = last.time + 2;
    }
    const seconds = isFirst || isRestart ? NaN : process.uptime - this.process.uptime;
    this.identity = identity;
    this.process = process;
    this.tick += 1;
    if (isRestart) {
      this.restart(sample);
      this.interrupt(time - 1, "restart");
    } else if (last && seconds * 1000 > GAP_INTERVALS * intervalMs) {
      this.interrupt(last.time + 1, "gap");
    }
    const changed = this.read(sample, time, seconds);
    this.trim();
    return { isRestart, isFirst, changed };
  }

  restart(sample) {
    const names = new Set(keys(sample.metrics));
    for (const [key, metric] of this.metrics) {
      if (!names.has(key)) {
        metric.series.forEach((series) => this.release(series));
        this.metrics.delete(key);
      } else {
        metric.series.forEach((series) => (series.last = null));
        metric.min = Infinity;
        metric.max = -Infinity;
      }
    }
  }

  // A frame without values, which interrupts the lines.
  interrupt(time, mark) {
    const frame = new Frame(time, 0, 0);
    frame.mark = mark;
    this.push(frame);
  }

  push(frame) {
    frame.number = this.frameNumber++;
    this.frames.push(frame);
    this.bytes += frame.bytes;
  }

  read(sample, time, seconds) {
    const counts = new Counts();
    const levels = [];
    let changed = false;
    const metricKeys = keys(sample.metrics);
    sample.metrics.forEach((data, i) => {
      let metric = this.metrics.get(metricKeys[i]);
      if (!metric) {
        metric = new Metric(metricKeys[i], this.histograms++);
        this.metrics.set(metric.key, metric);
        changed = true;
      }
      const wasFine = metric.dropped.length === 0;
      metric.describe(data);
      if (metric.isExponential) metric.arrange(data.series, this.frames);
      changed ||= wasFine && metric.dropped.length > 0;
      const before = metric.series.length;
      counts.begin();
      data.series.forEach(([values, value], row) => {
        const series = metric.find(row, values, this.tick, (labels) => this.add(metric, labels));
        const level = this.level(series, value, seconds, counts);
        levels[series.slot] = level;
        series.seen = this.tick;
        series.seenAt = time;
        series.value = value;
        const size = Math.abs(level);
        series.score = series.score * 0.8 + (Number.isFinite(size) ? size * 0.2 : 0);
      });
      metric.rows.length = metric.sent.length = data.series.length;
      counts.end(metric.number);
      changed ||= metric.series.length !== before;
    });
    const frame = new Frame(time, seconds, this.bySlot.length);
    for (let i = 0; i < levels.length; i++)
      if (levels[i] !== undefined) frame.values[i] = levels[i];
    counts.into(frame);
    this.push(frame);
    return changed;
  }

  // The number to draw: the rate of counters and histograms, the value of the others.
  level(series, value, seconds, counts) {
    const { metric } = series;
    const before = series.last;
    // A series that the last sample did not have began at zero since.
    const wasThere = series.seen === this.tick - 1 && before !== undefined;
    series.last = value;
    if (!metric.isRate) return number(value);
    if (metric.isHistogram) {
      metric.min = Math.min(metric.min, number(value[2]));
      metric.max = Math.max(metric.max, number(value[3]));
    }
    if (!Number.isFinite(seconds)) return NaN;
    const base = wasThere ? before : null;
    if (metric.isHistogram) {
      const count = value[0];
      const buckets = value[4];
      let known = base;
      if (known && (known[4].length !== buckets.length || difference(count, known[0]) < 0))
        known = null;
      let all = 0;
      buckets.forEach((inside, bucket) => {
        const more = known ? difference(inside, known[4][bucket]) : number(inside);
        if (more > 0) {
          counts.add(series.slot, bucket, more);
          all += more;
        }
      });
      return all / seconds;
    }
    const more = base === null ? number(value) : difference(value, base);
    // A series that was removed and came back began at zero, too.
    return (more < 0 ? number(value) : more) / seconds;
  }

  add(metric, labels) {
    const slot = this.free.pop() ?? this.bySlot.length;
    const series = new Series(metric, slot, labels);
    this.bySlot[slot] = series;
    return series;
  }

  release(series) {
    this.bySlot[series.slot] = undefined;
    // Frames that are kept may still hold values of the series.
    series.metric = null;
    this.retired ??= [];
    this.retired.push({ slot: series.slot, until: this.frames.at(-1)?.time ?? 0 });
  }

  trim() {
    const end = this.frames.at(-1).time;
    let drop = 0;
    let bytes = this.bytes;
    while (drop < this.frames.length - 2) {
      const frame = this.frames[drop];
      const isOver = bytes > MAX_BYTES;
      if (!isOver && frame.time >= end - KEEP_MS) break;
      this.isShortened ||= isOver;
      bytes -= frame.bytes;
      drop += 1;
    }
    // Frames are dropped a few at a time.
    if (drop > 20 || bytes < this.bytes - MAX_BYTES / 50) {
      this.frames.splice(0, drop);
      this.bytes = bytes;
    }
    if (this.tick % 30 === 0) this.forget();
  }

  // Gives the slots of series without values in any frame to others.
  forget() {
    const oldest = this.frames[0].time;
    for (const metric of this.metrics.values()) {
      for (const series of metric.forget((series) => series.seenAt < oldest)) {
        this.bySlot[series.slot] = undefined;
        this.free.push(series.slot);
      }
    }
    const isFree = ({ until }) => until < oldest;
    this.free.push(...(this.retired ?? []).filter(isFree).map(({ slot }) => slot));
    this.retired = (this.retired ?? []).filter((retired) => !isFree(retired));
  }

  isThere(series) {
    return series.seen === this.tick;
  }
}

// A key for each metric. Definitions that contradict each other share a name.
function keys(metrics) {
  const seen = new Map();
  return metrics.map(({ name }) => {
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}\n${count}`;
  });
}

export function number(value) {
  if (typeof value === "number") return value;
  if (value === "+Inf") return Infinity;
  if (value === "-Inf") return -Infinity;
  return Number(value);
}

// Integers that are sent as texts are subtracted exactly.
function difference(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  try {
    return Number(BigInt(a) - BigInt(b));
  } catch {
    return number(a) - number(b);
  }
}
