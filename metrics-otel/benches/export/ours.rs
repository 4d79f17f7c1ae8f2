//! Recording and exporting with this crate.

use std::time::Duration;

use typed_metrics::set_metric_handlers;
use typed_metrics_otel::{OtelHandler, Temporality};

use crate::case::Recorder;
use crate::{Export, Method};

pub(crate) struct Ours;

/// Exports every second.
pub(crate) fn exporting(endpoint: &str, is_delta: bool) -> Ours {
    let temporality = if is_delta { Temporality::Delta } else { Temporality::Cumulative };
    install(endpoint, temporality, Duration::from_secs(1));
    Ours
}

pub(crate) fn install(endpoint: &str, temporality: Temporality, interval: Duration) {
    let pipeline = OtelHandler::otlp().endpoint(endpoint).temporality(temporality);
    let handler = pipeline.interval(interval).build().expect("the settings are right");
    set_metric_handlers(handler).expect("no other handler is set");
}

impl Recorder for Ours {
    fn count(&self, id: u32) {
        Export::requests(id, "/api/v1/resource", Method::Get).inc();
    }

    fn record(&self, id: u32, value: f64) {
        Export::sizes(id, "/api/v1/resource", Method::Get).record(value);
    }

    fn record_hot(&self, value: f64) {
        Export::hot().record(value);
    }
}
