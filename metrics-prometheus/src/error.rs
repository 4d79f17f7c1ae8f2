//! The error of the builder, and of a push.

use std::fmt;

/// The settings that cannot be used, each with its value, the rule and the fix; or the reason why
/// a push failed.
///
/// ```
/// # #[cfg(feature = "server")] {
/// use typed_metrics_prometheus::PrometheusHandler;
///
/// let error = PrometheusHandler::builder().basic_auth("a:b", "secret").build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "the user of `basic_auth` is `a:b`, which contains `:`; HTTP ends the user there, so choose \
///      a user without `:`"
/// );
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrometheusError(pub(crate) Vec<String>);

impl fmt::Display for PrometheusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for PrometheusError {}
