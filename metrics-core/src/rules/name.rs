//! The rules for the names of metrics, prefixes and labels.
//!
//! The derive checks the rules at compile time, [`register_metric`] at run time. A metric name
//! follows OpenTelemetry's [instrument name syntax]: an ASCII letter, then letters, digits, `_`,
//! `.`, `-` and `/`, at most 255 characters in total. Label names follow the same rule.
//! OpenTelemetry only recommends it for labels, but every back end then exports the names
//! unchanged.
//!
//! [`register_metric`]: crate::register_metric
//! [instrument name syntax]: https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument-name-syntax

use std::fmt;

use super::const_text::{Text, begins_with, char_at, is_same};

/// The longest name, in bytes, that OpenTelemetry allows.
pub const MAX_NAME_LEN: usize = 255;

/// The reason why a name cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// The name is empty.
    Empty,
    /// The name has more than [`MAX_NAME_LEN`] bytes.
    TooLong {
        /// The number of bytes in the name.
        len: usize,
    },
    /// The name does not begin with an ASCII letter.
    BadStart {
        /// The first character.
        found: char,
    },
    /// The name contains a character that is not allowed.
    BadCharacter {
        /// The character.
        found: char,
        /// The position of the character, counted in characters from 0.
        position: usize,
    },
    /// Label names only: the name belongs to OpenTelemetry or to a back end.
    Reserved {
        /// The owner of the name.
        owner: &'static str,
    },
}

impl NameError {
    /// Says what is wrong, while compiling or at run time.
    const fn write<const N: usize>(&self, text: &mut Text<N>) {
        match *self {
            Self::Empty => text.push("it is empty; give it at least one letter"),
            Self::TooLong { len } => {
                text.push("it has ");
                text.push_number(len);
                text.push(" bytes; the longest allowed is ");
                text.push_number(MAX_NAME_LEN);
            }
            Self::BadStart { found } => {
                text.push("it begins with ");
                text.push_quoted(found);
                text.push("; names begin with an ASCII letter");
            }
            Self::BadCharacter { found, position } => {
                text.push("character ");
                text.push_quoted(found);
                text.push(" at position ");
                text.push_number(position);
                text.push(
                    " is not allowed; allowed are ASCII letters, digits, `_`, `.`, `-` and `/`",
                );
            }
            Self::Reserved { owner } => {
                text.push("it is reserved for ");
                text.push(owner);
                text.push("; choose another");
            }
        }
    }
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Text::<256>::new();
        self.write(&mut text);
        f.write_str(text.as_str())
    }
}

impl std::error::Error for NameError {}

/// Checks the name of a metric, or a prefix of metric names.
///
/// ```
/// use typed_metrics_core::name::{NameError, check_metric_name};
///
/// assert_eq!(check_metric_name("shop.request_count"), Ok(()));
/// assert_eq!(
///     check_metric_name("request count"),
///     Err(NameError::BadCharacter { found: ' ', position: 7 }),
/// );
/// ```
///
/// # Errors
/// The first rule that `name` breaks.
pub const fn check_metric_name(name: &str) -> Result<(), NameError> {
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    let bytes = name.as_bytes();
    if bytes.len() > MAX_NAME_LEN {
        return Err(NameError::TooLong { len: bytes.len() });
    }
    if !bytes[0].is_ascii_alphabetic() {
        return Err(NameError::BadStart { found: char_at(name, 0) });
    }
    // Every character before the first one that is not allowed is one byte.
    let mut position = 0;
    while position < bytes.len() {
        if !bytes[position].is_ascii_alphanumeric()
            && !matches!(bytes[position], b'_' | b'.' | b'-' | b'/')
        {
            return Err(NameError::BadCharacter { found: char_at(name, position), position });
        }
        position += 1;
    }
    Ok(())
}

/// Checks the name of a label.
///
/// A label name follows the rule for metric names. In addition, `otel` and `otel.…` are reserved
/// for OpenTelemetry ([attribute naming]), and `le` and `quantile` for the histograms and summaries
/// of Prometheus.
///
/// ```
/// use typed_metrics_core::name::{NameError, check_label_name};
///
/// assert_eq!(check_label_name("http.route"), Ok(()));
/// assert!(matches!(check_label_name("le"), Err(NameError::Reserved { .. })));
/// ```
///
/// [attribute naming]: https://opentelemetry.io/docs/specs/semconv/general/naming/
///
/// # Errors
/// The first rule that `name` breaks.
pub const fn check_label_name(name: &str) -> Result<(), NameError> {
    if let Err(error) = check_metric_name(name) {
        return Err(error);
    }
    if is_same(name, "otel") || begins_with(name, "otel.") {
        return Err(NameError::Reserved { owner: "OpenTelemetry" });
    }
    if is_same(name, "le") || is_same(name, "quantile") {
        return Err(NameError::Reserved { owner: "Prometheus" });
    }
    Ok(())
}

/// Checks a prefix that is a constant.
///
/// # Panics
/// While compiling, if the prefix breaks a rule.
#[doc(hidden)]
#[track_caller]
pub const fn check_prefix(prefix: &str) {
    let bytes = prefix.as_bytes();
    let mut text = Text::<1024>::new();
    if !bytes.is_empty() && bytes[bytes.len() - 1] == b'.' {
        text.push("prefix \"");
        text.push(prefix);
        text.push("\" ends with the dot that is put between prefix and name; leave the dot out");
        panic!("{}", text.as_str());
    }
    if let Err(error) = check_metric_name(prefix) {
        text.push("\"");
        text.push(prefix);
        text.push("\" cannot be the prefix of a name: ");
        error.write(&mut text);
        panic!("{}", text.as_str());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_255_bytes_passes_and_of_256_does_not() {
        assert_eq!(check_metric_name(&"a".repeat(255)), Ok(()));
        assert_eq!(check_metric_name(&"a".repeat(256)), Err(NameError::TooLong { len: 256 }));
    }

    #[test]
    fn positions_are_counted_in_characters() {
        assert_eq!(
            check_metric_name("a.é"),
            Err(NameError::BadCharacter { found: 'é', position: 2 })
        );
        assert_eq!(check_metric_name("1a"), Err(NameError::BadStart { found: '1' }));
        assert_eq!(check_metric_name(""), Err(NameError::Empty));
    }

    #[test]
    fn reserved_label_names_are_refused() {
        for name in ["otel.metric.overflow", "otel", "le", "quantile"] {
            assert!(matches!(check_label_name(name), Err(NameError::Reserved { .. })), "{name}");
        }
        assert_eq!(check_label_name("otelier"), Ok(()));
    }
}
