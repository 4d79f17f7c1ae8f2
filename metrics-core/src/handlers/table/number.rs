//! Numbers as people read them.

use crate::rules::unit::seconds_in;

/// Significant digits of numbers that are known exactly, and of those that are estimated or scaled.
/// Digits before the decimal point are never rounded away.
const EXACT: usize = 6;
const ESTIMATED: usize = 4;

/// How the numbers of one metric are shown, all of them in one unit.
pub(super) struct Scale {
    pub(super) unit: &'static str,
    /// The factor from the unit of the metric to the unit of the scale, if the two differ.
    factor: Option<f64>,
    digits: usize,
}

impl Scale {
    /// The scale of a metric in `unit`. `typical` are some of its values.
    ///
    /// Durations are shown in the unit, from nanoseconds to seconds, that suits the middle of their
    /// orders of magnitude. Minutes, hours and days stay: in seconds they would be harder to read.
    pub(super) fn of(unit: &'static str, typical: impl Iterator<Item = f64>) -> Self {
        let Some(seconds) = seconds_in(unit).filter(|seconds| *seconds <= 1.0) else {
            return Self { unit, factor: None, digits: EXACT };
        };
        let logarithms = typical.map(|value| (value * seconds).abs().log10());
        let (min, max) = logarithms
            .filter(|logarithm| logarithm.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(min, max), l| (l.min(min), l.max(max)));
        let middle = if min <= max { f64::midpoint(min, max) } else { seconds.log10() };
        let (unit, scaled) = match middle {
            // A duration of 1 ms is not always `0.001` exactly.
            ..-6.0001 => ("ns", 1e9),
            ..-3.0001 => ("µs", 1e6),
            ..-0.0001 => ("ms", 1e3),
            _ => ("s", 1.0),
        };
        Self { unit, factor: Some(seconds * scaled), digits: ESTIMATED }
    }

    pub(super) fn integer(&self, value: impl Into<i128>) -> String {
        let value: i128 = value.into();
        match self.factor {
            None => grouped(&value.to_string()),
            Some(factor) => float(value as f64 * factor, self.digits),
        }
    }

    pub(super) fn exact(&self, value: f64) -> String {
        float(value * self.factor.unwrap_or(1.0), self.digits)
    }

    pub(super) fn estimated(&self, value: f64) -> String {
        float(value * self.factor.unwrap_or(1.0), ESTIMATED)
    }
}

/// Pads numbers with blanks on the right so that their decimal points are in line when the numbers
/// are aligned on the right.
pub(super) fn align_points<'a>(numbers: impl Iterator<Item = &'a mut String>) {
    let mut numbers: Vec<&mut String> = numbers.collect();
    let fraction = |number: &str| number.find('.').map_or(0, |point| number.len() - point);
    let widest = numbers.iter().map(|number| fraction(number)).max().unwrap_or(0);
    for number in &mut numbers {
        let missing = widest - fraction(number);
        number.extend(std::iter::repeat_n(' ', missing));
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

/// `value` with this many significant digits, without trailing zeros.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Scale {
        Scale::of("By", [].into_iter())
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(plain().integer(0u64), "0");
        assert_eq!(plain().integer(-999i64), "-999");
        assert_eq!(plain().integer(-1000i64), "-1,000");
        assert_eq!(plain().integer(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(plain().exact(1_234_567.891), "1,234,568");
        assert_eq!(plain().exact(-1234.5), "-1,234.5");
    }

    #[test]
    fn floats_have_few_digits_and_no_useless_zeros() {
        let shown = |value| plain().exact(value);
        assert_eq!(shown(0.0), "0");
        assert_eq!(shown(-0.0), "0");
        assert_eq!(shown(0.1 + 0.2), "0.3");
        assert_eq!(shown(12.0), "12");
        assert_eq!(shown(0.000_123_456_789), "0.000123457");
        assert_eq!(shown(999_999.96), "1,000,000");
        assert_eq!(shown(1.5e300), "1.5e300");
        assert_eq!(shown(-2.5e-9), "-2.5e-9");
        assert_eq!(shown(f64::INFINITY), "inf");
        assert_eq!(plain().estimated(12.345_67), "12.35");
    }

    #[test]
    fn all_durations_of_a_metric_have_the_unit_in_their_middle() {
        #[track_caller]
        fn assert_shown<const N: usize>(unit: &'static str, values: [f64; N], expected: &str) {
            let scale = Scale::of(unit, values.into_iter());
            let shown = values.map(|value| scale.exact(value)).join(" ");
            assert_eq!(format!("{shown} {}", scale.unit), expected);
        }
        assert_shown("s", [0.0], "0 s");
        assert_shown("ms", [0.0], "0 ms");
        assert_shown("us", [], " µs");
        assert_shown("s", [0.000_083_412], "83.41 µs");
        assert_shown("s", [0.001], "1 ms");
        assert_shown("ms", [150.0], "150 ms");
        assert_shown("ms", [-1500.0], "-1.5 s");
        assert_shown("us", [3.6e9], "3,600 s");
        assert_shown("ms", [0.0, 0.0833, 3.0, 904.0, 1525.0], "0 0.0833 3 904 1,525 ms");
        assert_shown("s", [f64::INFINITY, 0.002], "inf 2 ms");
        assert_shown("d", [30.0], "30 d");
        assert_shown("By", [4096.0], "4,096 By");
        assert_eq!(Scale::of("ns", [12.0].into_iter()).integer(12u64), "12");
    }

    #[test]
    fn decimal_points_are_in_line() {
        let mut numbers = ["0.0833", "1,381", "904.5", "-", "1.5e300"].map(str::to_owned);
        align_points(numbers.iter_mut());
        assert_eq!(
            numbers,
            ["0.0833 ", "1,381      ", "904.5    ", "-      ", "1.5e300"].map(|s| s.to_owned())
        );
    }
}
