//! The ranges of indices that an exponential histogram needs, and the scale at which they fit.

use super::index::index;
use super::limits::MAX_SCALE;

/// The first and the last index of some buckets.
type Span = (i32, i32);

/// The ranges of the buckets with values, for positive and for negative values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Spans {
    pub(super) scale: i32,
    pub(super) positive: Option<Span>,
    pub(super) negative: Option<Span>,
}

impl Spans {
    pub(super) const NONE: Self = Self { scale: MAX_SCALE, positive: None, negative: None };

    /// Whether there are no buckets, at any scale.
    pub(super) fn are_empty(self) -> bool {
        self.positive.is_none() && self.negative.is_none()
    }

    /// The bucket of one value, which is not zero.
    pub(super) fn of(value: f64) -> Self {
        let bucket = index(value.abs(), MAX_SCALE);
        let span = Some((bucket, bucket));
        if value < 0.0 {
            Self { negative: span, ..Self::NONE }
        } else {
            Self { positive: span, ..Self::NONE }
        }
    }

    /// The same ranges at a scale that is not larger.
    fn at(self, scale: i32) -> Self {
        let by = self.scale - scale;
        let lower = |span: Option<Span>| span.map(|(first, last)| (first >> by, last >> by));
        Self { scale, positive: lower(self.positive), negative: lower(self.negative) }
    }

    /// The ranges of both, at the largest scale at which they have at most `max_size` buckets.
    ///
    /// `max_size` is at least 4. At the scale -11, every float is in one of 4 buckets.
    pub(super) fn fitted(self, other: Self, max_size: usize) -> Self {
        let scale = self.scale.min(other.scale);
        let (a, b) = (self.at(scale), other.at(scale));
        let joined = |a: Option<Span>, b: Option<Span>| match (a, b) {
            (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
            (a, b) => a.or(b),
        };
        let mut all = Self {
            scale,
            positive: joined(a.positive, b.positive),
            negative: joined(a.negative, b.negative),
        };
        while size(all.positive) + size(all.negative) > max_size {
            all = all.at(all.scale - 1);
        }
        all
    }
}

/// The index `count` after `first`.
pub(super) fn after(first: i32, count: usize) -> i32 {
    first.saturating_add(i32::try_from(count).unwrap_or(i32::MAX))
}

/// The number of buckets.
pub(super) fn size(span: Option<Span>) -> usize {
    // Not negative, and below 2^32.
    span.map_or(0, |(first, last)| last.wrapping_sub(first).cast_unsigned() as usize + 1)
}
