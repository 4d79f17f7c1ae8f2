//! The operations whose result depends on the value that a gauge had before.

use crate::number::Number;

/// An operation on a gauge. An amount is never negative: it is a `u64` for a gauge of integers, and
/// the bits of an `f64` for a gauge of floats. A limit is bits of the gauge's value type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub enum Adjustment {
    Add(u64),
    Subtract(u64),
    /// Raises the value to the limit.
    AtLeast(u64),
    /// Lowers the value to the limit.
    AtMost(u64),
}

/// The result of an [`Adjustment`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Adjusted {
    /// The value afterwards.
    pub(crate) bits: u64,
    /// Whether the type holds the result. Otherwise the value is at the limit of the type.
    pub(crate) is_whole: bool,
}

impl Adjustment {
    /// Applies the operation. A gauge without a value counts as zero for an amount, and gets the
    /// limit as its value.
    pub(crate) fn apply<N: Number>(self, before: Option<u64>) -> Adjusted {
        let value = before.map(N::from_bits);
        let sum = value.unwrap_or(N::ZERO);
        let limited = |limit: u64, keeps: fn(&N, &N) -> bool| {
            let limit = N::from_bits(limit);
            Some(value.filter(|value| keeps(value, &limit)).unwrap_or(limit))
        };
        let (exact, limit) = match self {
            Self::Add(amount) => (sum.raised(amount), N::MAX),
            Self::Subtract(amount) => (sum.lowered(amount), N::MIN),
            Self::AtLeast(limit) => (limited(limit, N::gt), N::MAX),
            Self::AtMost(limit) => (limited(limit, N::lt), N::MIN),
        };
        Adjusted { bits: exact.unwrap_or(limit).to_bits(), is_whole: exact.is_some() }
    }

    /// Adds what would be subtracted, and the other way round. Limits stay.
    #[must_use]
    pub(crate) fn reversed(self) -> Self {
        match self {
            Self::Add(amount) => Self::Subtract(amount),
            Self::Subtract(amount) => Self::Add(amount),
            limit => limit,
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::Adjustment::{Add, AtLeast, AtMost, Subtract};
    use super::*;

    fn applied<N: Number>(adjustment: Adjustment, before: Option<N>) -> (N, bool) {
        let adjusted = adjustment.apply::<N>(before.map(N::to_bits));
        (N::from_bits(adjusted.bits), adjusted.is_whole)
    }

    #[test]
    fn integers_stop_at_the_limits_of_their_type() {
        assert_eq!(applied(Add(3), Some(4_u64)), (7, true));
        assert_eq!(applied(Add(3), Some(u64::MAX - 2)), (u64::MAX, false));
        assert_eq!(applied(Subtract(4), Some(4_u64)), (0, true));
        assert_eq!(applied(Subtract(5), Some(4_u64)), (0, false));
        assert_eq!(applied(Subtract(5), None::<u64>), (0, false));
        assert_eq!(applied(Add(u64::MAX), Some(i64::MIN)), (i64::MAX, true));
        assert_eq!(applied(Add(u64::MAX), Some(0_i64)), (i64::MAX, false));
        assert_eq!(applied(Subtract(u64::MAX), Some(i64::MAX)), (i64::MIN, true));
        assert_eq!(applied(Subtract(1), Some(i64::MIN)), (i64::MIN, false));
        assert_eq!(applied(Subtract(5), None::<i64>), (-5, true));
    }

    #[test]
    fn floats_stop_at_the_limits_of_their_type() {
        let [half, most] = [0.5_f64, f64::MAX].map(f64::to_bits);
        assert_eq!(applied(Add(half), Some(0.25)), (0.75, true));
        assert_eq!(applied(Subtract(half), None::<f64>), (-0.5, true));
        assert_eq!(applied(Add(most), Some(f64::MAX)), (f64::MAX, false));
        assert_eq!(applied(Subtract(most), Some(f64::MIN)), (f64::MIN, false));
    }

    #[test]
    fn a_limit_is_the_value_of_a_gauge_without_one() {
        let low = (-3_i64).to_bits();
        for (adjustment, before, after) in [
            (AtLeast(low), None, -3_i64),
            (AtLeast(low), Some(-4), -3),
            (AtLeast(low), Some(2), 2),
            (AtMost(low), None, -3),
            (AtMost(low), Some(-4), -4),
            (AtMost(low), Some(2), -3),
        ] {
            assert_eq!(applied(adjustment, before), (after, true), "{adjustment:?} of {before:?}");
        }
    }
}
