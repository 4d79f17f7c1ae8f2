//! A handler of your own: `cargo run --example custom_handler`.
//!
//! At a flush, the handler writes every series as a line of JSON. Each slow request is written at
//! once, as an event.

use std::io::{self, Write};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;
use typed_metrics::{
    Descriptor, HandlerError, Label, Measurement, MetricHandler, Metrics, snapshot,
};

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum ShopMetrics<'a> {
    /// Time to answer a request.
    #[histogram(unit = "ms", buckets = [10, 100, 1000])]
    RequestDuration { route: &'a str, cache: Cache },

    /// Requests answered.
    #[counter(unit = "{request}")]
    Requests { route: &'a str },

    /// Baskets with something in them.
    #[gauge(unit = "{basket}")]
    Baskets,
}

#[derive(Clone, Copy, Label)]
enum Cache {
    Hit,
    Miss,
}

/// Writes lines of JSON to `out`.
struct JsonLines<W> {
    out: Mutex<W>,
    /// A request that takes at least this many milliseconds is slow.
    slow: f64,
}

impl<W: Write> JsonLines<W> {
    fn write(&self, line: &serde_json::Value) -> io::Result<()> {
        // A panic under the lock leaves at most half a line behind.
        let mut out = self.out.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        writeln!(out, "{line}")
    }
}

impl<W: Write + Send + 'static> MetricHandler for JsonLines<W> {
    fn name(&self) -> &'static str {
        "json-lines"
    }

    /// Subscribes to every single request duration, because a snapshot has only the histogram.
    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        metric.name() == "shop.request_duration"
    }

    fn measured(&self, measurement: &Measurement) {
        let ms = measurement.value.as_f64();
        if ms >= self.slow {
            let event = json!({ "event": "slow_request", "ms": ms, "labels": measurement.labels });
            // No caller waits for an event. `flush` reports errors of the output.
            let _ = self.write(&event);
        }
    }

    /// A shutdown also calls `flush`, unless a handler implements `shutdown`.
    fn flush(&self) -> Result<(), HandlerError> {
        for metric in snapshot().metrics {
            for series in metric.series {
                self.write(&json!({
                    "metric": metric.descriptor.name(),
                    "unit": metric.descriptor.unit(),
                    "labels": series.labels,
                    "value": series.value,
                }))?;
            }
        }
        Ok(self.out.lock().map_or(Ok(()), |mut out| out.flush())?)
    }
}

fn main() -> Result<(), typed_metrics::Error> {
    let handler = JsonLines { out: Mutex::new(io::stdout()), slow: 500.0 };
    typed_metrics::set_metric_handlers(handler)?;

    for (route, cache, ms) in
        [("/", Cache::Hit, 4), ("/basket", Cache::Miss, 820), ("/", Cache::Miss, 90)]
    {
        ShopMetrics::request_duration(route, cache).record(Duration::from_millis(ms));
        ShopMetrics::requests(route).inc();
    }
    ShopMetrics::baskets().set(3);

    typed_metrics::shutdown()
}
