//! The limits of buckets: which one an objective needs, and how databases write it.

use std::time::Duration;

use crate::promql::names::literal_pattern;
use crate::promql::selector::{Comparison, Matcher};

/// A time in the unit of a metric; `None` if the unit is no unit of time.
pub(super) fn in_unit(time: Duration, unit: &str) -> Option<f64> {
    let nanoseconds = match unit {
        "ns" => 1.0,
        "us" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "min" => 60e9,
        "h" => 3600e9,
        "d" => 86400e9,
        _ => return None,
    };
    // A division of two whole numbers is rounded once, as the literal of a boundary is.
    Some(time.as_nanos() as f64 / nanoseconds)
}

/// Where a limit is among boundaries.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Place {
    Boundary,
    /// Between these; there may be none below or above.
    Between(Option<f64>, Option<f64>),
}

pub(super) fn place(limit: f64, boundaries: &[f64]) -> Place {
    let above = boundaries.partition_point(|boundary| *boundary < limit);
    match boundaries.get(above) {
        Some(boundary) if *boundary == limit => Place::Boundary,
        other => {
            let below = above.checked_sub(1).and_then(|below| boundaries.get(below));
            Place::Between(below.copied(), other.copied())
        }
    }
}

/// The condition for the bucket with this upper limit.
///
/// Databases write a limit in several forms: Prometheus 3 writes whole numbers with `.0` and small
/// ones with an exponent when it scrapes, and OTLP has neither.
pub(super) fn bucket(limit: f64) -> Matcher {
    let forms = forms(limit);
    match &forms[..] {
        [form] => Matcher::new("le", Comparison::Equal, form),
        forms => {
            let patterns: Vec<String> = forms.iter().map(|form| literal_pattern(form)).collect();
            Matcher::new("le", Comparison::Matches, &patterns.join("|"))
        }
    }
}

/// The forms of a limit; the first one has no exponent and no `.0`.
pub(super) fn forms(limit: f64) -> Vec<String> {
    // Rust's display never has an exponent.
    let mut forms = vec![limit.to_string()];
    if !forms[0].contains('.') {
        forms.push(format!("{limit}.0"));
    }
    let scientific = format!("{limit:e}");
    if let Some((digits, exponent)) = scientific.split_once('e')
        && let Ok(exponent) = exponent.parse::<i32>()
        && limit != 0.0
        && !(-4..6).contains(&exponent)
    {
        let sign = if exponent < 0 { '-' } else { '+' };
        forms.push(format!("{digits}e{sign}{:02}", exponent.abs()));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_equal_the_literals_of_boundaries() {
        for (text, millis) in [("0.3", 300), ("0.25", 250), ("0.1", 100), ("1.1", 1100)] {
            let limit = in_unit(Duration::from_millis(millis), "s").unwrap();
            assert_eq!(limit, text.parse::<f64>().unwrap());
        }
        assert_eq!(in_unit(Duration::from_secs(90), "min"), Some(1.5));
        assert_eq!(in_unit(Duration::from_nanos(1), "ms"), Some(1e-6));
        assert_eq!(in_unit(Duration::from_secs(1), "By"), None);
    }

    #[test]
    fn a_limit_is_found_among_boundaries() {
        let boundaries = [0.1, 0.25, 1.0];
        assert_eq!(place(0.25, &boundaries), Place::Boundary);
        assert_eq!(place(0.3, &boundaries), Place::Between(Some(0.25), Some(1.0)));
        assert_eq!(place(0.05, &boundaries), Place::Between(None, Some(0.1)));
        assert_eq!(place(2.0, &boundaries), Place::Between(Some(1.0), None));
        assert_eq!(place(2.0, &[]), Place::Between(None, None));
    }

    #[test]
    fn a_limit_is_matched_in_every_form() {
        assert_eq!(forms(0.25), ["0.25"]);
        assert_eq!(forms(250.0), ["250", "250.0"]);
        assert_eq!(forms(0.000_01), ["0.00001", "1e-05"]);
        assert_eq!(forms(1e6), ["1000000", "1000000.0", "1e+06"]);
    }
}
