//! Instruments of metrics that are registered while the program runs.
//!
//! The SDK holds a lock while it runs callbacks, and building an instrument takes the same lock. A
//! metric may be registered inside such a callback, which cannot be detected. So a separate thread
//! builds the instrument, and the registration waits for it only for a short time. Until the
//! instrument exists, core keeps the recorded values.

use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use log::Level;
use typed_metrics_core::{Descriptor, MetricId, report};

use crate::collecting::is_collecting;
use crate::lock::lock;

/// How long a registration waits for its instrument. Building takes about a thousandth of this time
/// if no collection runs.
const PATIENCE: Duration = Duration::from_millis(100);

/// The metrics whose instruments are still to be built.
#[derive(Debug, Default)]
pub(crate) struct Deferred(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    idle: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    built: HashSet<MetricId>,
    waiting: Vec<&'static Descriptor>,
    /// Whether the building thread runs.
    is_running: bool,
    /// Whether a registration waited for the thread in vain. Other registrations do not wait then.
    is_stuck: bool,
}

impl Deferred {
    /// Notes that the metric has its instrument.
    pub(crate) fn note_built(&self, metric: MetricId) {
        lock(&self.0.queue).built.insert(metric);
    }

    /// Has the instrument of `metric` built by `build` on the building thread, and waits for it
    /// unless this thread runs a collection.
    pub(crate) fn request(
        &self,
        metric: &'static Descriptor,
        build: impl Fn(&'static Descriptor) + Send + 'static,
    ) {
        let mut queue = lock(&self.0.queue);
        if queue.built.contains(&metric.id()) {
            return;
        }
        queue.waiting.push(metric);
        if !queue.is_running {
            let shared = Arc::clone(&self.0);
            let thread = std::thread::Builder::new().name("typed-metrics-otel".to_owned());
            if let Err(error) = thread.spawn(move || shared.work(build)) {
                // The metric stays in the queue until the next registration.
                let name = metric.name();
                let text = format_args!("metric `{name}` is not exported: {error}");
                report(Level::Error, &format!("otel: metric {name} is not exported"), text);
                return;
            }
            queue.is_running = true;
        }
        if queue.is_stuck || is_collecting() {
            return;
        }
        let waited = self.0.idle.wait_timeout_while(queue, PATIENCE, |queue| queue.is_running);
        let (mut queue, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        queue.is_stuck = queue.is_running && waited.timed_out();
    }
}

impl Shared {
    fn work(&self, build: impl Fn(&'static Descriptor)) {
        loop {
            let mut queue = lock(&self.queue);
            let waiting = std::mem::take(&mut queue.waiting);
            if waiting.is_empty() {
                (queue.is_running, queue.is_stuck) = (false, false);
                self.idle.notify_all();
                return;
            }
            drop(queue);
            waiting.into_iter().for_each(&build);
        }
    }
}
