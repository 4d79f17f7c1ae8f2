//! A task: the name under which futures and blocking work are measured.

use std::time::Duration;

use super::blocking::MeasuredBlocking;
use super::future::Measured;
use super::outcome::{AnyOutput, ResultOutput};
use super::recorder::Recorder;

/// Measures a future: its polls, how long it waits for a worker, how long it is idle, and its
/// outcome. `name` is the label `tokio.task.name` of its [metrics](crate::TaskMetrics).
///
/// The future may be spawned, awaited in place, or run by another runtime than tokio. A future that
/// is dropped before its end, by an abort for example, is `cancelled`; one that panics is
/// `panicked`. Use [`Task`] for a future that returns a `Result`, for other limits, and for
/// blocking work.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_tokio as tokio_metrics;
/// use tokio_metrics::{TaskMetrics, measured};
/// use typed_metrics::Outcome;
/// use typed_metrics::testing::capture_async;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let seen = capture_async(async {
///     let answer = measured("answer", async {
///         tokio::task::yield_now().await;
///         42
///     });
///     assert_eq!(answer.await, 42);
/// })
/// .await;
/// assert_eq!(seen.histogram(TaskMetrics::PollDuration { task: "answer" }).count, 2);
/// let done = TaskMetrics::Duration { task: "answer", outcome: Outcome::Ok };
/// assert_eq!(seen.histogram(done).count, 1);
/// # }
/// ```
///
/// The first poll allocates the waker that the future gets. Later polls allocate nothing. A wake
/// during a poll reaches the task at the end of that poll.
#[inline]
pub fn measured<F: Future>(name: &'static str, future: F) -> Measured<F> {
    Task::new(name).measured(future)
}

/// Measures futures and blocking work under a name: see [`measured`]. A `Task` is `Copy`; one that
/// is kept saves looking up the series for each future.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_tokio as tokio_metrics;
/// use std::time::Duration;
/// use tokio_metrics::{Task, TaskMetrics};
/// use typed_metrics::Outcome;
/// use typed_metrics::testing::capture_async;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let parse = Task::new("parse").slow_polls_over(Duration::from_millis(1));
/// let seen = capture_async(async {
///     for text in ["12", "twelve"] {
///         let _ = parse.measured_result(async { text.parse::<u32>() }).await;
///     }
/// })
/// .await;
/// for outcome in [Outcome::Ok, Outcome::Error] {
///     let parsed = TaskMetrics::Duration { task: "parse", outcome };
///     assert_eq!(seen.histogram(parsed).count, 1);
/// }
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "a task measures what its methods are given"]
pub struct Task(Recorder);

impl Task {
    /// A task with this name, the label `tokio.task.name`.
    pub fn new(name: &'static str) -> Self {
        Self(Recorder::new(name))
    }

    /// Counts polls that take longer than `limit` as slow; a poll of just the limit is not slow.
    /// The default is 50 µs, as in the crate `tokio-metrics`.
    pub fn slow_polls_over(mut self, limit: Duration) -> Self {
        self.0.slow_poll_limit = limit;
        self
    }

    /// Measures a future. Its outcome is `ok` whatever it returns.
    #[inline]
    pub fn measured<F: Future>(self, future: F) -> Measured<F> {
        Measured::new(self.0, future)
    }

    /// Measures a future that returns a `Result`. Its outcome is `ok` or `error`.
    #[inline]
    pub fn measured_result<F, T, E>(self, future: F) -> Measured<F, ResultOutput>
    where
        F: Future<Output = Result<T, E>>,
    {
        Measured::new(self.0, future)
    }

    /// Measures blocking work, from now on: how long it waits for a thread (`first_poll.delay`) and
    /// how long it runs (`poll.duration`). Its outcome is `ok` whatever it returns, and `cancelled`
    /// if it never runs.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_tokio as tokio_metrics;
    /// use tokio::task::spawn_blocking;
    /// use tokio_metrics::{Task, TaskMetrics};
    /// use typed_metrics::testing::capture_thread;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let resize = Task::new("resize");
    /// let image = spawn_blocking(resize.blocking(|| vec![0_u8; 100])).await.unwrap();
    /// assert_eq!(image.len(), 100);
    /// # let snapshot = typed_metrics::snapshot();
    /// # let waited = snapshot.get("tokio.task.first_poll.delay").unwrap();
    /// # let waited = waited.series_with(&[("tokio.task.name", "resize")]).unwrap();
    /// # assert_eq!(waited.value.as_histogram().unwrap().count, 1);
    /// # }
    /// ```
    pub fn blocking<F, R>(self, work: F) -> impl FnOnce() -> R + use<F, R>
    where
        F: FnOnce() -> R,
    {
        let work = MeasuredBlocking::<F, AnyOutput>::new(self.0, work);
        move || work.run()
    }

    /// Measures blocking work that returns a `Result`: see [`blocking`](Self::blocking). Its
    /// outcome is `ok` or `error`.
    pub fn blocking_result<F, T, E>(self, work: F) -> impl FnOnce() -> Result<T, E> + use<F, T, E>
    where
        F: FnOnce() -> Result<T, E>,
    {
        let work = MeasuredBlocking::<F, ResultOutput>::new(self.0, work);
        move || work.run()
    }
}
