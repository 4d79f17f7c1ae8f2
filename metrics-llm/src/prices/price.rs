//! A price, kept exactly.

/// Digits after the decimal point of a price.
const DECIMALS: usize = 6;

/// Digits before the decimal point of a price. `u64` holds all these numbers.
const WHOLE_DIGITS: usize = 12;

/// The price of a million tokens, in millionths of the currency. So a token costs as many parts of
/// 10^-12 of the currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Price(u64);

impl Price {
    /// Reads a decimal number without a sign and without an exponent.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        // Zeros at the end say nothing.
        let significant = fraction.trim_end_matches('0');
        let is_number =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number(whole)
            || !is_number(fraction)
            || significant.len() > DECIMALS
            || whole.trim_start_matches('0').len() > WHOLE_DIGITS
        {
            return None;
        }
        let digits = whole.bytes().chain(significant.bytes());
        let zeros = std::iter::repeat_n(b'0', DECIMALS - significant.len());
        let millionths = digits.chain(zeros).fold(0, |n, digit| n * 10 + u64::from(digit - b'0'));
        Some(Self(millionths))
    }

    /// The cost of `tokens`, in 10^-12 of the currency. The product of two `u64` fits.
    pub(super) fn of(self, tokens: u64) -> u128 {
        u128::from(self.0) * u128::from(tokens)
    }
}

/// The amount of the currency that is nearest to `cost` parts of 10^-12: `cost` is converted
/// exactly up to 2^53, which is 9007 of the currency, and the division rounds once.
pub(crate) fn amount(cost: u128) -> f64 {
    cost as f64 / 1e12
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_number_is_kept_exactly() {
        let read = |text| Price::parse(text).map(|price| price.0);
        assert_eq!(read("1.25"), Some(1_250_000));
        assert_eq!(read("10"), Some(10_000_000));
        assert_eq!(read("0.000001"), Some(1));
        assert_eq!(read("00.1000000000"), Some(100_000));
        assert_eq!(read("999999999999.999999"), Some(999_999_999_999_999_999));
    }

    #[test]
    fn everything_else_is_no_price() {
        let wrong = [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "1,25",
            " 1",
            "NaN",
            "inf",
            "0.0000001",
            "1000000000000",
            "1.2.3",
            "١",
        ];
        for text in wrong {
            assert_eq!(Price::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_cost_is_exact_and_its_amount_is_the_nearest() {
        // Three tokens at 0.1 for a million: binary fractions would add up to another number.
        let cost = Price::parse("0.1").unwrap().of(3);
        assert_eq!(cost, 300_000);
        assert_eq!(amount(cost), 3e-7);
        assert_eq!(amount(Price::parse("1.25").unwrap().of(1_000_000)), 1.25);
        let most = Price::parse("999999999999.999999").unwrap().of(u64::MAX);
        assert_eq!(most, 999_999_999_999_999_999 * u128::from(u64::MAX));
    }
}
