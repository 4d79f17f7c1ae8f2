//! Mistakes in the settings of a pipeline.

use std::fmt;

/// The settings that cannot be used: all of them, each with its value, the rule and the fix.
///
/// The error never contains values of headers.
///
/// ```
/// use typed_metrics_otel::OtelHandler;
///
/// let error = OtelHandler::otlp().endpoint("localhost:4318").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`endpoint` is `localhost:4318`, which does not begin with `http://` or `https://`; write \
///      `http://localhost:4318`"
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtlpError(Vec<String>);

impl OtlpError {
    pub(crate) fn new(mistake: impl Into<String>) -> Self {
        Self(vec![mistake.into()])
    }
}

impl fmt::Display for OtlpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for OtlpError {}

/// The mistakes found so far. Reading goes on after a mistake, so that one error reports all.
#[derive(Debug, Default)]
pub(crate) struct Mistakes(Vec<String>);

impl Mistakes {
    pub(crate) fn add(&mut self, mistake: impl Into<String>) {
        self.0.push(mistake.into());
    }

    /// Returns the value, or adds the mistake.
    pub(crate) fn note<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|mistake| self.add(mistake)).ok()
    }

    /// Returns the value if there is one and no mistake was added.
    pub(crate) fn into_result<T>(self, value: Option<T>) -> Result<T, OtlpError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(OtlpError(self.0)),
        }
    }
}
