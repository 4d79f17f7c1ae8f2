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

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("it is empty; give it at least one letter"),
            Self::TooLong { len } => {
                write!(f, "it has {len} bytes; the longest allowed is {MAX_NAME_LEN}")
            }
            Self::BadStart { found } => {
                write!(f, "it begins with {found:?}; names begin with an ASCII letter")
            }
            Self::BadCharacter { found, position } => write!(
                f,
                "character {found:?} at position {position} is not allowed; \
                 allowed are ASCII letters, digits, `_`, `.`, `-` and `/`"
            ),
            Self::Reserved { owner } => write!(f, "it is reserved for {owner}; choose another"),
        }
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
pub fn check_metric_name(name: &str) -> Result<(), NameError> {
    let Some(first) = name.chars().next() else {
        return Err(NameError::Empty);
    };
    if name.len() > MAX_NAME_LEN {
        return Err(NameError::TooLong { len: name.len() });
    }
    if !first.is_ascii_alphabetic() {
        return Err(NameError::BadStart { found: first });
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/');
    match name.chars().enumerate().find(|(_, c)| !allowed(*c)) {
        Some((position, found)) => Err(NameError::BadCharacter { found, position }),
        None => Ok(()),
    }
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
pub fn check_label_name(name: &str) -> Result<(), NameError> {
    check_metric_name(name)?;
    if name == "otel" || name.starts_with("otel.") {
        return Err(NameError::Reserved { owner: "OpenTelemetry" });
    }
    if matches!(name, "le" | "quantile") {
        return Err(NameError::Reserved { owner: "Prometheus" });
    }
    Ok(())
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
