//! Native histograms, which are Prometheus' form of exponential ones.
//!
//! The buckets of a [schema] are those of OpenTelemetry's scale with the same number. Prometheus
//! names a bucket by its upper limit, OpenTelemetry by its lower one, so the indices differ by one.
//!
//! [schema]: https://prometheus.io/docs/specs/native_histograms/#schema

use std::iter;

use typed_metrics_core::{ExponentialBuckets, ExponentialRange};

use super::varint;

/// The schemas of Prometheus.
const LEAST_SCHEMA: i32 = -4;
const MOST_SCHEMA: i32 = 8;

/// A native histogram, in the memory of the rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Native<'a> {
    pub(super) schema: i32,
    pub(super) zero_threshold: f64,
    pub(super) zeros: u64,
    pub(super) negative: Buckets<'a>,
    pub(super) positive: Buckets<'a>,
}

/// Buckets that follow each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Buckets<'a> {
    /// The index of the first bucket.
    first: i32,
    length: u64,
    /// The counts, and then other numbers.
    counts: &'a [u8],
}

/// Buckets that follow each other, by their place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    /// The number of buckets since the span before; in the first span, the index.
    pub(super) offset: i32,
    pub(super) length: u64,
}

/// Whether Prometheus has buckets that are wide enough.
pub(super) fn has_schema(histogram: &ExponentialBuckets) -> bool {
    scale(histogram) >= LEAST_SCHEMA
}

/// The scale of the buckets. A histogram without any fits every scale, and so has the finest.
fn scale(histogram: &ExponentialBuckets) -> i32 {
    let ranges = [&histogram.negative, &histogram.positive];
    let is_empty = ranges.iter().all(|range| range.counts.is_empty());
    if is_empty { MOST_SCHEMA } else { histogram.scale }
}

/// Appends a histogram, as numbers of variable length. Beyond the finest schema, neighbouring
/// buckets are joined.
pub(super) fn write(histogram: &ExponentialBuckets, out: &mut Vec<u8>) {
    let ExponentialBuckets { zero_threshold, zeros, positive, negative, .. } = histogram;
    let scale = scale(histogram);
    let schema = scale.min(MOST_SCHEMA);
    push_index(schema, out);
    varint::push(zero_threshold.to_bits(), out);
    varint::push(*zeros, out);
    for range in [negative, positive] {
        let (first, counts) = joined(range, scale - schema);
        push_index(first + 1, out);
        varint::push(counts.len() as u64, out);
        counts.for_each(|count| varint::push(count, out));
    }
}

impl<'a> Native<'a> {
    /// The histogram that [`write`] has written.
    pub(super) fn read(bytes: &'a [u8]) -> Self {
        let mut rest = bytes;
        Self {
            schema: take_index(&mut rest),
            zero_threshold: f64::from_bits(take(&mut rest)),
            zeros: take(&mut rest),
            negative: Buckets::take(&mut rest),
            positive: Buckets::take(&mut rest),
        }
    }
}

impl From<Native<'_>> for ExponentialBuckets {
    fn from(native: Native<'_>) -> Self {
        let mut buckets = Self::default();
        (buckets.scale, buckets.zeros) = (native.schema, native.zeros);
        buckets.zero_threshold = native.zero_threshold;
        buckets.negative = native.negative.range();
        buckets.positive = native.positive.range();
        buckets
    }
}

fn take(bytes: &mut &[u8]) -> u64 {
    varint::take(bytes).unwrap_or(0)
}

fn take_index(bytes: &mut &[u8]) -> i32 {
    i32::try_from(varint::signed(take(bytes))).unwrap_or(0)
}

fn push_index(index: i32, out: &mut Vec<u8>) {
    varint::push(varint::zigzag(index.into()), out);
}

impl<'a> Buckets<'a> {
    fn take(bytes: &mut &'a [u8]) -> Self {
        let (first, length) = (take_index(bytes), take(bytes));
        let counts = *bytes;
        (0..length).for_each(|_| _ = take(bytes));
        Self { first, length, counts }
    }

    fn range(&self) -> ExponentialRange {
        let mut range = ExponentialRange::default();
        (range.offset, range.counts) = (self.first - 1, self.all().collect());
        range
    }

    /// The spans that contain all counts. Up to `most_empty` empty buckets do not end a span.
    pub(super) fn spans(&self, most_empty: i32) -> impl Iterator<Item = Span> {
        let mut indices = self.used().map(|(index, _)| index).peekable();
        let mut before = 0;
        iter::from_fn(move || {
            let first = indices.next()?;
            let mut end = first + 1;
            while let Some(next) = indices.next_if(|next| next - end <= most_empty) {
                end = next + 1;
            }
            let span =
                Span { offset: first - before, length: u64::from((end - first).unsigned_abs()) };
            before = end;
            Some(span)
        })
    }

    /// The counts inside of the [`spans`](Self::spans).
    pub(super) fn counts(&self, most_empty: i32) -> impl Iterator<Item = u64> {
        let mut end = None;
        self.used().flat_map(move |(index, count)| {
            let empty = end.map_or(0, |end| index - end);
            end = Some(index + 1);
            let zeros = usize::try_from(empty).ok().filter(|_| empty <= most_empty);
            iter::repeat_n(0, zeros.unwrap_or(0)).chain([count])
        })
    }

    /// The indices and the counts of the buckets that are not empty.
    fn used(&self) -> impl Iterator<Item = (i32, u64)> {
        (self.first..).zip(self.all()).filter(|(_, count)| *count > 0)
    }

    fn all(&self) -> impl Iterator<Item = u64> {
        varint::numbers(self.counts).take(usize::try_from(self.length).unwrap_or(0))
    }
}

/// The buckets of a range at a scale that is lower by `less`: the first index, and the counts.
fn joined(range: &ExponentialRange, less: i32) -> (i32, impl ExactSizeIterator<Item = u64>) {
    let (begin, counts) = (i64::from(range.offset), &range.counts);
    let end = begin + i64::try_from(counts.len()).unwrap_or(0);
    let (first, last) = (begin >> less, (end - 1) >> less);
    let length = if counts.is_empty() { 0 } else { usize::try_from(last - first + 1).unwrap_or(0) };
    let at = move |index: i64| usize::try_from(index.clamp(begin, end) - begin).unwrap_or(0);
    let joined = (0..length).map(move |number| {
        let index = first + i64::try_from(number).unwrap_or(0);
        let inside = &counts[at(index << less)..at((index + 1) << less)];
        inside.iter().fold(0, |sum: u64, count| sum.wrapping_add(*count))
    });
    (i32::try_from(first).unwrap_or(0), joined)
}
