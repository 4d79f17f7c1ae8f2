//! The index beside one that is computed with integers alone.

use super::*;
use crate::cells::exponential::limits::MAX_SCALE;

/// The index by its definition: the bits of a logarithm of base 2, by squaring.
///
/// A mantissa has 53 bits, and each step rounds to 127 bits, so the result is exact: the error of
/// 20 steps is 2^-106, and no mantissa of 53 bits is that close to an irrational limit.
fn by_squaring(magnitude: f64, scale: i32) -> i32 {
    let (exponent, fraction) = parts(magnitude);
    let mut mantissa = u128::from(fraction | 1 << MANTISSA) << (127 - MANTISSA);
    let is_power = fraction == 0;
    let mut index = i64::from(exponent);
    for _ in 0..scale {
        // The square, rounded down.
        let (high, low) = (mantissa >> 64, mantissa & u128::from(u64::MAX));
        let upper = high * high + ((high * low) >> 63);
        let is_two = upper >> 127 == 1;
        mantissa = if is_two { upper } else { upper << 1 };
        index = index * 2 + i64::from(is_two);
    }
    // The bucket of a limit is the one below it; only powers of two are limits.
    let index = if is_power { index - 1 } else { index };
    i32::try_from(if scale < 0 { index >> -scale } else { index }).unwrap()
}

fn check(magnitude: f64) {
    for scale in -11..=MAX_SCALE {
        let index = index(magnitude, scale);
        assert_eq!(index, by_squaring(magnitude, scale), "{magnitude:e} at {scale}");
        assert!(limit(index, scale) < magnitude, "{magnitude:e} at {scale}");
        assert!(magnitude <= limit(index + 1, scale), "{magnitude:e} at {scale}");
    }
}

#[test]
fn random_floats_have_their_index() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..if cfg!(miri) { 20 } else { 10_000 } {
        let value = f64::from_bits(random.u64(1..f64::MAX.to_bits()));
        check(value);
        // Subnormal.
        let bits = random.u32(1..=MANTISSA);
        check(f64::from_bits(random.u64(1..1 << bits)));
    }
}

#[test]
fn powers_of_two_and_their_neighbours_have_their_index() {
    for exponent in (-1074..1024).step_by(if cfg!(miri) { 300 } else { 1 }) {
        let power = 2_f64.powi(exponent);
        let power = if power == 0.0 { f64::from_bits(1) } else { power };
        check(power);
        check(power.next_up().min(f64::MAX));
        if power.to_bits() > 1 {
            check(power.next_down());
        }
    }
    [1.0, 2.0, 0.5].into_iter().for_each(check);
    [f64::MAX, f64::MIN_POSITIVE, f64::from_bits(1)].into_iter().for_each(check);
    assert_eq!([1.0, 1.5, 2.0, 2.5, 4.0].map(|value| index(value, 0)), [-1, 0, 0, 1, 1]);
}

#[test]
fn floats_beside_every_kind_of_limit_have_their_index() {
    let mut random = fastrand::Rng::with_seed(8);
    for scale in 1..=MAX_SCALE {
        for _ in 0..if cfg!(miri) { 2 } else { 2_000 } {
            let limit = limit(random.i32(-3 << scale..3 << scale), scale);
            [limit.next_down(), limit, limit.next_up()].into_iter().for_each(check);
        }
    }
}

#[test]
fn limits_are_those_of_the_formula() {
    for (index, scale) in [(0, 0), (5, 3), (-17, 4), (160, 5), (12_345, 13), (-1, 20)] {
        let expected = (f64::from(index) / f64::from(1 << scale)).exp2();
        let relative = limit(index, scale) / expected - 1.0;
        assert!(relative.abs() < 1e-14, "{index} at {scale}: {relative:e}");
    }
    assert_eq!([limit(-1, -11), limit(0, -11), limit(1, -11)], [0.0, 1.0, f64::INFINITY]);
    assert_eq!([limit(-1074, 0), limit(-1075, 0)], [f64::from_bits(1), 0.0]);
    assert_eq!(limit(i32::MIN, -11), 0.0);
}
