//! Mistakes in the settings.

use std::fmt;

/// The settings that cannot be used: all of them, each with the rule and the fix. The error never
/// contains a token.
///
/// ```
/// use typed_metrics_logfire::LogfireHandler;
///
/// let error = LogfireHandler::builder().token("pylf_v1_mars_0123456789").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`token` is for the region `mars`, which is not known; use `us`, `eu`, `stagingus` or \
///      `stagingeu`, or set `LOGFIRE_BASE_URL` for another server"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogfireError(Vec<String>);

impl LogfireError {
    pub(crate) fn new(mistake: impl Into<String>) -> Self {
        Self(vec![mistake.into()])
    }

    /// An error with all mistakes, if there are any.
    pub(crate) fn of(mistakes: Vec<String>) -> Result<(), Self> {
        if mistakes.is_empty() { Ok(()) } else { Err(Self(mistakes)) }
    }
}

impl fmt::Display for LogfireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for LogfireError {}
