//! Observable instruments.

use opentelemetry::KeyValue;
use opentelemetry::metrics::{AsyncInstrument, Callback};
use typed_metrics_core::{Number, Observations, ScopedMetric};

use super::attributes::Given;

/// Takes what a callback observes.
struct Observer<'a>(&'a Observations<'a>);

impl<N: Number> AsyncInstrument<N> for Observer<'_> {
    fn observe(&self, value: N, attributes: &[KeyValue]) {
        self.0.observe(value, &Given(attributes));
    }
}

/// Runs the callbacks at every collection.
pub(super) fn observe<N: Number>(metric: ScopedMetric, callbacks: Vec<Callback<N>>) {
    for callback in callbacks {
        metric.observe(Box::new(move |observations| callback(&Observer(observations))));
    }
}
