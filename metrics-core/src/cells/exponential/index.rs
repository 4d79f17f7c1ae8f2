//! The index of a value's bucket, and the limits of buckets as floats.
//!
//! The index comes from the bits of the float. Up to [`TABLE_SCALE`], a table of 128 limits gives
//! the index inside the octave, and a shift gives the index at lower scales. Above that, a
//! logarithm of the rest to the limit below gives the further bits; where it is too close to a
//! limit to be certain, the limit itself decides.
//!
//! So every index is exact. OpenTelemetry permits the [error of a logarithm].
//!
//! [error of a logarithm]: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponential-scale

#[cfg(all(test, not(loom)))]
mod tests;

use super::limits::{BELOW, LIMITS, MANTISSA, TABLE_SCALE, mantissa, power};

/// The bits of a mantissa.
const MANTISSA_BITS: u64 = (1 << MANTISSA) - 1;

/// A distance to the limit of a bucket, in buckets, that is above the error of the logarithm.
const UNCERTAIN: f64 = 4e-9;

/// The index of the bucket of `magnitude` at `scale`. `magnitude` is positive and finite.
#[inline(always)]
pub(crate) fn index(magnitude: f64, scale: i32) -> i32 {
    let (exponent, fraction) = parts(magnitude);
    let below = below(fraction);
    if let Ok(further @ 1..) = u32::try_from(scale - TABLE_SCALE.cast_signed()) {
        return fine_index(exponent, fraction, below, further);
    }
    // The bucket of a limit is the one below it.
    let index = (exponent << TABLE_SCALE) + below - 1;
    index >> (TABLE_SCALE.cast_signed() - scale)
}

/// The index, if the table gives it: up to its scale, and unless `magnitude` is subnormal.
#[inline(always)]
pub(super) fn index_by_table(magnitude: f64, scale: i32) -> Option<i32> {
    let bits = magnitude.to_bits();
    let (exponent, below) = ((bits >> MANTISSA) as i32, below(bits & MANTISSA_BITS));
    let by = TABLE_SCALE.cast_signed() - scale;
    if exponent == 0 || by < 0 {
        return None;
    }
    Some((((exponent - 1023) << TABLE_SCALE) + below - 1) >> by)
}

/// The number of limits of the octave that are below the mantissa `fraction`.
#[inline(always)]
fn below(fraction: u64) -> i32 {
    let below = BELOW[(fraction >> (MANTISSA - 8)) as usize];
    i32::from(below) + i32::from(fraction > LIMITS[usize::from(below)])
}

/// The exponent, and the mantissa without its leading bit.
#[inline(always)]
fn parts(magnitude: f64) -> (i32, u64) {
    let bits = magnitude.to_bits();
    let exponent = bits >> MANTISSA;
    if exponent == 0 {
        return subnormal_parts(bits);
    }
    let exponent = exponent as i32 - 1023;
    (exponent, bits & MANTISSA_BITS)
}

#[cold]
fn subnormal_parts(bits: u64) -> (i32, u64) {
    let shift = bits.leading_zeros() + 1 - (u64::BITS - MANTISSA);
    (-1022 - shift.cast_signed(), bits << shift & MANTISSA_BITS)
}

/// The index at a scale which is that of the table plus `further`.
#[inline(never)]
#[expect(clippy::cast_possible_truncation, reason = "there are 2^13 buckets between two limits")]
fn fine_index(exponent: i32, fraction: u64, below: i32, further: u32) -> i32 {
    let scale = TABLE_SCALE + further;
    if fraction == 0 {
        return (exponent << scale) - 1;
    }
    let coarse = below - 1;
    let limit = LIMITS[(coarse.cast_unsigned() & 0xff) as usize];
    // Both are exact.
    let (rest, limit) = ((fraction - limit) as f64, (limit | 1 << MANTISSA) as f64);
    let buckets = log2_above_one(rest / limit) * f64::from(1_u32 << scale);
    let nearest = (buckets + 0.5) as i32;
    let first = coarse << further;
    let index = if (buckets - f64::from(nearest)).abs() > UNCERTAIN {
        first + buckets as i32
    } else {
        let index = first + nearest;
        index - i32::from(!is_above(fraction, index, scale))
    };
    (exponent << scale) + index
}

/// The logarithm of `1 + x`, for `x` from 0 to 0.0055. The error is below 2^-53.
fn log2_above_one(x: f64) -> f64 {
    // The Taylor series; the first term left out is x^7 / 7.
    let terms = [-1.0 / 6.0, 1.0 / 5.0, -1.0 / 4.0, 1.0 / 3.0, -1.0 / 2.0, 1.0];
    terms.into_iter().fold(0.0, |sum, term| sum * x + term) * x * std::f64::consts::LOG2_E
}

/// Whether a mantissa is above the limit with this index in the octave.
#[cold]
fn is_above(fraction: u64, index: i32, scale: u32) -> bool {
    let is_next_octave = index >> scale != 0;
    !is_next_octave && fraction > mantissa(power(index.cast_unsigned(), scale))
}

/// The lower limit of the bucket `index`, rounded down to a float: a value is in this bucket or a
/// later one exactly if it is above. Limits beyond the floats are 0 and infinity.
pub(crate) fn limit(index: i32, scale: i32) -> f64 {
    let (exponent, fraction) = match u32::try_from(scale) {
        Ok(scale) => {
            let inside = index.cast_unsigned() & ((1 << scale) - 1);
            let fraction = if scale <= TABLE_SCALE {
                LIMITS[(inside << (TABLE_SCALE - scale)) as usize]
            } else {
                mantissa(power(inside, scale))
            };
            (index >> scale, fraction)
        }
        Err(_) => (index.saturating_mul(1 << -scale), 0),
    };
    match exponent {
        1024.. => f64::INFINITY,
        -1022.. => {
            let exponent = u64::from((exponent + 1023).cast_unsigned());
            f64::from_bits(exponent << MANTISSA | fraction)
        }
        _ => {
            let shift = (-1022_i32).saturating_sub(exponent).cast_unsigned();
            f64::from_bits((fraction | 1 << MANTISSA).checked_shr(shift).unwrap_or(0))
        }
    }
}
