//! Testing what code records.
//!
//! [`capture`] returns exactly the measurements of its closure, even if other tests record the same
//! metrics in other threads at the same time. [`capture_async`] does the same for a future. A test
//! asks for values with the metrics enum itself, so it cannot misspell a name or a label.
//!
//! ```
//! # use typed_metrics_core as typed_metrics;
//! use typed_metrics::testing::capture;
//! use typed_metrics::{MetricType, attributes, record_metric};
//!
//! let seen = capture(|| {
//!     record_metric("mails", 2, MetricType::Counter, attributes!()).unwrap();
//!     "sent"
//! });
//! assert_eq!(seen.returned, "sent");
//! assert_eq!(seen.snapshot.get("mails").unwrap().series[0].value.as_f64(), 2.0);
//! ```
//!
//! With a metrics enum: `assert_eq!(seen.counter(ShopMetrics::RequestCount { status: 200 }), 1)`,
//! or `seen.assert_counter(ShopMetrics::RequestCount { status: 200 }, 1)`, whose message lists what
//! was recorded instead.
//!
//! [`assert_catalog`] pins the metrics that a crate defines, recorded or not. [`assert_recorded`]
//! fails if a metric of a crate was never recorded.
//!
//! Captured measurements also count in the totals of the process. A capture shares two things with
//! the rest of the process:
//!
//! - The series limit. If other code has used it up, new series of the metric are recorded in the
//!   overflow series, inside the capture too. The message of a failed assertion shows this series
//!   as `otel.metric.overflow=true`.
//! - Removals. If other code removes a series, the capture loses its earlier measurements in that
//!   series. A test that removes series should use its own labels or its own metric.

mod catalog;
mod recorded;

use std::fmt;
use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;

use crate::collect::absorb::absorb;
use crate::collect::fold::fold_many;
use crate::collect::reader::{collect_scope, snapshot};
use crate::collect::snapshot::Snapshot;
use crate::labels::set::Labels;
use crate::metric::descriptor::Descriptor;
use crate::rules::kind::MetricType;
use crate::shards::scope::{self, Inside};
use crate::store::value::{HistogramSnapshot, Value};
use crate::typed::metrics::Metrics;
use crate::typed::resolve::SeriesKey;

pub use catalog::assert_catalog;
pub use recorded::assert_recorded;

/// The result of a [`capture`].
#[must_use = "a capture is for looking into"]
#[non_exhaustive]
pub struct Captured<R = ()> {
    /// The value that the closure or the future returned.
    pub returned: R,
    /// The measurements. Metrics without a measurement are left out.
    pub snapshot: Snapshot,
}

/// Calls `f` and returns its measurements, on this thread and on threads that carry its [`Scope`].
///
/// Captures nest: the outer capture also sees all measurements of the inner one, including those
/// that a [`Scope`] of the inner capture records after its end. A panic in `f` is passed on.
pub fn capture<R>(f: impl FnOnce() -> R) -> Captured<R> {
    let scope = Arc::new(new_scope());
    let returned = {
        let _inside = Inside::enter(Arc::clone(&scope));
        f()
    };
    Captured { returned, snapshot: collect_scope(&scope) }
}

/// Runs `future` and returns its measurements, on all threads that polled it.
///
/// A task that `future` spawns is captured only if the task carries the [`Scope`], because a
/// runtime polls tasks separately from the future that spawned them. [`capture_thread`] captures
/// all tasks of a runtime that stays on the thread of the test.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
/// # fn block_on<F: Future>(future: F) -> F::Output {
/// #     match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
/// #         Poll::Ready(output) => output,
/// #         Poll::Pending => unreachable!(),
/// #     }
/// # }
/// use typed_metrics::testing::capture_async;
/// use typed_metrics::{MetricType, attributes, record_metric};
///
/// let seen = block_on(capture_async(async {
///     record_metric("letters", 1, MetricType::Counter, attributes!()).unwrap();
/// }));
/// assert_eq!(seen.snapshot.get("letters").unwrap().series[0].value.as_f64(), 1.0);
/// ```
pub async fn capture_async<F: Future>(future: F) -> Captured<F::Output> {
    let scope = Scope(Some(Arc::new(new_scope())));
    let returned = scope.enter_async(future).await;
    let snapshot = scope.0.as_deref().map(collect_scope).unwrap_or_default();
    Captured { returned, snapshot }
}

/// Starts a capture of everything that this thread records, until [`finish`](ThreadCapture::finish)
/// is called or the capture is dropped.
///
/// For tests whose runtime polls its tasks on the thread of the test, as `#[tokio::test]` does by
/// default. Tasks that the code under test spawns are captured, although they carry no [`Scope`].
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::testing::capture_thread;
/// use typed_metrics::{MetricType, attributes, record_metric};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
/// # runtime.block_on(async {
/// let capture = capture_thread();
/// let send = async { record_metric("cards", 1, MetricType::Counter, attributes!()).unwrap() };
/// tokio::spawn(send).await.unwrap();
/// let seen = capture.finish();
/// assert_eq!(seen.snapshot.get("cards").unwrap().series[0].value.as_f64(), 1.0);
/// # });
/// ```
///
/// The capture stays on its thread: it is not `Send`, so a task that may move to another thread
/// cannot hold it across an `await`.
pub fn capture_thread() -> ThreadCapture {
    let scope = Arc::new(new_scope());
    let inside = Inside::enter(Arc::clone(&scope));
    ThreadCapture { inside, scope, stays: PhantomData }
}

/// A capture of everything that a thread records, from [`capture_thread`].
#[must_use = "keep it until the code under test has run, and call `finish`"]
#[derive(Debug)]
pub struct ThreadCapture {
    inside: Inside,
    scope: Arc<scope::Scope>,
    /// A raw pointer is not `Send`, so the capture is not `Send` either.
    stays: PhantomData<*const ()>,
}

impl ThreadCapture {
    /// Ends the capture and returns the measurements.
    pub fn finish(self) -> Captured {
        let Self { inside, scope, .. } = self;
        drop(inside);
        Captured { returned: (), snapshot: collect_scope(&scope) }
    }
}

/// The capture that a thread is in, which can be carried to other threads and tasks.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::testing::{Scope, capture};
/// use typed_metrics::{MetricType, attributes, record_metric};
///
/// let seen = capture(|| {
///     let scope = Scope::current();
///     let work = || record_metric("parcels", 1, MetricType::Counter, attributes!()).unwrap();
///     std::thread::spawn(move || scope.enter(work)).join().unwrap();
/// });
/// assert_eq!(seen.snapshot.get("parcels").unwrap().series[0].value.as_f64(), 1.0);
/// ```
#[derive(Debug, Clone)]
pub struct Scope(Option<Arc<scope::Scope>>);

impl Scope {
    /// The capture that this thread is in, if it is in one.
    #[must_use]
    pub fn current() -> Self {
        Self(scope::current())
    }

    /// Calls `f` inside the capture.
    pub fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        let _inside = self.0.clone().map(Inside::enter);
        f()
    }

    /// Polls `future` inside the capture.
    pub async fn enter_async<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        std::future::poll_fn(|context| self.enter(|| future.as_mut().poll(context))).await
    }
}

fn new_scope() -> scope::Scope {
    fold_many();
    scope::Scope::new(absorb)
}

impl<R> Captured<R> {
    /// The amount that a counter of `u64` was incremented by; 0 if it was not recorded.
    ///
    /// # Panics
    /// If `metric` is not a counter of `u64`.
    #[track_caller]
    pub fn counter(&self, metric: impl Metrics) -> u64 {
        let key = expect(&metric, MetricType::Counter);
        match self.find(&key) {
            None => 0,
            Some(Value::U64(value)) => *value,
            Some(_) => panic!("`{}` counts in f64; ask for `sum`", name(&key)),
        }
    }

    /// The amount that an up-down counter of `i64` was changed by; 0 if it was not recorded.
    ///
    /// # Panics
    /// If `metric` is not an up-down counter of `i64`.
    #[track_caller]
    pub fn up_down_counter(&self, metric: impl Metrics) -> i64 {
        let key = expect(&metric, MetricType::UpDownCounter);
        match self.find(&key) {
            None => 0,
            Some(Value::I64(value)) => *value,
            Some(_) => panic!("`{}` counts in f64; ask for `sum`", name(&key)),
        }
    }

    /// The amount that a counter or an up-down counter of any value type was changed by; 0 if it
    /// was not recorded.
    ///
    /// # Panics
    /// If `metric` is neither.
    #[track_caller]
    pub fn sum(&self, metric: impl Metrics) -> f64 {
        let key = metric.__series();
        let is = key.family.descriptor().metric_type();
        assert!(
            matches!(is, MetricType::Counter | MetricType::UpDownCounter),
            "`{}` is a {is}; ask for `{is}`, not for `sum`",
            name(&key)
        );
        self.find(&key).map_or(0.0, Value::as_f64)
    }

    /// The last value of a gauge; `None` if it was not set.
    ///
    /// # Panics
    /// If `metric` is not a gauge.
    #[track_caller]
    pub fn gauge(&self, metric: impl Metrics) -> Option<f64> {
        self.find(&expect(&metric, MetricType::Gauge)).map(Value::as_f64)
    }

    /// Whether a state is the current one, or whether an info was set last.
    ///
    /// # Panics
    /// If `metric` is neither.
    #[track_caller]
    pub fn is_set(&self, metric: impl Metrics) -> bool {
        let key = metric.__series();
        let descriptor = key.family.descriptor();
        let kind = descriptor.definition().kind_name();
        assert!(
            descriptor.is_state_or_info(),
            "`{}` has no states and is no info; ask for `{kind}`, not for `is_set`",
            name(&key)
        );
        self.find(&key) == Some(&Value::I64(1))
    }

    /// The values of a histogram. If none was recorded, the count is 0 and the extremes are NaN.
    ///
    /// # Panics
    /// If `metric` is not a histogram.
    #[track_caller]
    pub fn histogram(&self, metric: impl Metrics) -> HistogramSnapshot {
        let key = expect(&metric, MetricType::Histogram);
        let found = self.find(&key).and_then(Value::as_histogram).cloned();
        found.unwrap_or_else(|| HistogramSnapshot::empty(key.family.descriptor().grid()))
    }

    /// The value of a metric of any kind; `None` if it was not recorded.
    pub fn value(&self, metric: impl Metrics) -> Option<Value> {
        self.find(&metric.__series()).cloned()
    }

    /// Asserts the amount that a counter of `u64` was incremented by.
    ///
    /// # Panics
    /// If the amount is not `expected`. The message lists what was recorded instead.
    #[track_caller]
    pub fn assert_counter(&self, metric: impl Metrics, expected: u64) {
        let key = metric.__series();
        self.assert(self.counter(metric) == expected, &key, &expected);
    }

    /// Asserts the amount that an up-down counter of `i64` was changed by.
    ///
    /// # Panics
    /// If the amount is not `expected`. The message lists what was recorded instead.
    #[track_caller]
    pub fn assert_up_down_counter(&self, metric: impl Metrics, expected: i64) {
        let key = metric.__series();
        self.assert(self.up_down_counter(metric) == expected, &key, &expected);
    }

    /// Asserts the last value of a gauge.
    ///
    /// # Panics
    /// If the value is not exactly `expected`. The message lists what was recorded instead.
    #[track_caller]
    pub fn assert_gauge(&self, metric: impl Metrics, expected: f64) {
        let key = metric.__series();
        let found = self.gauge(metric).map(f64::to_bits);
        self.assert(found == Some(expected.to_bits()), &key, &expected);
    }

    /// Asserts that a state is the current one, or that an info was set last.
    ///
    /// # Panics
    /// If it is not. The message lists what was recorded instead.
    #[track_caller]
    pub fn assert_set(&self, metric: impl Metrics) {
        let key = metric.__series();
        self.assert(self.is_set(metric), &key, &1);
    }

    /// Asserts the number of values that a histogram recorded.
    ///
    /// # Panics
    /// If the number is not `expected`. The message lists what was recorded instead.
    #[track_caller]
    pub fn assert_histogram_count(&self, metric: impl Metrics, expected: u64) {
        let key = metric.__series();
        let count = self.histogram(metric).count;
        self.assert(count == expected, &key, &format_args!("{expected} values"));
    }

    /// Asserts that nothing was recorded.
    ///
    /// # Panics
    /// If anything was recorded. The message lists it.
    #[track_caller]
    pub fn assert_nothing(&self) {
        assert!(
            self.snapshot.metrics.is_empty(),
            "nothing was expected, but there is{}",
            self.all()
        );
    }

    fn find(&self, key: &SeriesKey) -> Option<&Value> {
        let metric = self.snapshot.get(name(key))?;
        metric.series.iter().find(|s| s.labels == key.key.labels).map(|series| &series.value)
    }

    #[track_caller]
    fn assert(&self, holds: bool, key: &SeriesKey, expected: &dyn fmt::Display) {
        if holds {
            return;
        }
        let found = self.find(key).map_or_else(|| "nothing".to_owned(), show);
        panic!(
            "`{}`: expected {expected}, but recorded was {found}\nall that was recorded:{}{}",
            title(name(key), &key.key.labels),
            self.all(),
            self.elsewhere(key).unwrap_or_default(),
        );
    }

    /// A hint, if the process recorded more in the series than this capture saw.
    fn elsewhere(&self, key: &SeriesKey) -> Option<String> {
        let size = |value: &Value| match value {
            Value::Histogram(histogram) => histogram.count as f64,
            number => number.as_f64(),
        };
        let snapshot = snapshot();
        let all = snapshot.get(name(key))?.series.iter().find(|s| s.labels == key.key.labels)?;
        let seen = self.find(key).map_or(0.0, size);
        (size(&all.value) != seen).then(|| {
            format!(
                "\nin the whole process: {}. Was a task or a thread started? In `#[tokio::test]`, use \
                 `capture_thread()`; elsewhere, run the task or thread inside `Scope::current()`",
                show(&all.value)
            )
        })
    }

    /// One line for each series.
    fn all(&self) -> String {
        let line = |metric: &Descriptor, labels: &Labels, value: &Value| {
            format!("\n  {} = {}", title(metric.name(), labels), show(value))
        };
        let metrics = self.snapshot.metrics.iter();
        let lines =
            metrics.flat_map(|m| m.series.iter().map(|s| line(m.descriptor, &s.labels, &s.value)));
        Some(lines.collect()).filter(|all: &String| !all.is_empty()).unwrap_or("\n  nothing".into())
    }
}

impl<R> fmt::Debug for Captured<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "captured:{}", self.all())
    }
}

fn name(key: &SeriesKey) -> &'static str {
    key.family.descriptor().name()
}

#[track_caller]
fn expect(metric: &impl Metrics, asked: MetricType) -> SeriesKey {
    let key = metric.__series();
    let descriptor = key.family.descriptor();
    let is = descriptor.metric_type();
    if descriptor.is_state_or_info() {
        let kind = descriptor.definition().kind_name();
        assert!(
            is == asked,
            "`{}` is {} {kind}; ask for `is_set` or `assert_set`, not for `{asked}`",
            name(&key),
            if descriptor.is_info() { "an" } else { "a" },
        );
    }
    let kind = is.in_prose();
    assert!(is == asked, "`{}` is {kind}; ask for `{is}`, not for `{asked}`", name(&key));
    key
}

/// A metric with its labels, if it has any.
fn title(metric: &str, labels: &Labels) -> String {
    if labels.is_empty() { metric.to_owned() } else { format!("{metric} {labels}") }
}

fn show(value: &Value) -> String {
    match value {
        Value::U64(value) => value.to_string(),
        Value::I64(value) => value.to_string(),
        Value::F64(value) => value.to_string(),
        Value::Histogram(h) => {
            format!("{} values (sum {}, min {}, max {})", h.count, h.sum, h.min, h.max)
        }
    }
}
