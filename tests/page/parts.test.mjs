// The parts of the page that need no browser. `run` copies them below `target`, as modules.

import assert from "node:assert/strict";
import { test } from "node:test";

const part = (name) => import(`${process.env.PAGE_PARTS}/${name}.js`);
const { History } = await part("history");
const { Filter, toggled } = await part("filter");
const { EMPTY } = await part("grid");
const { position, valueAt } = await part("quantiles");
const { bands, entities, stateAt, statesOf } = await part("states");
const { digits, duration, format, group } = await part("units");

const process_ = (uptime, id = "a") => ({ name: "test", pid: 1, id, uptime });
const metric = (name, kind, labels, series, more = {}) => ({
  name,
  kind,
  unit: "",
  description: "",
  limit: 2000,
  source: "",
  labels,
  series,
  ...more,
});

// A history that gets a sample of these metrics every second.
function feed(history, uptime, metrics, id) {
  return history.ingest(
    { process: process_(uptime, id), time: 1e12 + uptime * 1000, metrics },
    1000,
  );
}

const level = (history, name, at = 0) => {
  const { series } = history.metrics.get(name);
  return history.frames.at(-1).at(series[at].slot);
};

test("counters are rates, and a reset is no negative rate", () => {
  const history = new History();
  const rates = [10, 15, 25, 4].map((total, second) => {
    feed(history, second + 1, [metric("c", "counter", [], [[[], total]])]);
    return level(history, "c");
  });
  assert.ok(Number.isNaN(rates[0]));
  // The series was removed and came back, so it counted 4 since.
  assert.deepEqual(rates.slice(1), [5, 10, 4]);
});

test("large integers keep their differences", () => {
  const history = new History();
  for (const [second, total] of [["18446744073709551610"], ["18446744073709551615"]].entries()) {
    feed(history, second + 1, [metric("c", "counter", [], [[[], total[0]]])]);
  }
  assert.equal(level(history, "c"), 5);
});

test("a series that appears counts from zero, and one that is gone has no value", () => {
  const history = new History();
  feed(history, 1, [metric("c", "counter", ["a"], [[["x"], 1]])]);
  feed(history, 2, [
    metric(
      "c",
      "counter",
      ["a"],
      [
        [["x"], 1],
        [["y"], 7],
      ],
    ),
  ]);
  assert.equal(level(history, "c", 1), 7);
  feed(history, 3, [metric("c", "counter", ["a"], [[["y"], 7]])]);
  assert.ok(Number.isNaN(level(history, "c", 0)));
  assert.equal(level(history, "c", 1), 0);
  // It comes back after a removal.
  feed(history, 4, [
    metric(
      "c",
      "counter",
      ["a"],
      [
        [["y"], 7],
        [["x"], 3],
      ],
    ),
  ]);
  assert.equal(level(history, "c", 0), 3);
});

test("a restart interrupts all lines, and forgets metrics that are gone", () => {
  const history = new History();
  const both = [metric("c", "counter", [], [[[], 100]]), metric("old", "gauge", [], [[[], 1]])];
  feed(history, 50, both);
  feed(history, 51, both);
  const { isRestart } = feed(history, 1, [metric("c", "counter", [], [[[], 900]])], "b");
  assert.ok(isRestart);
  assert.deepEqual([...history.metrics.keys()], ["c"]);
  assert.ok(Number.isNaN(level(history, "c")), "the first sample of a process has no rate");
  assert.equal(history.frames.at(-2).mark, "restart");
  feed(history, 2, [metric("c", "counter", [], [[[], 950]])], "b");
  assert.equal(level(history, "c"), 50);
  const times = history.frames.map(({ time }) => time);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
    "time goes back",
  );
});

test("an outage interrupts lines, and the same sample is taken once", () => {
  const history = new History();
  const gauge = [metric("g", "gauge", [], [[[], 1]])];
  feed(history, 1, gauge);
  assert.equal(feed(history, 1, gauge), null);
  feed(history, 2, gauge);
  feed(history, 30, gauge);
  assert.deepEqual(
    history.frames.map(({ mark }) => mark),
    [null, null, "gap", null],
  );
});

test("label values that are sent alike, and names of objects, are series of their own", () => {
  const history = new History();
  const series = [
    [["9007199254740993"], 1],
    [["9007199254740993"], 2],
    [["__proto__"], 3],
    [[null], 4],
    [[true], 5],
    [["true"], 6],
  ];
  for (const second of [1, 2]) feed(history, second, [metric("g", "gauge", ["a"], series)]);
  assert.deepEqual(
    history.metrics.get("g").series.map((_, i) => level(history, "g", i)),
    [1, 2, 3, 4, 5, 6],
  );
});

test("a change of the label names keeps every series", () => {
  const history = new History();
  feed(history, 1, [
    metric(
      "c",
      "counter",
      ["a", "b"],
      [
        [["x", null], 1],
        [[null, "x"], 10],
      ],
    ),
  ]);
  feed(history, 2, [
    metric(
      "c",
      "counter",
      ["b", "a"],
      [
        [[null, "x"], 3],
        [["x", null], 14],
      ],
    ),
  ]);
  assert.equal(history.metrics.get("c").series.length, 2);
  assert.deepEqual([level(history, "c", 0), level(history, "c", 1)], [2, 4]);
});

test("the history is 15 minutes long, and its memory is limited", () => {
  const history = new History();
  const series = Array.from({ length: 100 }, (_, i) => [[i], 0]);
  for (let second = 1; second <= 2000; second++) {
    series.forEach((row) => (row[1] += 1));
    feed(history, second, [metric("c", "counter", ["a"], series)]);
  }
  const seconds = (history.frames.at(-1).time - history.frames[0].time) / 1000;
  assert.ok(seconds >= 900 && seconds <= 930, String(seconds));

  // 10,000 histograms that all change: the history becomes shorter instead.
  const many = new History();
  const buckets = [metric("h", "histogram", ["a"], [], { boundaries: [1, 2, 3, 4, 5] })];
  for (let second = 1; second <= 400; second++) {
    const counts = new Array(6).fill(second);
    buckets[0].series = Array.from({ length: 10_000 }, (_, i) => [
      [i],
      [6 * second, 1, 1, 5, counts],
    ]);
    feed(many, second, buckets);
  }
  assert.ok(many.isShortened);
  assert.ok(many.bytes < 110 * 2 ** 20, `${many.bytes} bytes`);
  const real = many.frames.reduce((sum, frame) => sum + frame.bytes, 0);
  assert.equal(many.bytes, real);
});

test("series that come and go use the same memory again", () => {
  const history = new History();
  for (let second = 1; second <= 4000; second++) {
    feed(history, second, [metric("c", "counter", ["a"], [[[`request-${second}`], 1]])]);
  }
  assert.ok(history.bySlot.length < 1100, String(history.bySlot.length));
  assert.ok(history.metrics.get("c").series.length < 1100);
});

test("percentiles are those of Prometheus' histogram_quantile", () => {
  const histogram = { boundaries: [10, 20, 40], min: 1, max: 40 };
  // The values 1 to 40, as in the example of `HistogramSnapshot::quantile`.
  const counts = [10, 10, 20, 0];
  assert.equal(valueAt(position(counts, 0.5), histogram), 20);
  assert.equal(valueAt(position(counts, 1), histogram), 40);
  assert.equal(valueAt(position(counts, 0.75), histogram), 30);
  assert.ok(Number.isNaN(valueAt(position([0, 0, 0, 0], 0.5), histogram)));
  // Above the last boundary, the largest value is the limit.
  assert.equal(valueAt(position([0, 0, 0, 4], 0.5), { ...histogram, max: 100 }), 70);
});

test("histograms of several scales share the buckets of a grid", () => {
  // Zeros, scale, and the first index with the counts that follow, below and above zero.
  const narrow = [0, 2, [0], [8, 3, 0, 1]];
  const wide = [2, 1, [-1, 5], [7, 4]];
  const first = EMPTY.covering([narrow]);
  assert.deepEqual([first.scale, first.counts(narrow)], [2, [0, 3, 0, 1, 0]]);
  assert.deepEqual(first.boundaries, [8, 9, 10, 11].map((i) => 2 ** (i / 4)));
  assert.equal(first.covering([narrow]), first);
  const grid = first.covering([narrow, wide]);
  const above = [4, 5, 6, 7, 8].map((i) => 2 ** (i / 2));
  assert.deepEqual(grid.boundaries, [-1, -(2 ** -0.5), 0, ...above]);
  // Indices 8 and 10 are 4 and 5 at the scale below.
  assert.deepEqual(grid.counts(narrow), [0, 0, 0, 0, 3, 1, 0, 0, 0]);
  assert.deepEqual(grid.counts(wide), [0, 5, 2, 0, 0, 0, 0, 4, 0]);
  assert.deepEqual([1, 3].map((bucket) => first.placeIn(grid, bucket)), [4, 5]);
  const last = grid.covering([[0, -1, [-1, 1], [0]]]);
  assert.equal(last.scale, -1);
  // The buckets that may have counts, besides those of zeros.
  for (const bucket of [1, 4, 5, 6, 7]) {
    const place = grid.placeIn(last, bucket);
    assert.ok(last.boundaries[place - 1] <= grid.boundaries[bucket - 1], `begin of ${bucket}`);
    assert.ok(grid.boundaries[bucket] <= last.boundaries[place], `end of ${bucket}`);
  }
  assert.equal(last.boundaries[grid.placeIn(last, 2)], 0);
});

test("a grid has few buckets, whatever the range", () => {
  const far = EMPTY.covering([
    [0, 20, [0], [0, 1]],
    [1, 20, [1000 << 20, 1], [-(1000 << 20), 1]],
  ]);
  assert.ok(far.boundaries.length <= 165, String(far.boundaries.length));
  assert.equal(far.counts([1, 20, [1000 << 20, 7], [0]]).reduce((a, b) => a + b), 8);
  assert.ok(far.boundaries.every((limit, i) => i === 0 || far.boundaries[i - 1] < limit));
});

test("a wider range moves the counts that are kept, and counts nothing twice", () => {
  const history = new History();
  const values = [
    [10, 1, 1, 2, [0, 3, [0], [0, 4, 6]]],
    [13, 1, 1, 2, [0, 3, [0], [0, 6, 7]]],
    [15, 1, 1, 99, [1, 0, [0], [0, 13, 1]]],
    [19, 1, 1, 99, [1, 0, [0], [0, 13, 5]]],
  ];
  const heat = values.map((value, second) => {
    feed(history, second + 1, [
      metric("h", "histogram", [], [[[], value]], { exponential: true }),
    ]);
    const known = history.metrics.get("h");
    known.matching = known.series;
    return level(history, "h");
  });
  assert.deepEqual(heat.slice(1), [3, 2, 4]);
  const known = history.metrics.get("h");
  assert.deepEqual(known.boundaries, [0, 1, 2, 4]);
  const counts = history.frames.map((frame) => [...(known.aggregate(frame, history.bySlot) ?? [])]);
  assert.deepEqual(counts.slice(1), [
    [0, 0, 3, 0, 0],
    [1, 0, 0, 1, 0],
    [0, 0, 0, 4, 0],
  ]);
});

test("zeros are zero among the percentiles", () => {
  const grid = EMPTY.covering([[5, 3, [0], [8, 5]]]);
  const histogram = { boundaries: grid.boundaries, min: 0, max: 2.1 };
  const counts = grid.counts([5, 3, [0], [8, 5]]);
  assert.equal(valueAt(position(counts, 0.3), histogram), 0);
  assert.ok(valueAt(position(counts, 0.9), histogram) > 2);
  const only = [5, 20, [0], [0]];
  const zeros = EMPTY.covering([only]);
  const known = { boundaries: zeros.boundaries, min: 0, max: 0 };
  assert.equal(valueAt(position(zeros.counts(only), 0.9), known), 0);
});

test("a query is read and written back", () => {
  const filter = new Filter(`cart route=/a status!=500 name="a b\\"c" "two words"`);
  assert.deepEqual(filter.words, ["cart", "two words"]);
  assert.deepEqual(
    filter.conditions.map(({ name, isNot, value }) => [name, isNot, value]),
    [
      ["route", false, "/a"],
      ["status", true, "500"],
      ["name", false, 'a b"c'],
    ],
  );
  for (const value of ["/a", "a b", '"', "\\", '\\"', "", "a=b", "!=", "<img src=x>", "שלום"]) {
    const query = toggled("x", "label", value);
    assert.deepEqual(new Filter(query).conditions, [{ name: "label", isNot: false, value }], query);
    assert.equal(toggled(query, "label", value), "x");
  }
});

test("numbers and units are written for people", () => {
  const text = (unit, value, isRate = false, name = "m") =>
    format({ unit, name }, isRate)
      .text(value)
      .replace(/\u202f/g, " ");
  assert.equal(text("s", 0.0123), "12.3 ms");
  assert.equal(text("ms", 90_000), "1.50 min");
  assert.equal(text("us", 0.5), "500 ns");
  assert.equal(text("s", 0.42, true), "420 ms/s");
  assert.equal(text("By", 1536), "1.50 KiB");
  assert.equal(text("KiBy", 2048), "2 MiB");
  assert.equal(text("By", 3_000_000, true), "2.86 MiB/s");
  assert.equal(text("1", 0.42, false, "cpu.utilization"), "42 %");
  assert.equal(text("1", 0.42), "0.420");
  assert.equal(text("%", 12.34), "12.3 %");
  assert.equal(text("{request}", 12_345, true), "12.3 k/s");
  assert.equal(text("Cel", 21.5), "21.5 °C");
  assert.equal(text("", -1_500_000), "−1.50 M");
  assert.equal(text("s", NaN), "NaN s");
  assert.equal(text("", Infinity), "+∞");
  assert.equal(digits(0), "0");
  assert.equal(digits(999.7), "1\u202f000");
  assert.equal(group("1234567").replace(/\u202f/g, ","), "1,234,567");
  assert.equal(duration(59), "59 s");
  assert.equal(duration(3600 * 25), "1 d 1 h");
});

test("states are bands of an entity, which end at a restart", () => {
  const history = new History();
  const states = (a, b) => {
    const one = (peer, is) => ["up", "down"].map((link) => [[peer, link], Number(link === is)]);
    const series = [...one("a", a), ...one("b", b)];
    return [metric("s", "up_down_counter", ["peer", "link"], series, { state: "link" })];
  };
  feed(history, 1, states("up", "down"));
  feed(history, 2, states("up", "up"));
  feed(history, 3, states("down", "up"));
  feed(history, 1, states("up", "up"), "another process");
  feed(history, 2, states("up", "up"), "another process");
  const found = history.metrics.get("s");
  found.matching = found.series;
  assert.deepEqual(statesOf(found), ["up", "down"]);
  const [a, b] = entities(found);
  assert.deepEqual([a.name, b.name], ["a", "b"]);
  assert.equal(stateAt(b, history.frames[0]), "down");
  const { frames } = history;
  const times = frames.filter((frame) => !frame.mark).map((frame) => frame.time);
  const at = (time) => times.indexOf(time);
  const shape = (entity) =>
    bands(entity, frames).map(({ state, start, end }) => [state, at(start), at(end)]);
  assert.deepEqual(shape(a), [
    ["up", 0, 1],
    ["down", 1, 2],
    ["up", 3, 4],
  ]);
  assert.deepEqual(shape(b), [
    ["down", 0, 0],
    ["up", 0, 2],
    ["up", 3, 4],
  ]);
});
