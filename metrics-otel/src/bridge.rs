//! The bridge: what is kept for one provider, one scope and one prefix, for as long as the provider
//! lives, so that nothing is counted twice whatever handlers come and go.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use opentelemetry::metrics::Meter;
use typed_metrics_core::{Descriptor, Reader};

use crate::instrument::{self, Sink};
use crate::late::Late;
use crate::limit;
use crate::{lock, try_lock};

/// The name of the observable instrument that observes nothing: its callback is the pump.
pub(crate) const PUMP: &str = "typed_metrics.pump";

/// See the module.
///
/// It holds instruments but no meter: the provider owns it, through the pump's callback, and a meter
/// would keep the provider's pipelines from ever going away.
#[derive(Debug)]
pub(crate) struct Bridge {
    key: Key,
    state: Mutex<State>,
    pub(crate) late: Late,
    panicked: AtomicBool,
    /// How many handlers use it. Without any, nothing is handed on. Not in the state, for a handler
    /// may be cleared inside a collection.
    users: AtomicUsize,
}

/// What a bridge is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    /// Where the meter's implementation lives: an SDK has one for each scope.
    meter: usize,
    prefix: Option<String>,
}

/// Locked while a callback of the user may run in a collection; so never by a thread that registers
/// a metric.
#[derive(Debug, Default)]
struct State {
    /// What this bridge handed on.
    reader: Reader,
    metrics: HashMap<&'static str, Exported>,
}

#[derive(Debug)]
struct Exported {
    sink: Box<dyn Sink>,
    /// Whether the handler's filter lets it pass.
    wanted: bool,
}

/// All bridges. Providers own them.
static BRIDGES: Mutex<Vec<Weak<Bridge>>> = Mutex::new(Vec::new());

thread_local! {
    /// Whether this thread is inside the pump.
    static PUMPING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside a collection, as far as that can be known.
pub(crate) fn is_pumping() -> bool {
    PUMPING.get()
}

impl Bridge {
    /// The bridge that `meter` has already.
    pub(crate) fn find(meter: &Meter, prefix: Option<&str>) -> Option<Arc<Self>> {
        let key = Key::new(meter, prefix);
        let mut all = lock(&BRIDGES);
        all.retain(|bridge| bridge.strong_count() > 0);
        all.iter().filter_map(Weak::upgrade).find(|bridge| bridge.key == key)
    }

    /// A bridge with its pump; `None` if nobody will ever collect.
    pub(crate) fn connect(meter: &Meter, prefix: Option<&str>) -> Option<Arc<Self>> {
        let bridge = Arc::new(Self {
            key: Key::new(meter, prefix),
            state: Mutex::default(),
            late: Late::default(),
            panicked: AtomicBool::new(false),
            users: AtomicUsize::new(0),
        });
        let pumped = Arc::clone(&bridge);
        // No series of it is ever observed, so no memory need be reserved for any.
        let _ = limit::building(1, || {
            meter.u64_observable_gauge(PUMP).with_callback(move |_| pumped.pump()).build()
        });
        // Whoever will call the callback has kept it. What is no-op, shut down, without a reader or
        // dropped by a view has not; it cannot be told otherwise.
        if Arc::strong_count(&bridge) == 1 {
            return None;
        }
        lock(&BRIDGES).push(Arc::downgrade(&bridge));
        Some(bridge)
    }

    /// What tells it from all other bridges.
    pub(crate) fn id(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Builds the instrument of `metric` if it has none. Not to be called from a callback.
    pub(crate) fn build(&self, meter: &Meter, metric: &'static Descriptor, limit: usize) {
        let name = metric.name();
        if !lock(&self.state).metrics.contains_key(name) {
            // The lock is not held: the provider's own may be, by a collection that waits for ours.
            let full = match &self.key.prefix {
                Some(prefix) => format!("{prefix}_{name}").into(),
                None => std::borrow::Cow::Borrowed(name),
            };
            let series = limit::most_series(metric);
            let (sink, has_limit) =
                limit::building(series, || instrument::build(meter, full, metric));
            if !has_limit {
                limit::warn_if_above(metric, limit);
            }
            let exported = Exported { sink, wanted: true };
            lock(&self.state).metrics.entry(name).or_insert(exported);
        }
        if let Some(exported) = lock(&self.state).metrics.get_mut(name) {
            exported.wanted = true;
        }
        self.late.note_built(name);
    }

    /// Lets a handler use it, which wants these metrics.
    pub(crate) fn enter(self: &Arc<Self>, wanted: &[&'static Descriptor]) -> Use {
        let mut state = lock(&self.state);
        for (name, metric) in &mut state.metrics {
            metric.wanted = wanted.iter().any(|descriptor| descriptor.name() == *name);
        }
        drop(state);
        // Relaxed: it guards nothing but itself.
        self.users.fetch_add(1, Ordering::Relaxed);
        Use(Arc::clone(self))
    }

    /// Hands on what came since the last time. Called by the SDK at the beginning of every
    /// collection, once for each of its readers; what is added here is in that very export.
    pub(crate) fn pump(&self) {
        if PUMPING.replace(true) {
            return;
        }
        // A panic would kill the SDK's reader. Callbacks of users are caught by core, each by itself.
        let pumped = catch_unwind(AssertUnwindSafe(|| self.hand_on(&mut lock(&self.state))));
        PUMPING.set(false);
        if pumped.is_err() && !self.panicked.swap(true, Ordering::Relaxed) {
            log::error!(target: "typed_metrics", "handing metrics to OpenTelemetry panicked");
        }
    }

    fn hand_on(&self, state: &mut State) {
        if self.is_used() {
            state.pump();
            // Cleared meanwhile, by a callback.
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
            .changes(|metric| metrics.get(metric.name()).is_some_and(|exported| exported.wanted));
        for changes in &changes.metrics {
            if let Some(exported) = metrics.get_mut(changes.descriptor.name()) {
                exported.sink.take(changes);
            }
        }
        self.publish();
    }

    /// Shows what gauges took since the last time: nothing, if it is called twice.
    fn publish(&mut self) {
        self.metrics.values_mut().for_each(|exported| exported.sink.publish());
    }
}

impl Key {
    fn new(meter: &Meter, prefix: Option<&str>) -> Self {
        // A meter does not tell what is behind it, its builders do.
        let behind = meter.u64_counter("").instrument_provider;
        let meter = std::ptr::from_ref(behind).cast::<()>().addr();
        Self { meter, prefix: prefix.map(str::to_owned) }
    }
}

/// The use of a bridge by an installed handler.
#[derive(Debug)]
pub(crate) struct Use(Arc<Bridge>);

impl std::ops::Deref for Use {
    type Target = Arc<Bridge>;

    fn deref(&self) -> &Arc<Bridge> {
        &self.0
    }
}

impl Drop for Use {
    fn drop(&mut self) {
        let was_last = self.0.users.fetch_sub(1, Ordering::Relaxed) == 1;
        // Gauges would show their last value for ever. A pump that is under way sees to that itself,
        // and may take long, with callbacks of users in it.
        if was_last && let Some(mut state) = try_lock(&self.0.state) {
            state.publish();
        }
    }
}
