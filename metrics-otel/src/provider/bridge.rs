//! The bridge between core and one provider, for one scope and one prefix.
//!
//! A bridge lives as long as its provider. So nothing is counted twice, whichever handlers are
//! installed and cleared.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use log::Level;
use opentelemetry::metrics::Meter;
use typed_metrics_core::{ChangeReader, Descriptor, MetricId, foreign, report};

use super::deferred::Deferred;
use super::instrument::{self, Sink};
use super::limit;
#[cfg(not(feature = "sdk"))]
use super::limit::building;
use super::meters::Meters;
#[cfg(feature = "sdk")]
use super::view::building;
use crate::collecting;
use crate::lock::{lock, try_lock};

/// The name of an observable instrument that observes nothing. Its callback is the pump.
pub(crate) const PUMP: &str = "typed_metrics.pump";

/// Hands changes from core to the instruments of one meter.
///
/// The bridge holds instruments but no meter. The provider owns the bridge, through the pump's
/// callback, and a meter in the bridge would keep the provider's pipelines alive for ever.
#[derive(Debug)]
pub(crate) struct Bridge {
    key: Key,
    state: Mutex<State>,
    deferred: Deferred,
    /// Whether a panic in the pump was reported.
    panicked: AtomicBool,
    /// How many installed handlers use the bridge. Without a user, nothing is handed on. The
    /// counter is outside of the state because a handler may be cleared inside a collection.
    users: AtomicUsize,
}

/// Identifies a bridge.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    /// The address of the meter's implementation: an SDK has one implementation for each scope.
    meter: usize,
    prefix: Option<String>,
}

/// Locked during a collection, in which callbacks of the user may run. So a thread that registers a
/// metric must not take this lock.
#[derive(Debug, Default)]
struct State {
    /// Knows what this bridge has handed on.
    reader: ChangeReader,
    metrics: HashMap<MetricId, Exported>,
}

#[derive(Debug)]
struct Exported {
    sink: Box<dyn Sink>,
    /// Whether the handler's filter accepts the metric.
    wanted: bool,
}

/// All bridges. Their providers own them.
static BRIDGES: Mutex<Vec<Weak<Bridge>>> = Mutex::new(Vec::new());

impl Bridge {
    /// The existing bridge of `meter`.
    pub(crate) fn find(meter: &Meter, prefix: Option<&str>) -> Option<Arc<Self>> {
        let key = Key::new(meter, prefix);
        let mut all = lock(&BRIDGES);
        all.retain(|bridge| bridge.strong_count() > 0);
        all.iter().filter_map(Weak::upgrade).find(|bridge| bridge.key == key)
    }

    /// Creates a bridge with its pump; `None` if the meter is never collected.
    pub(crate) fn connect(meter: &Meter, prefix: Option<&str>) -> Option<Arc<Self>> {
        let bridge = Arc::new(Self {
            key: Key::new(meter, prefix),
            state: Mutex::default(),
            deferred: Deferred::default(),
            panicked: AtomicBool::new(false),
            users: AtomicUsize::new(0),
        });
        let pumped = Arc::clone(&bridge);
        // The pump never observes a series, so the SDK need not reserve memory for series.
        let _ = building(1, None, || {
            meter.u64_observable_gauge(PUMP).with_callback(move |_| pumped.pump()).build()
        });
        // A meter that will call the callback has kept it. A meter that is a no-op, was shut down,
        // has no reader, or drops the instrument by a view has not. There is no other way to find
        // out.
        if Arc::strong_count(&bridge) == 1 {
            return None;
        }
        lock(&BRIDGES).push(Arc::downgrade(&bridge));
        Some(bridge)
    }

    /// A number that no other bridge has.
    pub(crate) fn id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Builds the instrument of `metric` if it has none and may have one. Must not be called from a
    /// callback.
    pub(crate) fn build(&self, meters: &Meters, metric: &'static Descriptor, limit: usize) {
        let name = metric.name();
        let id = metric.id();
        if !lock(&self.state).metrics.contains_key(&id) {
            // Not under the state's lock: a collection may hold the provider's lock and wait for
            // the state's.
            let Some(meter) = meters.of(metric) else { return };
            let full = match &self.key.prefix {
                Some(prefix) => format!("{prefix}_{name}").into(),
                None => std::borrow::Cow::Borrowed(name),
            };
            let series = limit::most_series(metric);
            let build = || instrument::build(&meter, full, metric);
            let (sink, has_limit) = building(series, metric.exponential(), build);
            if !has_limit {
                limit::warn_if_above(metric, limit);
            }
            let exported = Exported { sink, wanted: true };
            lock(&self.state).metrics.entry(id).or_insert(exported);
        }
        if let Some(exported) = lock(&self.state).metrics.get_mut(&id) {
            exported.wanted = true;
        }
        self.deferred.note_built(id);
    }

    /// Builds the instrument of `metric` on a separate thread. May be called from a callback.
    pub(crate) fn build_deferred(
        self: &Arc<Self>,
        meters: &Meters,
        metric: &'static Descriptor,
        limit: usize,
    ) {
        let (bridge, meters) = (Arc::clone(self), meters.clone());
        self.deferred.request(metric, move |metric| bridge.build(&meters, metric, limit));
    }

    /// Registers a handler that exports these metrics as a user of the bridge.
    pub(crate) fn enter(self: &Arc<Self>, wanted: &[&'static Descriptor]) -> BridgeUse {
        let mut state = lock(&self.state);
        for (id, metric) in &mut state.metrics {
            metric.wanted = wanted.iter().any(|descriptor| descriptor.id() == *id);
        }
        drop(state);
        // Relaxed: the counter guards no other memory.
        self.users.fetch_add(1, Ordering::Relaxed);
        BridgeUse(Arc::clone(self))
    }

    /// Hands on the changes since the last call. The SDK calls this function at the beginning of
    /// every collection, once for each of its readers. Values that are added here are part of that
    /// collection.
    pub(crate) fn pump(&self) {
        let Some(collecting) = collecting::begin() else { return };
        // A panic would end the SDK's reader. Core catches panics of the user's callbacks.
        let pumped = foreign::call(|| self.hand_on(&mut lock(&self.state)));
        drop(collecting);
        if pumped.is_err() && !self.panicked.swap(true, Ordering::Relaxed) {
            let text = format_args!("handing metrics to OpenTelemetry panicked");
            report(Level::Error, "otel: handing on panicked", text);
        }
    }

    fn hand_on(&self, state: &mut State) {
        if self.is_used() {
            state.pump();
            // A callback has cleared the handler in the meantime.
            if !self.is_used() {
                state.publish();
            }
        }
    }

    fn is_used(&self) -> bool {
        self.users.load(Ordering::Relaxed) > 0
    }
}

impl State {
    fn pump(&mut self) {
        let metrics = &mut self.metrics;
        let changes = self
            .reader
            .changes(|metric| metrics.get(&metric.id()).is_some_and(|exported| exported.wanted));
        for changes in &changes.metrics {
            if let Some(exported) = metrics.get_mut(&changes.descriptor.id()) {
                exported.sink.take(changes);
            }
        }
        self.publish();
    }

    /// Publishes the values that gauges took since the last call. A second call in a row publishes
    /// no values.
    fn publish(&mut self) {
        self.metrics.values_mut().for_each(|exported| exported.sink.publish());
    }
}

impl Key {
    fn new(meter: &Meter, prefix: Option<&str>) -> Self {
        // A meter does not expose its implementation, but its builders do.
        let behind = meter.u64_counter("").instrument_provider;
        let meter = std::ptr::from_ref(behind).cast::<()>().addr();
        Self { meter, prefix: prefix.map(str::to_owned) }
    }
}

/// Keeps an installed handler registered as a user of a bridge.
#[derive(Debug)]
pub(crate) struct BridgeUse(Arc<Bridge>);

impl std::ops::Deref for BridgeUse {
    type Target = Arc<Bridge>;

    fn deref(&self) -> &Arc<Bridge> {
        &self.0
    }
}

impl Drop for BridgeUse {
    fn drop(&mut self) {
        let was_last = self.0.users.fetch_sub(1, Ordering::Relaxed) == 1;
        // Without this, gauges would export their last value for ever. A running pump does it
        // itself; waiting for the pump could take long, as it runs callbacks of the user.
        if was_last && let Some(mut state) = try_lock(&self.0.state) {
            state.publish();
        }
    }
}
