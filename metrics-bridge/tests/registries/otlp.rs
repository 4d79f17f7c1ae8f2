//! The metrics of other registries in OTLP and on the console.

use std::time::Duration;

use prometheus::{Gauge, Histogram, HistogramOpts, IntCounter, Registry};
use typed_metrics_bridge::observe_prometheus;
use typed_metrics_core::{clear_metric_handlers, flush, set_metric_handlers};
use typed_metrics_otel::{OtelHandler, Protocol, Temporality};
use typed_metrics_receiver::{Receiver, Total};
use typed_metrics_turn::my_turn;

#[test]
fn both_temporalities_have_the_totals() {
    let _turn = my_turn();
    for (prefix, temporality) in [("oc", Temporality::Cumulative), ("od", Temporality::Delta)] {
        let receiver = Receiver::start();
        let handler = OtelHandler::otlp()
            .endpoint(receiver.http_endpoint())
            .protocol(Protocol::HttpProtobuf)
            .interval(Duration::from_secs(3600))
            .temporality(temporality)
            .build()
            .unwrap();
        set_metric_handlers(handler).unwrap();

        let registry = Registry::new();
        let named = |name: &str| format!("{prefix}_{name}");
        let count = IntCounter::new(named("total"), "Count.").unwrap();
        let level = Gauge::new(named("level"), "Level.").unwrap();
        let opts = HistogramOpts::new(named("size"), "Size.").buckets(vec![1.0, 2.0]);
        let size = Histogram::with_opts(opts).unwrap();
        registry.register(Box::new(count.clone())).unwrap();
        registry.register(Box::new(level.clone())).unwrap();
        registry.register(Box::new(size.clone())).unwrap();
        let _observation = observe_prometheus(&registry);

        for round in 1..=3 {
            count.inc_by(round);
            level.set(round as f64);
            size.observe(0.5);
            size.observe(5.0);
            flush().unwrap();
        }
        let totals = receiver.totals();
        assert_eq!(totals.double(&named("total"), ""), 6.0);
        assert_eq!(totals.double(&named("level"), ""), 3.0);
        assert_eq!(totals.count(&named("size"), ""), 6);
        assert_eq!(totals.metric(&named("total")).description, "Count.");
        assert_eq!(totals.metric(&named("total")).scope, totals.metric(&named("size")).scope);
        let Total::Histogram { sum, buckets, .. } = totals.total(&named("size"), "") else {
            panic!("{totals:?}");
        };
        assert_eq!((*sum, &**buckets), (16.5, &[3, 0, 3][..]));
        clear_metric_handlers();
    }
}
