//! The limits of buckets inside an octave, computed exactly.

/// The fractional bits of a [`Fixed`].
const FRACTION: u32 = 127;

/// A number from 1 to 2, times 2^127.
pub(super) type Fixed = u128;

const ONE: Fixed = 1 << FRACTION;

/// The bits of the mantissa of a float.
pub(super) const MANTISSA: u32 = f64::MANTISSA_DIGITS - 1;

/// The largest scale.
pub(crate) const MAX_SCALE: i32 = 20;

/// The scale of [`LIMITS`].
pub(super) const TABLE_SCALE: u32 = 7;

const TABLE_SIZE: usize = 1 << TABLE_SCALE;

/// The limits of the buckets of [`TABLE_SCALE`] in an octave: the mantissas of `2^(i / 128)`,
/// rounded down. All of them but the first are irrational, so a float is above such a limit exactly
/// if its mantissa is above that of the limit.
///
/// There are as many entries as a `u8` has values, so that no index needs a check.
#[expect(clippy::cast_possible_truncation, reason = "there are 128 limits")]
pub(super) static LIMITS: [u64; 256] = {
    let mut limits = [u64::MAX; 256];
    let mut i = 0;
    while i < TABLE_SIZE {
        limits[i] = mantissa(power(i as u32, TABLE_SCALE));
        i += 1;
    }
    limits
};

/// For each 256th of an octave: the number of [`LIMITS`] below its begin. At most one further limit
/// is below its end, because the narrowest bucket is wider.
pub(super) static BELOW: [u8; 256] = {
    let mut below = [0; 256];
    let (mut part, mut count) = (0, 0);
    while part < 256 {
        while count < TABLE_SIZE && LIMITS[count] < (part as u64) << (MANTISSA - 8) {
            count += 1;
        }
        #[expect(clippy::cast_possible_truncation, reason = "there are 128 limits")]
        {
            below[part] = count as u8;
        }
        part += 1;
    }
    below
};

/// The roots of 2: at `i`, `2^(2^-(i + 1))`.
const ROOTS: [Fixed; MAX_SCALE as usize] = {
    let mut roots = [0; MAX_SCALE as usize];
    // Half of the square of the root.
    let mut square = ONE;
    let mut i = 0;
    while i < roots.len() {
        let mut root = ONE;
        let mut bit = ONE >> 1;
        while bit > 0 {
            if upper(root | bit, root | bit) < square {
                root |= bit;
            }
            bit >>= 1;
        }
        roots[i] = root;
        square = root >> 1;
        i += 1;
    }
    roots
};

/// The upper 128 of the 256 bits of a product.
const fn upper(a: u128, b: u128) -> u128 {
    const LOW: u128 = u64::MAX as u128;
    let (a1, a0, b1, b0) = (a >> 64, a & LOW, b >> 64, b & LOW);
    let middle = a1 * b0 + ((a0 * b0) >> 64);
    let middle_low = (middle & LOW) + a0 * b1;
    a1 * b1 + (middle >> 64) + (middle_low >> 64)
}

/// The product, if it is below 2. The error is below 2^-126.
const fn product(a: Fixed, b: Fixed) -> Fixed {
    // The product has 254 fractional bits.
    upper(a, b) << 1
}

/// `2^(index / 2^scale)` for an index inside the octave. The error is below 2^-120.
pub(super) const fn power(index: u32, scale: u32) -> Fixed {
    let mut power = ONE;
    let mut i = 0;
    while i < scale {
        if (index >> (scale - 1 - i)) & 1 == 1 {
            power = product(power, ROOTS[i as usize]);
        }
        i += 1;
    }
    power
}

/// The mantissa of a float, without its leading bit, rounded down.
pub(super) const fn mantissa(fixed: Fixed) -> u64 {
    ((fixed - ONE) >> (FRACTION - MANTISSA)) as u64
}
