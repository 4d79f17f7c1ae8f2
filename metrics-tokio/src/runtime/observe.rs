//! Observing a runtime.

use std::fmt;
use std::sync::Arc;

use tokio::runtime::{Handle, Id};
use tokio::task::AbortHandle;

use super::ended::Ended;
use super::error::ObserveError;
use super::observed::Observed;
use super::sampler;

/// Observes the runtime of `handle`: every collection of every handler has its
/// [metrics](crate::RuntimeMetrics), with `name` as the label `tokio.runtime.name`.
///
/// The observation ends when the runtime is dropped, or before, when the returned guard is dropped.
/// The next collection then takes the last values of the counters, which stay as counters do, and
/// the other metrics are gone. An observation does not keep a runtime alive: a task that sleeps for
/// ever in the runtime, and that `tokio.runtime.task.count` does not count, is dropped with the
/// runtime.
///
/// The first observation of a runtime counts from the start of the runtime, and a later one only
/// what is new.
///
/// Several runtimes may have one name, at once or one after the other; then their values are added
/// up.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_tokio as tokio_metrics;
/// use tokio::runtime::Builder;
/// use tokio_metrics::observe_runtime;
///
/// let mail = Builder::new_multi_thread().worker_threads(2).build()?;
/// let _mail = observe_runtime("mail", mail.handle())?;
///
/// let workers = || {
///     let snapshot = typed_metrics::snapshot();
///     let workers = snapshot.get("tokio.runtime.worker.count").unwrap();
///     Some(workers.series_with(&[("tokio.runtime.name", "mail")])?.value.as_f64())
/// };
/// assert_eq!(workers(), Some(2.0));
/// drop(mail);
/// assert_eq!(workers(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ObserveError`]: the name is empty, or the runtime is observed already.
pub fn observe_runtime(name: &str, handle: &Handle) -> Result<RuntimeObservation, ObserveError> {
    if name.is_empty() {
        return Err(ObserveError::EmptyName);
    }
    let ended = Ended::new();
    let marker = Marker(Arc::clone(&ended));
    let marker = handle.spawn(async move {
        let _marker = marker;
        std::future::pending::<()>().await;
    });
    // If the runtime is observed already, the drop ends the task.
    let observation =
        RuntimeObservation { id: handle.id(), ended, marker: Some(marker.abort_handle()) };
    sampler::add(Observed::new(name, handle, Arc::clone(&observation.ended)))?;
    Ok(observation)
}

/// Observes the runtime in which this is called: see [`observe_runtime`].
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_tokio as tokio_metrics;
/// use tokio_metrics::observe_current_runtime;
///
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let _shutdown = typed_metrics::shutdown_guard();
///     observe_current_runtime("main")?.forever();
///     // …
/// #   let snapshot = typed_metrics::snapshot();
/// #   assert_eq!(snapshot.get("tokio.runtime.task.count").unwrap().series.len(), 1);
///     Ok(())
/// }
/// ```
///
/// # Errors
/// [`ObserveError`]: the thread is in no runtime, the name is empty, or the runtime is observed
/// already.
pub fn observe_current_runtime(name: &str) -> Result<RuntimeObservation, ObserveError> {
    match Handle::try_current() {
        Ok(handle) => observe_runtime(name, &handle),
        Err(_) => Err(ObserveError::NoRuntime { name: name.to_owned() }),
    }
}

/// Ends the observation of a runtime when it is dropped. [`observe_runtime`] returns it.
#[must_use = "keep it, or call `forever`: `let _ = …` drops it at once, and nothing is observed"]
pub struct RuntimeObservation {
    id: Id,
    ended: Arc<Ended>,
    /// `None` after `forever`.
    marker: Option<AbortHandle>,
}

impl RuntimeObservation {
    /// Observes to the end of the runtime.
    pub fn forever(mut self) {
        self.marker = None;
    }
}

impl Drop for RuntimeObservation {
    fn drop(&mut self) {
        if let Some(marker) = &self.marker {
            // A runtime that ended is not observed again.
            if !self.ended.is_noted() {
                sampler::note_counted(self.id);
            }
            self.ended.note();
            marker.abort();
        }
    }
}

impl fmt::Debug for RuntimeObservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_ended = self.ended.is_noted();
        f.debug_struct("RuntimeObservation").field("has_ended", &has_ended).finish_non_exhaustive()
    }
}

/// Lives in a task of the runtime, and so is dropped with the runtime at the latest.
struct Marker(Arc<Ended>);

impl Drop for Marker {
    fn drop(&mut self) {
        self.0.note();
    }
}
