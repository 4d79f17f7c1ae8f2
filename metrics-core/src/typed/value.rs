//! The values that each kind of metric takes.
//!
//! Each kind has a trait of its own, so that the error for a wrong value names the kind.

use std::time::Duration;

pub use super::any_number::Any;
use super::any_number::FromAny;
use crate::cells::adjustment::Adjustment;
use crate::metric::dropped::DropReason;
use crate::number::Number;
use crate::rules::unit::{NotTime, TimeUnit};

/// A value by which a counter of `T` with unit `U` can be incremented: every unsigned integer of up
/// to 64 bits, and also floats on a counter with `value = f64`. A counter with a unit of time also
/// takes a [`Duration`], rounded to the nearest number of `T`.
///
/// `i32` is the type of a plain integer such as `1`, so a counter takes it too. A negative `i32` is
/// dropped, and counted as dropped.
#[diagnostic::on_unimplemented(
    message = "a counter of `{T}` is not incremented by `{Self}`",
    label = "not an increment of this counter",
    note = "counters take unsigned integers: for a signed one write `u64::try_from(n)`; with `#[counter(value = f64)]` also floats, and with a unit of time also `Duration`"
)]
pub trait CounterValue<T: Number, U = NotTime> {
    /// The increment, or the reason why it is none.
    #[doc(hidden)]
    fn increment(self) -> Result<T, DropReason>;
}

/// A value by which an up-down counter of `T` with unit `U` can be changed: every integer that fits
/// into `i64`, and also floats with `value = f64`. An up-down counter with a unit of time also
/// takes a [`Duration`], rounded to the nearest number of `T`.
#[diagnostic::on_unimplemented(
    message = "an up-down counter of `{T}` is not changed by `{Self}`",
    label = "not a change of this up-down counter",
    note = "up-down counters take integers that fit into `i64`: for `u64` and `usize` write `i64::try_from(n)`; with `#[up_down_counter(value = f64)]` also floats, and with a unit of time also `Duration`"
)]
pub trait UpDownValue<T: Number, U = NotTime> {
    /// The change.
    #[doc(hidden)]
    fn change(self) -> T;
}

/// A value to which a gauge of `T` with unit `U` can be set: every primitive number of up to 64
/// bits, but floats only on a gauge of `f64`. A gauge with a unit of time also takes a
/// [`Duration`], rounded to the nearest number of `T`.
#[diagnostic::on_unimplemented(
    message = "a gauge of `{T}` does not take `{Self}`",
    label = "not a value of this gauge",
    note = "gauges take every primitive number of up to 64 bits, and those with a unit of time also `Duration`; floats need `value = f64`, which is the default"
)]
pub trait GaugeValue<T: Number, U = NotTime> {
    /// The value, or the reason why the gauge cannot hold it.
    #[doc(hidden)]
    fn gauge_value(self) -> Result<T, DropReason>;

    /// The operation that adds the value, or the reason why it cannot be added.
    #[doc(hidden)]
    fn addition(self) -> Result<Adjustment, DropReason>;
}

/// A value that a histogram of `T` with unit `U` records: every primitive number of up to 64 bits,
/// but floats only in a histogram of `f64`. A histogram with a unit of time also records a
/// [`Duration`], rounded to the nearest number of `T`.
#[diagnostic::on_unimplemented(
    message = "a histogram of `{T}` does not record `{Self}`",
    label = "not a value of this histogram",
    note = "histograms record every primitive number of up to 64 bits, and those with a unit of time also `Duration`: for `as_millis()` give the `Duration` itself; floats need `value = f64`, which is the default"
)]
pub trait HistogramValue<U, T = f64> {
    /// The value in unit `U`.
    #[doc(hidden)]
    fn histogram_value(self) -> f64;
}

/// Any number, or a [`Duration`]. `record` on a value of a metrics enum takes it if the variants
/// differ in kind, and checks it when it is recorded.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number that these metrics record",
    label = "not a number",
    note = "the variants differ in kind, so `record` takes any primitive number of up to 64 bits, or a `Duration`; use the variant's constructor for more"
)]
pub trait AnyValue {
    /// The number.
    #[doc(hidden)]
    fn any(self) -> Any;
}

/// A bucket boundary: a primitive number of up to 64 bits, or a reference to one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a boundary of buckets",
    label = "not a number",
    note = "boundaries are primitive numbers of up to 64 bits, as in `[5, 10, 25]`"
)]
pub trait Boundary {
    /// The boundary.
    #[doc(hidden)]
    fn boundary(self) -> f64;
}

macro_rules! counter_takes {
    ($($cell:ty: $($number:ty),+;)*) => {$($(
        #[allow(clippy::cast_lossless, reason = "one body for all types; some do not convert `From`")]
        impl<U> CounterValue<$cell, U> for $number {
            #[inline(always)]
            fn increment(self) -> Result<$cell, DropReason> {
                Ok(self as $cell)
            }
        }
    )+)*};
}

counter_takes! {
    u64: u8, u16, u32, u64, usize;
    f64: u8, u16, u32, u64, usize, i32, f32, f64;
}

impl<U> CounterValue<u64, U> for i32 {
    #[inline(always)]
    fn increment(self) -> Result<u64, DropReason> {
        u64::try_from(self).map_err(|_| DropReason::Negative)
    }
}

macro_rules! up_down_counter_takes {
    ($($cell:ty: $($number:ty),+;)*) => {$($(
        #[allow(clippy::cast_lossless, reason = "one body for all types; some do not convert `From`")]
        impl<U> UpDownValue<$cell, U> for $number {
            #[inline(always)]
            fn change(self) -> $cell {
                self as $cell
            }
        }
    )+)*};
}

up_down_counter_takes! {
    i64: i8, i16, i32, i64, isize, u8, u16, u32;
    f64: i8, i16, i32, i64, isize, u8, u16, u32, f32, f64;
}

macro_rules! any_number {
    ($($any:ident($wide:ty): $($number:ty),+;)*) => {$($(
        #[allow(clippy::cast_lossless, reason = "one body for all types; some do not convert `From`")]
        impl AnyValue for $number {
            #[inline(always)]
            fn any(self) -> Any {
                Any::$any(self as $wide)
            }
        }

        impl Boundary for $number {
            fn boundary(self) -> f64 {
                self.any().to_f64()
            }
        }

        impl Boundary for &$number {
            fn boundary(self) -> f64 {
                self.any().to_f64()
            }
        }

    )+)*};
}

any_number! {
    Unsigned(u64): u8, u16, u32, u64, usize;
    Signed(i64): i8, i16, i32, i64, isize;
    Float(f64): f32, f64;
}

macro_rules! histogram_takes {
    ($($cell:ty: $($number:ty),+;)*) => {$($(
        #[allow(clippy::cast_lossless, reason = "one body for all types; some do not convert `From`")]
        impl<U> HistogramValue<U, $cell> for $number {
            #[inline(always)]
            fn histogram_value(self) -> f64 {
                self as f64
            }
        }
    )+)*};
}

histogram_takes! {
    u64: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize;
    f64: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64;
}

macro_rules! gauge_takes {
    ($($cell:ty: $($number:ty),+;)*) => {$($(
        impl<U> GaugeValue<$cell, U> for $number {
            #[inline(always)]
            fn gauge_value(self) -> Result<$cell, DropReason> {
                <$cell>::from_any(self.any())
            }

            #[inline(always)]
            fn addition(self) -> Result<Adjustment, DropReason> {
                <$cell>::addition_of(self.any())
            }
        }
    )+)*};
}

gauge_takes! {
    u64: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize;
    i64: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize;
    f64: u8, u16, u32, u64, usize, i8, i16, i32, i64, isize, f32, f64;
}

impl<U: TimeUnit, T: FromAny> CounterValue<T, U> for Duration {
    #[inline]
    fn increment(self) -> Result<T, DropReason> {
        Ok(T::from_duration::<U>(self))
    }
}

impl<U: TimeUnit, T: FromAny> UpDownValue<T, U> for Duration {
    #[inline]
    fn change(self) -> T {
        T::from_duration::<U>(self)
    }
}

impl<U: TimeUnit, T: FromAny> GaugeValue<T, U> for Duration {
    #[inline]
    fn gauge_value(self) -> Result<T, DropReason> {
        Ok(T::from_duration::<U>(self))
    }

    #[inline]
    fn addition(self) -> Result<Adjustment, DropReason> {
        Ok(Adjustment::Add(T::from_duration::<U>(self).to_bits()))
    }
}

impl<U: TimeUnit, T: FromAny> HistogramValue<U, T> for Duration {
    #[inline]
    fn histogram_value(self) -> f64 {
        T::from_duration::<U>(self).to_f64()
    }
}

impl AnyValue for Duration {
    #[inline]
    fn any(self) -> Any {
        Any::Time(self)
    }
}
