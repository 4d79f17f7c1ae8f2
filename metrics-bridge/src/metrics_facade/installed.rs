//! The settings of the recorder that the program has installed.

use std::sync::OnceLock;

use log::Level;
use typed_metrics_core::report;

use super::matcher::Matcher;
use super::recorder::MetricsRecorder;
use super::settings::Settings;

static INSTALLED: OnceLock<Settings> = OnceLock::new();

/// Keeps the settings of the recorder that was installed. There is one at most.
pub(super) fn set(settings: Settings) {
    let _ = INSTALLED.set(settings);
}

impl MetricsRecorder {
    /// The matchers of the installed recorder that set the buckets of no histogram so far: names
    /// with a typing error, histograms that were renamed, or matchers that others always precede.
    /// Call it when the program has recorded whatever it records, such as at the end of a test.
    ///
    /// ```
    /// use metrics::histogram;
    /// use typed_metrics_bridge::{Matcher, MetricsRecorder};
    ///
    /// MetricsRecorder::builder()
    ///     .buckets_for(Matcher::suffix("_seconds"), [0.1, 1.0])
    ///     .buckets_for(Matcher::full("reply.byte"), [100.0, 1000.0]) // it is `reply.bytes`
    ///     .install()?;
    /// histogram!("reply_seconds").record(0.5);
    /// histogram!("reply.bytes").record(512);
    /// assert_eq!(MetricsRecorder::unused_matchers(), [Matcher::full("reply.byte")]);
    /// # Ok::<(), typed_metrics_bridge::RecorderError>(())
    /// ```
    pub fn unused_matchers() -> Vec<Matcher> {
        INSTALLED.get().map(Settings::unused_matchers).unwrap_or_default()
    }

    /// Logs a warning that lists the [unused matchers](Self::unused_matchers), if there are any.
    /// Call it when the program has recorded whatever it records, such as at the end of `main`.
    ///
    /// ```
    /// # use typed_metrics_bridge::{Matcher, MetricsRecorder};
    /// let builder = MetricsRecorder::builder();
    /// builder.buckets_for(Matcher::full("reply.byte"), [100.0, 1000.0]).install()?;
    /// metrics::histogram!("reply.bytes").record(512);
    /// // Logs that no histogram has the buckets of histogram `reply.byte` so far.
    /// MetricsRecorder::report_unused_matchers();
    /// # assert_eq!(MetricsRecorder::unused_matchers(), [Matcher::full("reply.byte")]);
    /// # Ok::<(), typed_metrics_bridge::RecorderError>(())
    /// ```
    pub fn report_unused_matchers() {
        let unused = Self::unused_matchers();
        if unused.is_empty() {
            return;
        }
        let list: Vec<_> = unused.iter().map(ToString::to_string).collect();
        let list = list.join(", ");
        let text = format_args!(
            "buckets of {list} in the settings of the crate metrics: no histogram has these \
             buckets so far; correct the name, or remove the setting"
        );
        report(Level::Warn, "unused matchers of the crate metrics", text);
    }
}
