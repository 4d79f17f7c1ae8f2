// Percentiles of bucket counts.
//
// A position counts buckets: 2.5 is the middle of the third bucket. The values inside a bucket are
// assumed to be evenly distributed, as in Prometheus' histogram_quantile.

// The position below which the share `q` of all values lies; null if there are none.
export function position(counts, q) {
  let all = 0;
  for (let i = 0; i < counts.length; i++) all += counts[i];
  if (!(all > 0)) return null;
  const rank = q * all;
  let below = 0;
  let last = 0;
  for (let i = 0; i < counts.length; i++) {
    if (!(counts[i] > 0)) continue;
    if (below + counts[i] >= rank) return i + Math.max(0, (rank - below) / counts[i]);
    below += counts[i];
    last = i;
  }
  return last + 1;
}

// The value at a position. The outermost buckets end at the known extremes of the metric.
export function valueAt(at, { boundaries, min, max }) {
  if (at === null) return NaN;
  const bucket = Math.min(Math.floor(at), boundaries.length);
  const low =
    bucket === 0
      ? Math.min(min, boundaries[0] ?? min)
      : Math.max(boundaries[bucket - 1], Math.min(min, boundaries[bucket] ?? min));
  const high =
    bucket === boundaries.length
      ? Math.max(max, boundaries.at(-1) ?? max)
      : Math.max(low, Math.min(boundaries[bucket], max));
  return low + (high - low) * (at - bucket);
}
