//! Names of other crates as OpenTelemetry allows them.

use std::borrow::Cow;

/// The name of a metric that another crate calls `name`.
///
/// A name of OpenTelemetry begins with an ASCII letter, and has ASCII letters, digits, `_`, `.`,
/// `-` and `/`. Each other character becomes `_`, and a name with another beginning gets the prefix
/// `metric_`, or `metric` before `_`.
pub(crate) fn otel_name(name: &str) -> Cow<'_, str> {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
    let begins_well = name.starts_with(|c: char| c.is_ascii_alphabetic());
    if name.is_empty() || begins_well && name.chars().all(is_allowed) {
        return Cow::Borrowed(name);
    }
    let mut allowed: String = name.chars().map(|c| if is_allowed(c) { c } else { '_' }).collect();
    if !begins_well {
        let prefix = if allowed.starts_with('_') { "metric" } else { "metric_" };
        allowed.insert_str(0, prefix);
    }
    Cow::Owned(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_names_of_opentelemetry() {
        let cases = [
            ("http.requests-total/x_1", "http.requests-total/x_1"),
            ("job:errors:rate5m", "job_errors_rate5m"),
            ("_private", "metric_private"),
            ("::x", "metric__x"),
            ("1st", "metric_1st"),
            ("größe", "gr__e"),
            ("über", "metric_ber"),
            ("a b", "a_b"),
            ("", ""),
        ];
        for (name, expected) in cases {
            assert_eq!(otel_name(name), expected, "{name}");
        }
    }
}
