//! Numbers as people read them.

use crate::rules::unit::seconds_in;

/// Significant digits of numbers that are known exactly, and of those that are estimated or scaled.
/// Digits before the decimal point are never rounded away.
const EXACT: usize = 6;
const ESTIMATED: usize = 4;

/// How numbers in one unit are shown.
pub(super) enum Scale {
    /// As they are.
    Plain,
    /// As durations, from seconds to nanoseconds; so many seconds is one.
    Duration(f64),
}

impl Scale {
    /// Of `unit`. Minutes, hours and days stay as they are: in seconds they would be harder to read.
    pub(super) fn of(unit: &str) -> Self {
        match seconds_in(unit) {
            Some(seconds) if seconds <= 1.0 => Self::Duration(seconds),
            _ => Self::Plain,
        }
    }

    pub(super) fn integer(&self, value: impl Into<i128>) -> String {
        let value: i128 = value.into();
        match self {
            Self::Plain => grouped(&value.to_string()),
            Self::Duration(seconds) => duration(value as f64 * seconds),
        }
    }

    pub(super) fn exact(&self, value: f64) -> String {
        self.float(value, EXACT)
    }

    pub(super) fn estimated(&self, value: f64) -> String {
        self.float(value, ESTIMATED)
    }

    fn float(&self, value: f64, digits: usize) -> String {
        match self {
            Self::Plain => float(value, digits),
            Self::Duration(seconds) => duration(value * seconds),
        }
    }
}

/// A number of digits with its thousands separated by commas.
pub(super) fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |number| ("-", number));
    let (whole, fraction) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut grouped = sign.to_owned();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped + fraction
}

/// `value` with so many significant digits, zeros at the end left out.
fn float(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor();
    if !(-5.0..15.0).contains(&magnitude) {
        let scientific = format!("{value:.*e}", digits - 1);
        return match scientific.split_once('e') {
            Some((mantissa, exponent)) => format!("{}e{exponent}", without_zeros(mantissa)),
            // Infinite: a sum that overflowed.
            None => scientific,
        };
    }
    #[expect(clippy::cast_possible_truncation, reason = "from -5 to 14")]
    let decimals = (digits - 1).saturating_add_signed(-(magnitude as isize));
    grouped(without_zeros(&format!("{value:.decimals$}")))
}

fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

fn duration(seconds: f64) -> String {
    let (factor, unit) = match seconds.abs() {
        0.0 => (1.0, "s"),
        ..1e-6 => (1e9, "ns"),
        ..1e-3 => (1e6, "µs"),
        ..1.0 => (1e3, "ms"),
        _ => (1.0, "s"),
    };
    format!("{} {unit}", float(seconds * factor, ESTIMATED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        assert_eq!(Scale::Plain.integer(0u64), "0");
        assert_eq!(Scale::Plain.integer(-999i64), "-999");
        assert_eq!(Scale::Plain.integer(-1000i64), "-1,000");
        assert_eq!(Scale::Plain.integer(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(Scale::Plain.exact(1_234_567.891), "1,234,568");
        assert_eq!(Scale::Plain.exact(-1234.5), "-1,234.5");
    }

    #[test]
    fn floats_have_few_digits_and_no_useless_zeros() {
        let shown = |value| Scale::Plain.exact(value);
        assert_eq!(shown(0.0), "0");
        assert_eq!(shown(-0.0), "0");
        assert_eq!(shown(0.1 + 0.2), "0.3");
        assert_eq!(shown(12.0), "12");
        assert_eq!(shown(0.000_123_456_789), "0.000123457");
        assert_eq!(shown(999_999.96), "1,000,000");
        assert_eq!(shown(1.5e300), "1.5e300");
        assert_eq!(shown(-2.5e-9), "-2.5e-9");
        assert_eq!(shown(f64::INFINITY), "inf");
        assert_eq!(Scale::Plain.estimated(12.345_67), "12.35");
    }

    #[test]
    fn durations_are_scaled() {
        assert_eq!(Scale::of("s").exact(0.0), "0 s");
        assert_eq!(Scale::of("s").exact(0.000_083_412), "83.41 µs");
        assert_eq!(Scale::of("ms").exact(150.0), "150 ms");
        assert_eq!(Scale::of("ms").exact(-1500.0), "-1.5 s");
        assert_eq!(Scale::of("ns").integer(12u64), "12 ns");
        assert_eq!(Scale::of("us").exact(3.6e9), "3,600 s");
        assert_eq!(Scale::of("d").exact(30.0), "30");
        assert_eq!(Scale::of("By").exact(4096.0), "4,096");
    }
}
