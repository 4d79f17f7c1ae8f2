//! Forwarding single measurements to the subscribers of a metric.

use std::cell::Cell;
use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use super::family::Family;
use super::series::Series;
use super::value::Value;
use crate::cells::change::Change;
use crate::foreign::Outermost;
use crate::labels::set::Labels;
use crate::locks::{self, read, write};
use crate::metric::descriptor::Descriptor;

/// One measurement, as it is passed to a subscribed handler.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Measurement {
    /// The metric, under the name to which the handler subscribed.
    pub metric: &'static Descriptor,
    /// The labels of its series.
    pub labels: Labels,
    /// The increment, the gauge's new value, or the value recorded in a histogram (as `F64`). The
    /// new value is the result also where an amount was added to the gauge.
    ///
    /// A metric with [states](Descriptor::state_label) has the value 1 and the labels of the state
    /// that was set; the state before is not measured. An [info](Descriptor::is_info) has the value
    /// 1.
    pub value: Value,
    /// How often the value was recorded: 1, or the number that was given to `record_many`.
    pub count: u64,
}

/// Receives single measurements. Neither the call nor the drop of a subscriber panics.
pub(crate) trait Subscriber: Send + Sync {
    fn measured(&self, measurement: &Measurement);

    /// Whether the subscriber was removed. From then on it stays so.
    fn is_removed(&self) -> bool;
}

/// The subscribers of a metric, and the descriptor under which each wants its measurements.
type List = Vec<(&'static Descriptor, Arc<dyn Subscriber>)>;

/// The subscribers of each metric, by the address of the metric's descriptor.
static SUBSCRIBERS: RwLock<Option<HashMap<usize, List>>> = RwLock::new(None);

thread_local! {
    /// Whether a subscriber is taking a measurement in this thread.
    static FORWARDING: Cell<bool> = const { Cell::new(false) };
}

/// Forwards a measurement to the subscribers of its metric. Measurements that a subscriber records
/// while it takes a measurement are not forwarded.
#[cold]
pub(crate) fn to_subscribers(series: Series, change: Change) {
    let Some(_outermost) = Outermost::begin(&FORWARDING) else { return };
    // A copy, because a subscriber may install or remove handlers while it takes a measurement.
    if let Some(subscribers) = subscribers_of(series.descriptor()) {
        let (labels, value) = match change {
            Change::Record { value, .. } => (series.labels(), Value::F64(value)),
            Change::Set(bits) if series.descriptor().is_state_or_info() => {
                let (metric, labels) = (series.descriptor(), series.labels());
                let state = usize::try_from(bits).unwrap_or(usize::MAX);
                (metric.labels_in_state(&labels, state).unwrap_or(labels), Value::I64(1))
            }
            Change::Add(bits) | Change::Set(bits) => {
                (series.labels(), Value::from_bits(bits, series.value_type()))
            }
            // Its result is forwarded, as a value that is set.
            Change::Adjust(_) => return,
        };
        let count = match change {
            Change::Record { count, .. } => count,
            _ => 1,
        };
        let _foreign = locks::foreign();
        for (metric, subscriber) in &subscribers {
            let (labels, value) = (labels.clone(), value.clone());
            subscriber.measured(&Measurement { metric, labels, value, count });
        }
        // The last copy of a list may drop handlers, which is foreign code too.
        drop(subscribers);
    }
}

fn subscribers_of(metric: &'static Descriptor) -> Option<List> {
    let subscribers = read(&SUBSCRIBERS);
    subscribers.as_ref()?.get(&address(metric)).cloned()
}

fn address(metric: &'static Descriptor) -> usize {
    std::ptr::from_ref(metric).addr()
}

/// Forwards every measurement of `family` to `subscriber` from now on, as one of `metric`, unless
/// the subscriber was removed meanwhile: then nothing would end the subscription.
pub(crate) fn subscribe(
    family: &'static Family,
    metric: &'static Descriptor,
    subscriber: Arc<dyn Subscriber>,
) {
    let mut subscribers = write(&SUBSCRIBERS);
    if subscriber.is_removed() {
        return;
    }
    let by_metric = subscribers.get_or_insert_default();
    by_metric.entry(address(family.descriptor())).or_default().push((metric, subscriber));
    family.set_subscribed(true);
}

/// Ends the subscriptions of `subscriber`, which was removed, to all of `families`.
pub(crate) fn unsubscribe(families: &[&'static Family], subscriber: &Arc<impl Subscriber>) {
    let mut subscribers = write(&SUBSCRIBERS);
    let Some(by_metric) = subscribers.as_mut() else { return };
    for family in families {
        if let Some(list) = by_metric.get_mut(&address(family.descriptor())) {
            list.retain(|(_, other)| {
                !std::ptr::addr_eq(Arc::as_ptr(other), Arc::as_ptr(subscriber))
            });
            family.set_subscribed(!list.is_empty());
        }
    }
}
