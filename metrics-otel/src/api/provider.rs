//! The meter provider.

use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::{Meter, MeterProvider};

use super::meter::meter;

/// OpenTelemetry's metrics API over this framework: instruments record into metrics of this
/// framework, which reach every handler under their name and [scope](typed_metrics_core::Scope).
///
/// Crates that record through OpenTelemetry's API use the global provider:
///
/// ```
/// use opentelemetry::{KeyValue, global};
/// use typed_metrics_core::snapshot;
///
/// global::set_meter_provider(typed_metrics_otel::meter_provider());
///
/// // In some crate:
/// let sent = global::meter("mailer").u64_counter("mails.sent").with_unit("{mail}").build();
/// sent.add(2, &[KeyValue::new("to", "ann")]);
///
/// let snapshot = snapshot();
/// let sent = snapshot.get("mails.sent").unwrap();
/// assert_eq!(sent.series_with(&[("to", "ann")]).unwrap().value.as_f64(), 2.0);
/// assert_eq!(sent.descriptor.scope().unwrap().name(), "mailer");
/// ```
///
/// Set it before other crates make their instruments: an instrument belongs to the provider that
/// was set when it was made. There is no state in the provider, so two providers give the same
/// metrics, and nothing ends when it is dropped. Export is the business of
/// [handlers](typed_metrics_core::set_metric_handlers).
///
/// The same instrument may be made any number of times. Instruments of one scope whose names are
/// equal but whose kind, type of values or unit differs are two metrics under one name, and are
/// reported. A different description, case or boundaries are reported, and the first count.
#[must_use]
pub fn meter_provider() -> TypedMeterProvider {
    TypedMeterProvider(())
}

/// The provider that [`meter_provider`] returns.
#[derive(Debug, Clone, Copy)]
pub struct TypedMeterProvider(());

impl MeterProvider for TypedMeterProvider {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        meter(&scope)
    }
}
