//! How long a series lives without a measurement.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::rules::kind::MetricType;

/// How long the series of a metric live without a measurement, and whether the times of their
/// measurements are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[doc(hidden)]
pub struct Lifetime {
    /// In milliseconds; [`DEFAULT`] or [`NEVER`].
    expiry: u64,
    tracked: bool,
}

/// The expiry that [`set_default_expiry`] sets.
const DEFAULT: u64 = 0;
const NEVER: u64 = u64::MAX;

/// In milliseconds.
static DEFAULT_EXPIRY: AtomicU64 = AtomicU64::new(NEVER);

/// From now on, a series in which nothing was recorded for `expiry` is removed, in every metric
/// without an expiry of its own. `None` is the default: series are kept.
///
/// Every collection looks for such series: a snapshot, a reader, or the export of a handler. Every
/// reader gets the last values of counters and histograms once. Nothing is lost: a measurement that
/// is made at the same moment either belongs to the last value or begins the series anew. Handles
/// stay valid.
///
/// Up-down counters never expire: the sum of a counter that nothing changes, such as the number of
/// open connections, is still true.
///
/// ```
/// use std::time::Duration;
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, register_metric, set_default_expiry};
///
/// let visits = register_metric("visits", Metric::counter("visits"))?.descriptor();
/// assert_eq!(visits.expiry(), None);
/// set_default_expiry(Duration::from_secs(600));
/// assert_eq!(visits.expiry(), Some(Duration::from_secs(600)));
/// # set_default_expiry(None);
/// # Ok::<(), typed_metrics::Error>(())
/// ```
pub fn set_default_expiry(expiry: impl Into<Option<Duration>>) {
    // Relaxed: no other data depends on the number.
    DEFAULT_EXPIRY.store(expiry.into().map_or(NEVER, milliseconds), Relaxed);
}

impl Lifetime {
    /// The expiry is the one of the process, and times are not tracked.
    pub const UNSET: Self = Self { expiry: DEFAULT, tracked: false };

    /// Series expire after this time; `None` if they never do.
    #[must_use]
    pub const fn expires(self, milliseconds: Option<u64>) -> Self {
        let expiry = match milliseconds {
            Some(DEFAULT) => 1,
            Some(milliseconds) => milliseconds,
            None => NEVER,
        };
        Self { expiry, ..self }
    }

    /// The times of the last measurements are known.
    #[must_use]
    pub const fn tracked(self) -> Self {
        Self { tracked: true, ..self }
    }

    pub(super) fn expiry(self, metric_type: MetricType) -> Option<Duration> {
        if metric_type == MetricType::UpDownCounter {
            return None;
        }
        let own = self.expiry;
        let expiry = if own == DEFAULT { DEFAULT_EXPIRY.load(Relaxed) } else { own };
        (expiry != NEVER).then(|| Duration::from_millis(expiry))
    }

    /// The metric's own expiry, for messages.
    pub(crate) fn in_prose(self) -> String {
        match self.expiry {
            DEFAULT => "the expiry of the process".into(),
            NEVER => "no expiry".into(),
            milliseconds => format!("expiry after {:?}", Duration::from_millis(milliseconds)),
        }
    }

    /// Whether the metric itself sets an expiry.
    pub(crate) fn has_own_expiry(self) -> bool {
        ![DEFAULT, NEVER].contains(&self.expiry)
    }

    pub(super) fn is_tracked(self) -> bool {
        self.tracked
    }
}

/// At least one, so that it is not [`DEFAULT`].
pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(NEVER).max(1)
}
