//! The three types of stored values. Only this code differs between them.

/// `u64`, `i64` or `f64`: the type in which a counter, an up-down counter or a gauge stores its
/// value.
///
/// Sealed.
pub trait Number: Copy + PartialOrd + sealed::Sealed + 'static {
    /// The bits that a cell stores.
    #[doc(hidden)]
    fn to_bits(self) -> u64;

    /// The number whose bits a cell stores.
    #[doc(hidden)]
    fn from_bits(bits: u64) -> Self;

    /// The sum; integers wrap, and floats stay finite: see [`finite`](Self::finite).
    #[doc(hidden)]
    #[must_use]
    fn plus(self, other: Self) -> Self;

    /// The sum as a cell stores it. Sums of floats may become infinite.
    #[doc(hidden)]
    #[must_use]
    fn plus_in_cell(self, other: Self) -> Self;

    /// The nearest finite number. So a sum of floats that leaves the range of `f64` stays at the
    /// limit, and later additions and differences never are NaN.
    #[doc(hidden)]
    #[must_use]
    fn finite(self) -> Self;

    /// The difference; integers wrap.
    #[doc(hidden)]
    #[must_use]
    fn minus(self, other: Self) -> Self;

    /// Whether a sum with fixed labels needs no tag: the sum only grows, and the total at a removal
    /// can be subtracted exactly.
    #[doc(hidden)]
    const PLAIN: bool;

    #[doc(hidden)]
    const ZERO: Self;

    #[doc(hidden)]
    const ONE: Self;

    /// Whether the number is a float.
    #[doc(hidden)]
    const IS_FLOAT: bool;

    /// The smallest number.
    #[doc(hidden)]
    const MIN: Self;

    /// The largest number.
    #[doc(hidden)]
    const MAX: Self;

    /// The sum with an amount, `None` if this type does not hold it. The amount of an integer is a
    /// `u64`, and that of a float is bits.
    #[doc(hidden)]
    fn raised(self, amount: u64) -> Option<Self>;

    /// The difference to an amount, `None` if this type does not hold it.
    #[doc(hidden)]
    fn lowered(self, amount: u64) -> Option<Self>;

    /// Whether the number is finite, so that it can be added to a sum.
    #[doc(hidden)]
    fn is_finite(self) -> bool;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for u64 {}
    impl Sealed for i64 {}
    impl Sealed for f64 {}
}

impl Number for u64 {
    const PLAIN: bool = true;
    const ZERO: Self = 0;
    const ONE: Self = 1;
    const IS_FLOAT: bool = false;
    const MIN: Self = u64::MIN;
    const MAX: Self = u64::MAX;

    #[inline]
    fn raised(self, amount: u64) -> Option<Self> {
        self.checked_add(amount)
    }

    #[inline]
    fn lowered(self, amount: u64) -> Option<Self> {
        self.checked_sub(amount)
    }

    #[inline(always)]
    fn to_bits(self) -> u64 {
        self
    }

    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        bits
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn plus_in_cell(self, other: Self) -> Self {
        self.plus(other)
    }

    #[inline(always)]
    fn finite(self) -> Self {
        self
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        true
    }
}

impl Number for i64 {
    const PLAIN: bool = false;
    const ZERO: Self = 0;
    const ONE: Self = 1;
    const IS_FLOAT: bool = false;
    const MIN: Self = i64::MIN;
    const MAX: Self = i64::MAX;

    #[inline]
    fn raised(self, amount: u64) -> Option<Self> {
        self.checked_add_unsigned(amount)
    }

    #[inline]
    fn lowered(self, amount: u64) -> Option<Self> {
        self.checked_sub_unsigned(amount)
    }

    #[inline(always)]
    fn to_bits(self) -> u64 {
        self.cast_unsigned()
    }

    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        bits.cast_signed()
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    #[inline(always)]
    fn plus_in_cell(self, other: Self) -> Self {
        self.plus(other)
    }

    #[inline(always)]
    fn finite(self) -> Self {
        self
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        true
    }
}

impl Number for f64 {
    const PLAIN: bool = false;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    const IS_FLOAT: bool = true;
    const MIN: Self = f64::MIN;
    const MAX: Self = f64::MAX;

    #[inline]
    fn raised(self, amount: u64) -> Option<Self> {
        Some(self + f64::from_bits(amount)).filter(|sum| sum.is_finite())
    }

    #[inline]
    fn lowered(self, amount: u64) -> Option<Self> {
        Some(self - f64::from_bits(amount)).filter(|sum| sum.is_finite())
    }

    #[inline(always)]
    fn to_bits(self) -> u64 {
        f64::to_bits(self)
    }

    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        f64::from_bits(bits)
    }

    #[inline(always)]
    fn plus(self, other: Self) -> Self {
        (self.finite() + other.finite()).finite()
    }

    #[inline(always)]
    fn plus_in_cell(self, other: Self) -> Self {
        self + other
    }

    #[inline(always)]
    fn finite(self) -> Self {
        self.clamp(Self::MIN, Self::MAX)
    }

    #[inline(always)]
    fn minus(self, other: Self) -> Self {
        self - other
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }
}
