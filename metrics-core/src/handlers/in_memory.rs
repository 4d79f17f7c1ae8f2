//! A handler that keeps snapshots, for tests and for programs that show their own metrics.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::collect::reader::snapshot;
use crate::collect::snapshot::Snapshot;
use crate::handlers::handler::{HandlerError, MetricHandler};
use crate::metric::descriptor::Descriptor;
use crate::sync::lock;

/// The number of snapshots that are kept, unless [`keeping`](InMemoryHandler::keeping) sets
/// another.
const KEPT: usize = 100;

/// Keeps a snapshot of every `flush`, and of the shutdown. Clones share their snapshots, and are
/// one back end.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{InMemoryHandler, MetricType, attributes, record_metric};
///
/// let memory = InMemoryHandler::new();
/// typed_metrics::set_metric_handlers(memory.clone()).unwrap();
///
/// record_metric("mails", 3, MetricType::Counter, attributes!()).unwrap();
/// typed_metrics::flush().unwrap();
/// record_metric("mails", 1, MetricType::Counter, attributes!()).unwrap();
/// typed_metrics::shutdown().unwrap();
///
/// let mails = |snapshot: &typed_metrics::Snapshot| {
///     snapshot.get("mails").unwrap().series[0].value.as_f64()
/// };
/// let snapshots = memory.snapshots();
/// assert_eq!(snapshots.iter().map(mails).collect::<Vec<_>>(), [3.0, 4.0]);
/// ```
#[derive(Debug, Clone)]
pub struct InMemoryHandler {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug)]
struct Kept {
    most: usize,
    snapshots: VecDeque<Snapshot>,
    metrics: Vec<&'static Descriptor>,
}

impl InMemoryHandler {
    /// Keeps the last 100 snapshots.
    #[must_use]
    pub fn new() -> Self {
        Self::keeping(KEPT)
    }

    /// Keeps the last `most` snapshots, but at least one.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{InMemoryHandler, MetricHandler};
    ///
    /// let memory = InMemoryHandler::keeping(2);
    /// (0..5).for_each(|_| memory.flush().unwrap());
    /// assert_eq!(memory.snapshots().len(), 2);
    /// ```
    #[must_use]
    pub fn keeping(most: usize) -> Self {
        let kept = Kept { most: most.max(1), snapshots: VecDeque::new(), metrics: Vec::new() };
        Self { kept: Arc::new(Mutex::new(kept)) }
    }

    /// The kept snapshots, oldest first.
    #[must_use]
    pub fn snapshots(&self) -> Vec<Snapshot> {
        lock(&self.kept).snapshots.iter().cloned().collect()
    }

    /// The latest snapshot, if there is one.
    #[must_use]
    pub fn last(&self) -> Option<Snapshot> {
        lock(&self.kept).snapshots.back().cloned()
    }

    /// The metrics that were registered with this handler since it was made, in that order.
    #[must_use]
    pub fn metrics(&self) -> Vec<&'static Descriptor> {
        lock(&self.kept).metrics.clone()
    }

    /// Forgets all snapshots.
    pub fn clear(&self) {
        lock(&self.kept).snapshots.clear();
    }
}

impl Default for InMemoryHandler {
    fn default() -> Self {
        Self::new()
    }
}

impl MetricHandler for InMemoryHandler {
    fn name(&self) -> &'static str {
        "in-memory"
    }

    fn identity(&self) -> Option<usize> {
        Some(Arc::as_ptr(&self.kept).addr())
    }

    fn register(&self, metric: &'static Descriptor) {
        lock(&self.kept).metrics.push(metric);
    }

    fn flush(&self) -> Result<(), HandlerError> {
        // Taken before the lock, because observed callbacks may read the kept snapshots.
        let snapshot = snapshot();
        let mut kept = lock(&self.kept);
        if kept.snapshots.len() == kept.most {
            kept.snapshots.pop_front();
        }
        kept.snapshots.push_back(snapshot);
        Ok(())
    }

    fn abandon(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}
