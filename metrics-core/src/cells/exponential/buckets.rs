//! The buckets of an exponential histogram, as plain data.

use serde::Serialize;

use super::index::limit;
use super::limits::MAX_SCALE;
use super::spans::{Spans, after, size};
use super::window::{Contents, trimmed};
use crate::rules::exponential::ExponentialSettings;

/// The buckets of an exponential histogram: those of OpenTelemetry's
/// [`ExponentialHistogram`](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram).
///
/// The limits of the buckets are the powers of a base, `2^(2^-scale)`. A larger scale makes smaller
/// buckets. Each step of the scale halves the buckets, so a bucket of one scale is two buckets of
/// the next.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::ExponentialBuckets;
///
/// let buckets = ExponentialBuckets::default();
/// assert_eq!((buckets.zeros, buckets.positive.counts.len()), (0, 0));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ExponentialBuckets {
    /// The scale, from -11 to 20. It is 20 while all values count as zero.
    pub scale: i32,
    /// Values from `-zero_threshold` to `zero_threshold` count as zero.
    pub zero_threshold: f64,
    /// The number of values that count as zero.
    pub zeros: u64,
    /// The buckets of the positive values.
    pub positive: ExponentialRange,
    /// The buckets of the negative values, by their absolute values.
    pub negative: ExponentialRange,
    /// The largest number of buckets.
    #[serde(skip)]
    max_size: u16,
}

/// Consecutive buckets of an exponential histogram.
///
/// The bucket `i` of `counts` holds the values in `(base^(offset + i), base^(offset + i + 1)]`. The
/// first and the last bucket are not empty.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct ExponentialRange {
    /// The index of the first bucket.
    pub offset: i32,
    /// The number of values in each bucket.
    pub counts: Vec<u64>,
}

impl Default for ExponentialBuckets {
    /// Without values, with the default settings.
    fn default() -> Self {
        Self::new(ExponentialSettings::DEFAULT)
    }
}

impl ExponentialBuckets {
    pub(crate) fn new(settings: ExponentialSettings) -> Self {
        let ExponentialSettings { max_size, zero_threshold } = settings;
        let [positive, negative] = [const { ExponentialRange::EMPTY }; 2];
        Self { scale: MAX_SCALE, zero_threshold, zeros: 0, positive, negative, max_size }
    }

    /// Makes this an empty histogram, in the same memory.
    pub(crate) fn clear(&mut self, settings: ExponentialSettings) {
        let Self { mut positive, mut negative, .. } = std::mem::take(self);
        positive.counts.clear();
        negative.counts.clear();
        *self = Self { positive, negative, ..Self::new(settings) };
    }

    /// Adds `count` times `value`.
    pub(crate) fn record(&mut self, value: f64, count: u64) {
        if value.abs() <= self.zero_threshold {
            self.zeros = self.zeros.wrapping_add(count);
            return;
        }
        let spans = Spans::of(value);
        let (positive, negative) = (spans.positive, spans.negative);
        let counts = &[count][..];
        let one = |span: Option<(i32, i32)>| span.map_or((0, &[][..]), |(i, _)| (i, counts));
        self.add(&Contents {
            scale: spans.scale,
            zeros: 0,
            positive: one(positive),
            negative: one(negative),
        });
    }

    /// Adds the values of another histogram.
    #[doc(hidden)]
    pub fn merge(&mut self, other: &Self) {
        self.add(&other.contents());
    }

    /// Adds the contents of a run.
    pub(crate) fn add(&mut self, contents: &Contents<'_>) {
        self.zeros = self.zeros.wrapping_add(contents.zeros);
        if contents.spans().are_empty() {
            return;
        }
        let spans = self.contents().spans().fitted(contents.spans(), usize::from(self.max_size));
        self.lower_to(spans.scale);
        let by = contents.scale - spans.scale;
        self.positive.add(spans.positive, contents.positive, by);
        self.negative.add(spans.negative, contents.negative, by);
    }

    /// The values that are not in `earlier`, a state of the same histogram. A bucket that has
    /// fewer values counts as empty.
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let mut since = self.clone();
        since.lower_to(since.scale.min(earlier.scale));
        let by = earlier.scale - since.scale;
        since.zeros = since.zeros.saturating_sub(earlier.zeros);
        since.positive.subtract(&earlier.positive, by);
        since.negative.subtract(&earlier.negative, by);
        if since.contents().spans().are_empty() {
            since.scale = MAX_SCALE;
        }
        since
    }

    pub(super) fn lower_to(&mut self, scale: i32) {
        let by = self.scale - scale;
        self.scale = scale;
        if by > 0 {
            self.positive.lower(by);
            self.negative.lower(by);
        }
    }

    fn contents(&self) -> Contents<'_> {
        Contents {
            scale: self.scale,
            zeros: self.zeros,
            positive: (self.positive.offset, &self.positive.counts),
            negative: (self.negative.offset, &self.negative.counts),
        }
    }

    /// The buckets with values, in the order of their values: the values above the first limit, up
    /// to the second, and their number. The limits are those between which no float is.
    #[doc(hidden)]
    pub fn filled(&self) -> impl Iterator<Item = (f64, f64, u64)> {
        let limits = move |index| {
            let upper = limit(index + 1, self.scale).min(f64::MAX);
            (limit(index, self.scale), upper)
        };
        // The value at the lower limit belongs to a negative bucket, and the one at the upper limit
        // does not.
        let threshold = self.zero_threshold;
        let below_zeros = (-threshold).next_down();
        let negative = self.negative.filled().rev().map(move |(index, count)| {
            let (low, high) = limits(index);
            ((-high).next_down(), (-low).next_down().min(below_zeros), count)
        });
        let zeros = (self.zeros > 0).then_some((below_zeros, threshold, self.zeros));
        let positive = self.positive.filled().map(move |(index, count)| {
            let (low, high) = limits(index);
            (low.max(threshold), high, count)
        });
        negative.chain(zeros).chain(positive)
    }
}

impl ExponentialRange {
    const EMPTY: Self = Self { offset: 0, counts: Vec::new() };

    /// The indices and the counts of the buckets with values.
    fn filled(&self) -> impl DoubleEndedIterator<Item = (i32, u64)> {
        let indices = self.offset..after(self.offset, self.counts.len());
        indices.zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0)
    }

    /// Halves the indices `by` times.
    fn lower(&mut self, by: i32) {
        let first = self.offset >> by;
        for i in 0..self.counts.len() {
            let index = after(self.offset, i) >> by;
            let count = std::mem::take(&mut self.counts[i]);
            // Not later than `i`.
            let place = &mut self.counts[(index - first).cast_unsigned() as usize];
            *place = place.wrapping_add(count);
        }
        self.offset = first;
        self.trim();
    }

    /// Adds counts whose indices are to be halved `by` times. `span` is the range of all.
    fn add(&mut self, span: Option<(i32, i32)>, (first, counts): (i32, &[u64]), by: i32) {
        let Some((begin, _)) = span else { return };
        if self.counts.is_empty() {
            self.offset = begin;
        }
        let missing = (self.offset - begin).cast_unsigned() as usize;
        self.counts.splice(..0, std::iter::repeat_n(0, missing));
        self.offset = begin;
        self.counts.resize(size(span), 0);
        for (index, count) in (first..).zip(counts) {
            let place = ((index >> by) - begin).cast_unsigned() as usize;
            self.counts[place] = self.counts[place].wrapping_add(*count);
        }
    }

    /// Subtracts counts whose indices are to be halved `by` times.
    fn subtract(&mut self, earlier: &Self, by: i32) {
        for (index, count) in earlier.filled() {
            let place = usize::try_from((index >> by) - self.offset);
            if let Some(now) = place.ok().and_then(|place| self.counts.get_mut(place)) {
                *now = now.saturating_sub(count);
            }
        }
        self.trim();
    }

    /// Removes empty buckets at the ends.
    fn trim(&mut self) {
        let (offset, counts) = trimmed(self.offset, &self.counts);
        let kept = counts.len();
        let skipped = (offset - self.offset).cast_unsigned() as usize;
        if kept == 0 {
            self.counts.clear();
        } else {
            self.counts.truncate(skipped + kept);
            self.counts.drain(..skipped);
        }
        self.offset = offset;
    }
}
