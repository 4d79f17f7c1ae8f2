// The buckets of exponential histograms, on limits that all series of a metric share.
//
// Each series has a scale of its own, which falls when its range grows. A grid has a scale that is
// low enough for all series. Bucket `i` of a scale has the values above 2^(i / 2^scale) up to
// 2^((i + 1) / 2^scale), so a bucket lies inside one bucket of every lower scale.

// The most buckets of a grid, besides the one around zero.
const MAX_BUCKETS = 160;

export class Grid {
  // `negative` and `positive` are the first and the last index, or null.
  constructor(scale, negative, positive, hasZeros) {
    Object.assign(this, { scale, negative, positive, hasZeros });
    const limits = ([first, last]) =>
      Array.from({ length: last - first + 2 }, (_, i) => limit(scale, first + i));
    const below = negative ? limits(negative).map((value) => -value) : [];
    this.zero = below.length;
    this.boundaries = [
      ...below.reverse(),
      ...(hasZeros ? [0] : []),
      ...(positive ? limits(positive) : []),
    ];
  }

  // A grid that also has room for these histograms; this one if it has.
  covering(histograms) {
    let { scale, negative, positive, hasZeros } = this;
    for (const [zeros, own, below, above] of histograms) {
      const shared = Math.min(scale, own);
      negative = union(shift(negative, scale - shared), shift(indices(below), own - shared));
      positive = union(shift(positive, scale - shared), shift(indices(above), own - shared));
      scale = shared;
      hasZeros ||= zeros !== 0;
    }
    let less = 0;
    while (width(shift(negative, less)) + width(shift(positive, less)) > MAX_BUCKETS) less += 1;
    const grid = [scale - less, shift(negative, less), shift(positive, less), hasZeros];
    const isSame = [this.scale, this.negative, this.positive, this.hasZeros].every(
      (part, i) => String(part) === String(grid[i]),
    );
    return isSame ? this : new Grid(...grid);
  }

  // The counts of a histogram, by the buckets of the grid.
  counts([zeros, scale, below, above]) {
    const counts = new Array(this.boundaries.length + 1).fill(0);
    const add = (bucket, count) => (counts[bucket] = plus(counts[bucket], count));
    if (zeros !== 0) add(this.bucket(0, 0), zeros);
    const less = scale - this.scale;
    for (const [side, [first, ...list]] of [
      [-1, below],
      [1, above],
    ]) {
      list.forEach((count, i) => count !== 0 && add(this.bucket(side, (first + i) >> less), count));
    }
    return counts;
  }

  // The place of an index below zero (-1), of zero (0), or of an index above zero (1).
  bucket(side, index) {
    if (side < 0) return this.zero - 1 - (index - this.negative[0]);
    if (side === 0) return this.zero;
    return this.zero + Number(this.hasZeros) + 1 + index - this.positive[0];
  }

  // The place of a bucket of this grid in one that covers it.
  placeIn(grid, bucket) {
    const less = this.scale - grid.scale;
    const above = bucket - this.zero - Number(this.hasZeros) - 1;
    if (bucket < this.zero) {
      return grid.bucket(-1, (this.negative[0] + this.zero - 1 - bucket) >> less);
    }
    return above < 0 ? grid.bucket(0, 0) : grid.bucket(1, (this.positive[0] + above) >> less);
  }
}

// No histogram has a higher scale.
export const EMPTY = new Grid(20, null, null, false);

function limit(scale, index) {
  return Math.min(2 ** (index / 2 ** scale), Number.MAX_VALUE);
}

// The first and the last index with a count.
function indices([first, ...counts]) {
  const begin = counts.findIndex((count) => count !== 0);
  const end = counts.findLastIndex((count) => count !== 0);
  return begin < 0 ? null : [first + begin, first + end];
}

function shift(range, less) {
  return range && range.map((index) => index >> less);
}

function union(a, b) {
  return a && b ? [Math.min(a[0], b[0]), Math.max(a[1], b[1])] : (a ?? b);
}

function width(range) {
  return range ? range[1] - range[0] + 1 : 0;
}

// Integers that are too large for a number are sent as texts.
export function plus(a, b) {
  if (a === 0) return b;
  return typeof a === "number" && typeof b === "number" ? a + b : Number(a) + Number(b);
}
