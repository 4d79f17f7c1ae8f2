//! Forwarding single measurements to handlers that subscribed to a metric.

use std::cell::Cell;

use crate::descriptor::ValueType;
use crate::handler::{Measurement, forward_to};
use crate::number::Number;
use crate::series::{Change, Series};
use crate::snapshot::Value;

thread_local! {
    /// Whether this thread is inside a handler that takes a measurement.
    static FORWARDING: Cell<bool> = const { Cell::new(false) };
}

/// Forwards a measurement, unless this one was recorded by a handler that takes one.
#[cold]
pub(crate) fn measurement(series: Series, change: Change) {
    if FORWARDING.replace(true) {
        return;
    }
    forward_to(series.block.family(), || Measurement {
        metric: series.block.descriptor(),
        labels: series.labels(),
        value: match (change, series.value_type()) {
            (Change::Record(value), _) => Value::F64(value),
            (Change::Add(bits) | Change::Set(bits), ValueType::U64) => Value::U64(bits),
            (Change::Add(bits) | Change::Set(bits), ValueType::I64) => {
                Value::I64(i64::from_bits(bits))
            }
            (Change::Add(bits) | Change::Set(bits), ValueType::F64) => {
                Value::F64(f64::from_bits(bits))
            }
        },
    });
    FORWARDING.set(false);
}
