//! Reading an event.

use std::fmt;

use tracing_core::Field;
use tracing_core::field::Visit;
use typed_metrics_core::MetricType;

use super::attributes::EventAttributes;
use super::field::metric_of;

/// The measurements and the attributes of an event. Its memory is used again for the next event of
/// the thread.
#[derive(Debug, Default)]
pub(super) struct EventFields {
    pub(super) measurements: Vec<Measurement>,
    pub(super) attributes: EventAttributes,
}

/// A measurement of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measurement {
    pub(super) kind: MetricType,
    pub(super) name: &'static str,
    pub(super) value: f64,
}

/// The field with the text of an event. It often has values in it, so it would make a series of
/// every event.
const MESSAGE: &str = "message";

impl EventFields {
    pub(super) fn clear(&mut self) {
        self.measurements.clear();
        self.attributes.clear();
    }

    /// Adds a number, if the field is a measurement.
    fn measure(&mut self, field: &Field, value: f64) -> bool {
        let Some((kind, name)) = metric_of(field.name()) else { return false };
        self.measurements.push(Measurement { kind, name, value });
        true
    }
}

impl Visit for EventFields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if !self.measure(field, value) {
            self.attributes.push_float(field.name(), value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if !self.measure(field, value as f64) {
            self.attributes.push_int(field.name(), value);
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if self.measure(field, value as f64) {
            return;
        }
        match i64::try_from(value) {
            Ok(value) => self.attributes.push_int(field.name(), value),
            Err(_) => self.attributes.push_text(field.name(), format_args!("{value}")),
        }
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        if self.measure(field, value as f64) {
            return;
        }
        match i64::try_from(value) {
            Ok(value) => self.attributes.push_int(field.name(), value),
            Err(_) => self.attributes.push_text(field.name(), format_args!("{value}")),
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        if self.measure(field, value as f64) {
            return;
        }
        match i64::try_from(value) {
            Ok(value) => self.attributes.push_int(field.name(), value),
            Err(_) => self.attributes.push_text(field.name(), format_args!("{value}")),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.attributes.push_bool(field.name(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() != MESSAGE {
            self.attributes.push_text(field.name(), format_args!("{value}"));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() != MESSAGE {
            self.attributes.push_text(field.name(), format_args!("{value:?}"));
        }
    }
}
