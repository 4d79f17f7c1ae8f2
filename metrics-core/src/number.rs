//! The three types that values are kept in; the only code that differs between them.

/// `u64`, `i64` or `f64`: what a counter, an up-down counter or a gauge keeps its value in.
///
/// Sealed.
pub trait Number: Copy + PartialOrd + sealed::Sealed + 'static {
    /// As the bits of a cell.
    #[doc(hidden)]
    fn to_bits(self) -> u64;

    /// From the bits of a cell.
    #[doc(hidden)]
    fn from_bits(bits: u64) -> Self;

    /// The sum; integers wrap.
    #[doc(hidden)]
    #[must_use]
    fn plus(self, other: Self) -> Self;

    /// The difference; integers wrap.
    #[doc(hidden)]
    #[must_use]
    fn minus(self, other: Self) -> Self;

    /// Whether fixed labels need no tag beside the sum: a difference is exact, so what was counted
    /// before a removal can be subtracted.
    #[doc(hidden)]
    const EXACT: bool;

    #[doc(hidden)]
    const ZERO: Self;

    #[doc(hidden)]
    const ONE: Self;

    /// Whether it is a number that can be summed up.
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
    const EXACT: bool = true;
    const ZERO: Self = 0;
    const ONE: Self = 1;

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
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        true
    }
}

impl Number for i64 {
    const EXACT: bool = true;
    const ZERO: Self = 0;
    const ONE: Self = 1;

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
    fn minus(self, other: Self) -> Self {
        self.wrapping_sub(other)
    }

    #[inline(always)]
    fn is_finite(self) -> bool {
        true
    }
}

impl Number for f64 {
    const EXACT: bool = false;
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;

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
        self + other
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
