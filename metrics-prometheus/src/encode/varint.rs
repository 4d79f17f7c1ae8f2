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
    std::iter::from_fn(move || {
        let end = rest.iter().position(|byte| byte & 0x80 == 0)?;
        let (number, after) = rest.split_at(end + 1);
        rest = after;
        Some(number.iter().rev().fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f)))
    })
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
}
