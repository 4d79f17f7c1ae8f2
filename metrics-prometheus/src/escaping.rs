//! The escaping schemes: how a scraper wants names that do not fit the classic character set.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How names are written that have other characters than ASCII letters, digits and `_`.
///
/// A scraper chooses the scheme by the parameter `escaping` of its `Accept` header. The schemes are
/// those of Prometheus ([escaping schemes]). Names that [`Naming`](crate::Naming) translates have
/// classic characters only. So a scheme changes them only if it also escapes `_`, as
/// [`Dots`](Self::Dots) does.
///
/// ```
/// use typed_metrics_prometheus::Escaping;
///
/// assert_eq!(Escaping::default(), Escaping::Underscores);
/// assert_eq!(Escaping::AllowUtf8.as_str(), "allow-utf-8");
/// ```
///
/// [escaping schemes]: https://prometheus.io/docs/instrumenting/escaping_schemes/
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Escaping {
    /// Names are written as they are, in quotes where the format needs them.
    AllowUtf8,
    /// Each other character is written as `_`.
    #[default]
    Underscores,
    /// `.` is written as `_dot_`, and `_` and each other character as `__`.
    Dots,
    /// Names with other characters begin with `U__`; `_` is written as `__`, and each other
    /// character as its code point in hexadecimal digits between `_`.
    Values,
}

impl Escaping {
    /// The value of the parameter `escaping` for this scheme.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AllowUtf8 => "allow-utf-8",
            Self::Underscores => "underscores",
            Self::Dots => "dots",
            Self::Values => "values",
        }
    }

    /// The scheme with this name. The documentation of Prometheus also writes `allow-utf8`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "allow-utf-8" | "allow-utf8" => Self::AllowUtf8,
            "underscores" => Self::Underscores,
            "dots" => Self::Dots,
            "values" => Self::Values,
            _ => return None,
        })
    }

    /// The name of a metric, with a colon as a classic character.
    pub(crate) fn metric(self, name: &str) -> Cow<'_, str> {
        self.escape(name, |c| c == ':')
    }

    /// The name of a label. Prometheus keeps labels that begin with `__` for itself.
    pub(crate) fn label(self, name: &str) -> Cow<'_, str> {
        let escaped = self.escape(name, |_| false);
        if escaped.starts_with("__") { format!("key{escaped}").into() } else { escaped }
    }

    fn escape(self, name: &str, is_allowed: impl Fn(char) -> bool) -> Cow<'_, str> {
        let is_classic = |(at, c): (usize, char)| is_classic(at, c) || is_allowed(c);
        let is_kept = match self {
            Self::AllowUtf8 => true,
            Self::Underscores | Self::Values => name.char_indices().all(is_classic),
            Self::Dots => name.char_indices().all(|(at, c)| c != '_' && is_classic((at, c))),
        };
        if is_kept {
            return Cow::Borrowed(name);
        }
        let mut escaped = String::with_capacity(2 * name.len());
        if self == Self::Values {
            escaped.push_str("U__");
        }
        for (at, c) in name.char_indices() {
            match (self, c) {
                (Self::Dots | Self::Values, '_') => escaped.push_str("__"),
                (Self::Dots, '.') => escaped.push_str("_dot_"),
                _ if is_classic((at, c)) => escaped.push(c),
                (Self::Dots, _) => escaped.push_str("__"),
                (Self::Values, _) => {
                    // Writing to a string never fails.
                    let _ = write!(escaped, "_{:x}_", u32::from(c));
                }
                (Self::Underscores | Self::AllowUtf8, _) => escaped.push('_'),
            }
        }
        Cow::Owned(escaped)
    }
}

/// Whether a name may have this character at this place without quotes.
fn is_classic(at: usize, c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic() || at > 0 && c.is_ascii_digit()
}

/// Whether a metric name needs no quotes.
pub(crate) fn is_classic_metric(name: &str) -> bool {
    !name.is_empty() && name.char_indices().all(|(at, c)| c == ':' || is_classic(at, c))
}

/// Whether a label name needs no quotes.
pub(crate) fn is_classic_label(name: &str) -> bool {
    !name.is_empty() && name.char_indices().all(|(at, c)| is_classic(at, c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scheme_escapes_as_prometheus_does() {
        let cases = [
            ("http.status:sum", "http_status:sum", "http_dot_status:sum", "U__http_2e_status:sum"),
            ("a_b", "a_b", "a__b", "a_b"),
            ("a_b.c", "a_b_c", "a__b_dot_c", "U__a__b_2e_c"),
            ("1x", "_x", "__x", "U___31_x"),
            ("x1", "x1", "x1", "x1"),
            ("größe", "gr__e", "gr____e", "U__gr_f6__df_e"),
            ("a/b-c", "a_b_c", "a__b__c", "U__a_2f_b_2d_c"),
        ];
        for (name, underscores, dots, values) in cases {
            assert_eq!(Escaping::AllowUtf8.metric(name), name);
            assert_eq!(Escaping::Underscores.metric(name), underscores);
            assert_eq!(Escaping::Dots.metric(name), dots);
            assert_eq!(Escaping::Values.metric(name), values);
        }
    }

    #[test]
    fn a_colon_is_no_character_of_a_label() {
        assert_eq!(Escaping::Underscores.label("a:b"), "a_b");
        assert_eq!(Escaping::Underscores.label("[]x"), "key__x");
        assert_eq!(Escaping::Dots.label("_x"), "key__x");
        assert!(is_classic_metric("a:b") && !is_classic_label("a:b"));
        assert!(!is_classic_metric("") && !is_classic_metric("1a"));
    }
}
