//! Metrics that lead to traces: `cargo run -p exemplars`.
//!
//! One request is slow. Its bucket of the histogram has an exemplar with the id of its trace, which
//! a dashboard turns into a link.

use std::error::Error;
use std::time::Duration;

use opentelemetry::trace::{Tracer, TracerProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use typed_metrics::otel::current_span;
use typed_metrics::prometheus::{Escaping, Format};
use typed_metrics::{ExemplarFilter, Metrics, PrometheusHandler, set_exemplars};

#[derive(Metrics)]
#[metrics(prefix = "bakery")]
enum Bakery {
    /// Time that an order takes.
    #[histogram(unit = "ms", buckets = [10, 100, 1000])]
    OrderDuration,
    /// Orders.
    #[counter(unit = "{order}")]
    Orders,
}

fn main() -> Result<(), Box<dyn Error>> {
    // A real program exports its spans, and samples a part of its traces.
    let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOn).build();
    let tracer = provider.tracer("bakery");

    // The measurements inside of sampled spans can become exemplars. With a handler of OTLP, the
    // variable `OTEL_METRICS_EXEMPLAR_FILTER=trace_based` does the same.
    set_exemplars(ExemplarFilter::TraceBased, current_span);

    for number in 0..100 {
        tracer.in_span("order", |_| {
            let milliseconds = if number % 10 == 7 { 700 } else { 5 + number % 60 };
            Bakery::order_duration().record(Duration::from_millis(milliseconds));
            Bakery::orders().inc();
        });
    }

    // Prometheus asks for OpenMetrics if it stores exemplars: `--enable-feature=exemplar-storage`.
    let handler = PrometheusHandler::builder().without_server().build()?;
    let scrape = String::from_utf8(handler.render(Format::OpenMetrics(Escaping::Underscores)))?;
    let own = scrape.lines().filter(|line| line.contains("bakery"));
    own.for_each(|line| println!("{line}"));
    Ok(())
}
