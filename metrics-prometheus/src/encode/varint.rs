//! Numbers in as many bytes as they need: groups of seven bits, the lowest first, as in protobuf.

/// Appends a number.
pub(super) fn push(mut value: u64, out: &mut Vec<u8>) {
    while value > 0x7f {
        out.push(0x80 | value.to_le_bytes()[0]);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

/// The number of bytes of a number.
pub(super) fn length(value: u64) -> usize {
    // At least one group, also for zero.
    ((64 - (value | 1).leading_zeros()) as usize).div_ceil(7)
}

/// The numbers in these bytes.
pub(super) fn numbers(bytes: &[u8]) -> impl Iterator<Item = u64> {
    let mut rest = bytes;
    std::iter::from_fn(move || take(&mut rest))
}

/// Takes the first number of these bytes.
pub(super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0)?;
    let (number, after) = bytes.split_at(end + 1);
    *bytes = after;
    Some(number.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f)))
}

/// The form of a signed number in which small numbers are short: protobuf's `sint64`.
pub(super) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The number of a [`zigzag`] form.
pub(super) fn signed(zigzag: u64) -> i64 {
    (zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_back_from_as_many_bytes_as_they_need() {
        let all = [0, 1, 0x7f, 0x80, 0x3fff, 0x4000, u64::from(u32::MAX), 1 << 63, u64::MAX];
        let mut bytes = Vec::new();
        for value in all {
            let before = bytes.len();
            push(value, &mut bytes);
            assert_eq!(bytes.len() - before, length(value));
        }
        assert_eq!(numbers(&bytes).collect::<Vec<_>>(), all);
    }

    #[test]
    fn small_numbers_are_short_whatever_their_sign() {
        for (value, form) in [(0, 0), (-1, 1), (1, 2), (-2, 3), (i64::MAX, u64::MAX - 1)] {
            assert_eq!((zigzag(value), signed(form)), (form, value));
        }
        assert_eq!((zigzag(i64::MIN), signed(u64::MAX)), (u64::MAX, i64::MIN));
    }
}
