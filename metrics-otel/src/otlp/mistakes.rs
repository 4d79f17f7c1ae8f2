//! What is wrong with the settings of a pipeline.

use std::fmt;

/// Settings that cannot be used: all of them, each with its value, the rule and the mend.
///
/// Values of headers are never in it.
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
    pub(super) fn new(mistake: impl Into<String>) -> Self {
        Self(vec![mistake.into()])
    }
}

impl fmt::Display for OtlpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for OtlpError {}

/// Mistakes found so far: whoever reads the settings goes on, so that one run tells them all.
#[derive(Debug, Default)]
pub(super) struct Mistakes(Vec<String>);

impl Mistakes {
    pub(super) fn add(&mut self, mistake: impl Into<String>) {
        self.0.push(mistake.into());
    }

    /// The value, or the mistake noted.
    pub(super) fn note<T>(&mut self, result: Result<T, String>) -> Option<T> {
        result.map_err(|mistake| self.add(mistake)).ok()
    }

    pub(super) fn none<T>(self, value: Option<T>) -> Result<T, OtlpError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(OtlpError(self.0)),
        }
    }
}
