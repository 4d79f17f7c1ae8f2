//! A sum of floats with twice the precision of `f64`.

use crate::number::Number;

/// A sum of floats with twice the precision of `f64`: the sum of `high` and a much smaller `low`.
///
/// A sum that leaves the range of `f64` stays at the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct WideSum {
    high: f64,
    low: f64,
}

impl WideSum {
    pub(crate) const ZERO: Self = Self { high: 0.0, low: 0.0 };

    pub(crate) fn from_bits(high: u64, low: u64) -> Self {
        Self { high: f64::from_bits(high), low: f64::from_bits(low) }
    }

    pub(crate) fn to_bits(self) -> (u64, u64) {
        (self.high.to_bits(), self.low.to_bits())
    }

    #[must_use]
    pub(crate) fn plus(self, value: f64) -> Self {
        let (sum, error) = two_sum(self.high, value.finite());
        let (high, low) = two_sum(sum, error + self.low);
        if low.is_finite() { Self { high, low } } else { Self { high: sum.finite(), low: 0.0 } }
    }

    /// The sum of `count` times `value`.
    pub(crate) fn product(value: f64, count: u64) -> Self {
        // Both halves of the count are exact in `f64`.
        let halves = [(count >> 32 << 32) as f64, (count & u64::from(u32::MAX)) as f64];
        halves.into_iter().fold(Self::ZERO, |sum, count| {
            let product = value * count;
            // The rounding error of the product, which is a float itself.
            let error = value.mul_add(count, -product);
            let sum = sum.plus(product);
            if error.is_finite() { sum.plus(error) } else { sum }
        })
    }

    #[must_use]
    pub(crate) fn merged(self, other: Self) -> Self {
        self.plus(other.high).plus(other.low)
    }

    #[must_use]
    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(-other.high).plus(-other.low)
    }

    /// The nearest float.
    pub(crate) fn value(self) -> f64 {
        self.high
    }
}

/// The rounded sum, and its rounding error: [TwoSum]. If the sum is infinite, the error is not
/// finite.
///
/// [TwoSum]: https://en.wikipedia.org/wiki/2Sum
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let added = sum - a;
    (sum, (a - (sum - added)) + (b - added))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn sum(values: &[f64]) -> WideSum {
        values.iter().fold(WideSum::ZERO, |sum, value| sum.plus(*value))
    }

    #[test]
    fn small_values_beside_large_ones_are_kept() {
        let before = sum(&[1e17, -3.0]);
        let after = sum(&[1e17, -3.0, 1.0, 1.0, 0.5, 1e-9]);
        assert_eq!(after.minus(before).value(), 2.5 + 1e-9);
        assert_eq!(sum(&[1e30, 1.0, -1e30]).value(), 1.0);
        assert_eq!(sum(&[0.1; 10]).value(), 1.0);
        assert_eq!(sum(&[1e17]).merged(sum(&[-1e17, 0.25])).value(), 0.25);
    }

    #[test]
    fn a_sum_stays_in_the_range_of_floats() {
        for sign in [1.0, -1.0] {
            let limit = sum(&[sign * f64::MAX, sign * f64::MAX, sign * f64::INFINITY]);
            assert_eq!(limit.value(), sign * f64::MAX);
            assert_eq!(limit.plus(sign * 8.0).minus(limit).value(), sign * 8.0);
            assert_eq!(limit.minus(limit), WideSum::ZERO);
            assert_eq!(limit.minus(sum(&[-sign * f64::MAX])).value(), sign * f64::MAX);
        }
    }

    #[test]
    fn a_product_is_as_exact_as_the_sum_of_its_parts() {
        for (value, count) in [(0.1, 1_000), (3.7, 77), (-0.3, 4_321), (1e300, 10), (5.0, 0)] {
            let parts = (0..count).fold(WideSum::ZERO, |sum, _| sum.plus(value));
            let product = WideSum::product(value, count);
            assert_eq!(product.minus(parts).value(), 0.0, "{count} times {value}");
        }
        let count = (1 << 60) + 1;
        assert_eq!(WideSum::product(3.0, count).minus(WideSum::product(3.0, 1 << 60)).value(), 3.0);
        assert_eq!(WideSum::product(f64::MAX, 3).value(), f64::MAX);
        assert_eq!(WideSum::product(-f64::MAX, u64::MAX).value(), f64::MIN);
    }

    #[test]
    fn random_integers_are_summed_exactly() {
        for seed in 0..if cfg!(miri) { 3 } else { 200 } {
            let mut random = fastrand::Rng::with_seed(seed);
            let (mut wide, mut exact) = (WideSum::ZERO, 0_i128);
            for _ in 0..100 {
                let value = random.i64(..) >> 11 << random.u32(0..30);
                wide = wide.plus(value as f64);
                exact += i128::from(value);
                assert_eq!(wide.value(), exact as f64);
            }
        }
    }
}
