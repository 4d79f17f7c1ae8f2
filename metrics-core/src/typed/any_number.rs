//! A number of any type, and the value types that take it.

use std::fmt;
use std::time::Duration;

use crate::cells::adjustment::Adjustment;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::rules::unit::{TimeUnit, nanos_in, units, whole_units};

/// A number of any type.
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(hidden)]
pub enum Any {
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    /// A number only in a unit of time: see [`Any::in_unit`].
    Time(Duration),
}

impl Any {
    /// A number: a duration is converted to `unit`, and is no number if that is not a unit of time.
    /// If the metric holds whole numbers, a duration is rounded to the nearest one.
    pub(crate) fn in_unit(self, unit: &str, is_whole: bool) -> Result<Self, DropReason> {
        let Self::Time(duration) = self else { return Ok(self) };
        let nanos = nanos_in(unit).ok_or(DropReason::WrongType)?;
        Ok(if is_whole {
            Self::Unsigned(whole_units(duration, nanos))
        } else {
            Self::Float(units(duration, nanos))
        })
    }

    /// Converts the number to an increment of a counter of `T`.
    pub(crate) fn to_increment<T: FromAny>(self) -> Result<T, DropReason> {
        match self {
            Self::Signed(value) if value < 0 => Err(DropReason::Negative),
            Self::Float(value) if value < 0.0 => Err(DropReason::Negative),
            value => T::from_any(value),
        }
    }

    pub(crate) fn to_f64(self) -> f64 {
        match self {
            Self::Unsigned(value) => value as f64,
            Self::Signed(value) => value as f64,
            Self::Float(value) => value,
            // NaN is dropped by every metric.
            Self::Time(_) => f64::NAN,
        }
    }
}

impl fmt::Display for Any {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned(value) => value.fmt(f),
            Self::Signed(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Time(duration) => fmt::Debug::fmt(duration, f),
        }
    }
}

/// A value type that takes any number that it can hold, and any duration.
#[doc(hidden)]
pub trait FromAny: Number {
    fn from_any(any: Any) -> Result<Self, DropReason>;

    /// The nearest number of units in `duration`.
    fn from_duration<U: TimeUnit>(duration: Duration) -> Self;

    /// The number of whole units in `duration`: of a time since the Unix epoch, they are never in
    /// the future.
    fn passed<U: TimeUnit>(duration: Duration) -> Self;

    fn to_f64(self) -> f64;

    /// The operation that adds `any` to a gauge of this type.
    fn addition_of(any: Any) -> Result<Adjustment, DropReason>;
}

/// The operation that adds `any` to a gauge of integers.
fn addition_of_integer(any: Any) -> Result<Adjustment, DropReason> {
    Ok(match any {
        Any::Signed(value) if value < 0 => Adjustment::Subtract(value.unsigned_abs()),
        Any::Float(value) if value < 0.0 => {
            Adjustment::Subtract(u64::from_any(Any::Float(-value))?)
        }
        value => Adjustment::Add(u64::from_any(value)?),
    })
}

/// The number of whole units of `nanos` nanoseconds in `duration`.
fn passed(duration: Duration, nanos: u64) -> u64 {
    u64::try_from(duration.as_nanos() / u128::from(nanos)).unwrap_or(u64::MAX)
}

impl FromAny for u64 {
    #[inline]
    fn from_any(any: Any) -> Result<Self, DropReason> {
        match any {
            Any::Unsigned(value) => Ok(value),
            Any::Signed(value) => Self::try_from(value).map_err(|_| DropReason::Negative),
            Any::Float(value) if !value.is_finite() => Err(DropReason::NotFinite),
            Any::Float(value) if value < 0.0 => Err(DropReason::Negative),
            // Whole and below 2^64, so the conversion is exact.
            Any::Float(value) if value.fract() == 0.0 && value < 18_446_744_073_709_551_616.0 =>
            {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                Ok(value as Self)
            }
            Any::Float(_) | Any::Time(_) => Err(DropReason::WrongType),
        }
    }

    #[inline]
    fn from_duration<U: TimeUnit>(duration: Duration) -> Self {
        whole_units(duration, U::NANOS)
    }

    fn passed<U: TimeUnit>(duration: Duration) -> Self {
        passed(duration, U::NANOS)
    }

    fn to_f64(self) -> f64 {
        self as f64
    }

    #[inline]
    fn addition_of(any: Any) -> Result<Adjustment, DropReason> {
        addition_of_integer(any)
    }
}

impl FromAny for i64 {
    #[inline]
    fn from_any(any: Any) -> Result<Self, DropReason> {
        match any {
            Any::Unsigned(value) => Self::try_from(value).map_err(|_| DropReason::WrongType),
            Any::Signed(value) => Ok(value),
            Any::Float(value) if !value.is_finite() => Err(DropReason::NotFinite),
            // Whole and within ±2^63, so the conversion is exact.
            Any::Float(value)
                if value.fract() == 0.0
                    && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0)
                        .contains(&value) =>
            {
                #[expect(clippy::cast_possible_truncation)]
                Ok(value as Self)
            }
            Any::Float(_) | Any::Time(_) => Err(DropReason::WrongType),
        }
    }

    #[inline]
    fn from_duration<U: TimeUnit>(duration: Duration) -> Self {
        Self::try_from(whole_units(duration, U::NANOS)).unwrap_or(Self::MAX)
    }

    fn passed<U: TimeUnit>(duration: Duration) -> Self {
        Self::try_from(passed(duration, U::NANOS)).unwrap_or(Self::MAX)
    }

    fn to_f64(self) -> f64 {
        self as f64
    }

    #[inline]
    fn addition_of(any: Any) -> Result<Adjustment, DropReason> {
        addition_of_integer(any)
    }
}

impl FromAny for f64 {
    #[inline]
    fn from_any(any: Any) -> Result<Self, DropReason> {
        let value = any.to_f64();
        if value.is_finite() { Ok(value) } else { Err(DropReason::NotFinite) }
    }

    #[inline]
    fn from_duration<U: TimeUnit>(duration: Duration) -> Self {
        U::from_duration(duration)
    }

    fn passed<U: TimeUnit>(duration: Duration) -> Self {
        U::from_duration(duration)
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }

    #[inline]
    fn addition_of(any: Any) -> Result<Adjustment, DropReason> {
        let amount = Self::from_any(any)?;
        let size = amount.abs().to_bits();
        Ok(if amount < 0.0 { Adjustment::Subtract(size) } else { Adjustment::Add(size) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_the_type_cannot_hold_is_refused_with_the_reason() {
        assert_eq!(Any::Signed(-1).to_increment::<u64>(), Err(DropReason::Negative));
        assert_eq!(Any::Float(-0.5).to_increment::<f64>(), Err(DropReason::Negative));
        assert_eq!(Any::Float(0.5).to_increment::<u64>(), Err(DropReason::WrongType));
        assert_eq!(Any::Float(3.0).to_increment::<u64>(), Ok(3));
        assert_eq!(Any::Float(f64::NAN).to_increment::<u64>(), Err(DropReason::NotFinite));
        assert_eq!(i64::from_any(Any::Unsigned(u64::MAX)), Err(DropReason::WrongType));
        assert_eq!(i64::from_any(Any::Float(9.3e18)), Err(DropReason::WrongType));
        assert_eq!(u64::from_any(Any::Float(1.9e19)), Err(DropReason::WrongType));
        assert_eq!(f64::from_any(Any::Float(f64::INFINITY)), Err(DropReason::NotFinite));
    }
}
