//! Instruments of metrics that are registered while the program runs.
//!
//! The SDK holds a lock while it runs callbacks, and building an instrument takes it. Who registers
//! a metric may be inside such a callback, which nobody can know. So a thread of its own builds, and
//! is waited for only so long. Until the instrument is there, what is recorded waits in core.

use std::collections::HashSet;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::metrics::Meter;
use typed_metrics_core::Descriptor;

use crate::bridge::{Bridge, is_pumping};
use crate::lock;

/// How long a registration waits for its instrument: some thousand times what it takes if no
/// collection is under way.
const PATIENCE: Duration = Duration::from_millis(100);

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Late {
    queue: Mutex<Queue>,
    idle: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    built: HashSet<&'static str>,
    waiting: Vec<&'static Descriptor>,
    /// Whether there is a thread.
    running: bool,
    /// Whether somebody waited in vain for that thread; others need not then.
    stuck: bool,
}

impl Late {
    /// The metric has its instrument.
    pub(crate) fn note_built(&self, name: &'static str) {
        lock(&self.queue).built.insert(name);
    }

    /// Builds the instrument of `metric` soon; now, unless this thread is in the way.
    pub(crate) fn build(
        bridge: &Arc<Bridge>,
        meter: &Meter,
        metric: &'static Descriptor,
        limit: usize,
    ) {
        let late = &bridge.late;
        let mut queue = lock(&late.queue);
        if queue.built.contains(metric.name()) {
            return;
        }
        queue.waiting.push(metric);
        if !queue.running {
            let (builder, meter) = (Arc::clone(bridge), meter.clone());
            let thread = std::thread::Builder::new().name("typed-metrics-otel".to_owned());
            if let Err(error) = thread.spawn(move || work(&builder, &meter, limit)) {
                // It waits for the next registration.
                let name = metric.name();
                log::error!(target: "typed_metrics", "metric `{name}` is not exported: {error}");
                return;
            }
            queue.running = true;
        }
        if queue.stuck || is_pumping() {
            return;
        }
        let waited = late.idle.wait_timeout_while(queue, PATIENCE, |queue| queue.running);
        let (mut queue, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        queue.stuck = queue.running && waited.timed_out();
    }
}

fn work(bridge: &Bridge, meter: &Meter, limit: usize) {
    loop {
        let mut queue = lock(&bridge.late.queue);
        let waiting = std::mem::take(&mut queue.waiting);
        if waiting.is_empty() {
            (queue.running, queue.stuck) = (false, false);
            bridge.late.idle.notify_all();
            return;
        }
        drop(queue);
        waiting.into_iter().for_each(|metric| bridge.build(meter, metric, limit));
    }
}
