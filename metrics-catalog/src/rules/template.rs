//! Text in annotations, which Prometheus expands as templates of Go.

/// The text as a template that expands to the text.
pub(super) fn escaped(text: &str) -> String {
    text.replace("{{", "{{ \"{{\" }}")
}

/// A share as Prometheus' `humanizePercentage` writes it: in the form `%.4g%%` of C.
pub(super) fn percentage(share: f64) -> String {
    let percent = share * 100.0;
    let scientific = format!("{percent:.3e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if percent != 0.0 && !(-4..4).contains(&exponent) {
        let digits = trimmed(digits);
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{digits}e{sign}{:02}%", exponent.abs());
    }
    let decimals = usize::try_from(3 - exponent).unwrap_or_default();
    format!("{}%", trimmed(&format!("{percent:.decimals$}")))
}

/// The digits without zeros at the end of a fraction.
fn trimmed(digits: &str) -> &str {
    if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_written_as_prometheus_writes_them() {
        let cases = [
            (1.0, "100%"),
            (0.5, "50%"),
            (0.0144, "1.44%"),
            (0.123_456, "12.35%"),
            (0.000_002_5, "0.00025%"),
            (0.000_000_25, "2.5e-05%"),
            (0.0, "0%"),
        ];
        for (share, text) in cases {
            assert_eq!(percentage(share), text);
        }
    }

    #[test]
    fn braces_are_no_template() {
        assert_eq!(escaped("a {{b}}"), "a {{ \"{{\" }}b}}");
    }
}
