//! Numbers in JSON.

use serde::{Serialize, Serializer};

/// The largest integer up to which JavaScript's numbers hold every integer.
const MAX_SAFE: u64 = (1 << 53) - 1;

/// A number that a browser reads without a loss. Integers that JavaScript's numbers do not hold
/// are texts, and so are NaN and the infinities, for which JSON has no number.
#[derive(Debug, Clone, Copy)]
pub(super) enum Number {
    U64(u64),
    I64(i64),
    F64(f64),
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::U64(value) if value > MAX_SAFE => serializer.collect_str(&value),
            Self::U64(value) => serializer.serialize_u64(value),
            Self::I64(value) if value.unsigned_abs() > MAX_SAFE => serializer.collect_str(&value),
            Self::I64(value) => serializer.serialize_i64(value),
            Self::F64(value) if value.is_nan() => serializer.serialize_str("NaN"),
            Self::F64(value) if value == f64::INFINITY => serializer.serialize_str("+Inf"),
            Self::F64(value) if value == f64::NEG_INFINITY => serializer.serialize_str("-Inf"),
            Self::F64(value) => serializer.serialize_f64(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(number: Number) -> String {
        serde_json::to_string(&number).unwrap()
    }

    #[test]
    fn integers_keep_all_digits() {
        assert_eq!(json(Number::U64(0)), "0");
        assert_eq!(json(Number::U64((1 << 53) - 1)), "9007199254740991");
        assert_eq!(json(Number::U64(1 << 53)), r#""9007199254740992""#);
        assert_eq!(json(Number::U64(u64::MAX)), r#""18446744073709551615""#);
        assert_eq!(json(Number::I64(-(1 << 53) + 1)), "-9007199254740991");
        assert_eq!(json(Number::I64(-(1 << 53))), r#""-9007199254740992""#);
        assert_eq!(json(Number::I64(i64::MIN)), r#""-9223372036854775808""#);
    }

    #[test]
    fn floats_are_read_back_as_they_were() {
        for value in [0.0, -0.0, 0.1, 1.0 / 3.0, 5e-324, f64::MAX, f64::MIN_POSITIVE, -1e21] {
            let read: f64 = serde_json::from_str(&json(Number::F64(value))).unwrap();
            assert_eq!(read.to_bits(), value.to_bits(), "{value}");
        }
        assert_eq!(json(Number::F64(f64::NAN)), r#""NaN""#);
        assert_eq!(json(Number::F64(f64::INFINITY)), r#""+Inf""#);
        assert_eq!(json(Number::F64(f64::NEG_INFINITY)), r#""-Inf""#);
    }
}
