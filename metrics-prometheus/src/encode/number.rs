//! Numbers as text.

/// The value of a counter or a gauge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    U64(u64),
    I64(i64),
    F64(f64),
}

impl Number {
    /// Appends the number: integers with all digits, floats with the fewest digits that give back
    /// the same float.
    pub(super) fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::U64(value) => write_u64(value, out),
            Self::I64(value) => write_i64(value, out),
            Self::F64(value) => write_f64(value, out),
        }
    }

    /// The number as a float; integers above 2^53 are rounded.
    pub(super) fn as_f64(self) -> f64 {
        match self {
            Self::U64(value) => value as f64,
            Self::I64(value) => value as f64,
            Self::F64(value) => value,
        }
    }
}

pub(super) fn write_u64(value: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

pub(super) fn write_i64(value: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Appends a float with a point or an exponent, as OpenMetrics asks for.
pub(super) fn write_f64(value: f64, out: &mut Vec<u8>) {
    if value.is_finite() {
        out.extend_from_slice(ryu::Buffer::new().format_finite(value).as_bytes());
    } else if value.is_nan() {
        out.extend_from_slice(b"NaN");
    } else {
        out.extend_from_slice(if value > 0.0 { b"+Inf" } else { b"-Inf" });
    }
}

/// The limit of a bucket as Prometheus 3 stores it, which is the canonical form of OpenMetrics:
/// Go's format `g`, and then `.0` if there is neither a point nor an exponent.
///
/// The exponent is used below 1e-4 and from 1e6 on. If the text differed from this form, Prometheus
/// 2 and 3 would store different series, and so would the formats.
pub(super) fn limit(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if value != 0.0 && !(-4..6).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}", exponent.abs());
    }
    // Rust's display never has an exponent.
    let plain = value.to_string();
    if plain.contains('.') { plain } else { format!("{plain}.0") }
}

/// Appends a time in seconds since the Unix epoch, given in nanoseconds. Prometheus stores
/// milliseconds.
pub(super) fn write_seconds(nanoseconds: u64, out: &mut Vec<u8>) {
    let milliseconds = nanoseconds / 1_000_000;
    write_u64(milliseconds / 1000, out);
    let [a, b, c] =
        [100, 10, 1].map(|unit| b'0' + u8::try_from(milliseconds / unit % 10).unwrap_or(0));
    out.extend_from_slice(&[b'.', a, b, c]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(number: Number) -> String {
        let mut out = Vec::new();
        number.write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn integers_keep_all_digits() {
        assert_eq!(written(Number::U64(u64::MAX)), "18446744073709551615");
        assert_eq!(written(Number::U64((1 << 53) + 1)), "9007199254740993");
        assert_eq!(written(Number::I64(i64::MIN)), "-9223372036854775808");
    }

    #[test]
    fn floats_are_the_shortest_that_read_back() {
        let cases = [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e308"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ];
        for (value, text) in cases {
            assert_eq!(written(Number::F64(value)), text);
            if value.is_finite() {
                assert_eq!(text.parse::<f64>().unwrap().to_bits(), value.to_bits());
            }
        }
    }

    #[test]
    fn limits_have_the_form_that_prometheus_3_stores() {
        let cases = [
            (0.0, "0.0"),
            (1.0, "1.0"),
            (-1.0, "-1.0"),
            (0.5, "0.5"),
            (10.0, "10.0"),
            (100_000.0, "100000.0"),
            (123_456.5, "123456.5"),
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (1e-4, "0.0001"),
            (0.000_25, "0.00025"),
            (1e-5, "1e-05"),
            (1.1e23, "1.1e+23"),
            (1e100, "1e+100"),
            (-2.5e-7, "-2.5e-07"),
            (f64::INFINITY, "+Inf"),
        ];
        for (value, text) in cases {
            assert_eq!(limit(value), text);
        }
    }

    #[test]
    fn times_have_milliseconds() {
        let mut out = Vec::new();
        write_seconds(1_520_430_000_023_999_999, &mut out);
        assert_eq!(out, b"1520430000.023");
    }
}
