//! Imported metrics in the table of the console: of the crate `metrics`, and of two registries.

use std::sync::Arc;

use metrics::{Unit, counter, describe_counter, describe_histogram, gauge, histogram};
use prometheus::{Histogram, HistogramOpts, IntCounterVec, Opts};
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit as ClientUnit};
use typed_metrics_bridge::{
    Matcher, MetricsRecorder, observe_prometheus, observe_prometheus_client,
};
use typed_metrics_core::{ConsoleHandler, set_metric_handlers, shutdown};
use typed_metrics_turn::{Paper, my_turn};

const TABLE: &str = "
metric              kind     unit     labels    value
─────────────────────────────────────────────────────
cache_bytes         gauge    By                 2,048
mail_queue          gauge                           3
mail_queue.counter  counter                         7
mails_sent          counter  {count}  to=ann        2
                                      to=bob        1
old_requests_total  counter           route=/a      4

histogram            unit  labels  count  sum  p50  p95   p99  min  max
───────────────────────────────────────────────────────────────────────
mail_size            By                2   55   10   46  49.2    5   50
old_latency_seconds                    1  0.5  0.5  0.5   0.5  0.5  0.5

3 metrics were never recorded: tracing.span.busy, tracing.span.duration, tracing.span.idle
";

#[test]
fn the_table_has_imported_metrics_with_their_kinds_labels_units_and_values() {
    let _turn = my_turn();
    let paper = Paper::default();
    set_metric_handlers(ConsoleHandler::new().to(paper.clone()).width(100)).unwrap();

    let recorder = MetricsRecorder::builder().buckets_for(Matcher::suffix("_size"), [10.0, 100.0]);
    recorder.install().unwrap();
    describe_counter!("mails_sent", Unit::Count, "Mails that were sent.");
    counter!("mails_sent", "to" => "ann").increment(2);
    counter!("mails_sent", "to" => "bob").increment(1);
    describe_histogram!("mail_size", Unit::Bytes, "Size of mails.");
    histogram!("mail_size").record(5.0);
    histogram!("mail_size").record(50.0);
    gauge!("mail_queue").set(3.0);
    // A second metric of the name, which is reported.
    counter!("mail_queue").increment(7);

    let registry = prometheus::Registry::new();
    let requests = IntCounterVec::new(Opts::new("old_requests_total", "Requests."), &["route"]);
    let requests = requests.unwrap();
    registry.register(Box::new(requests.clone())).unwrap();
    requests.with_label_values(&["/a"]).inc_by(4);
    let latency = HistogramOpts::new("old_latency_seconds", "Latency.").buckets(vec![0.1, 1.0]);
    let latency = Histogram::with_opts(latency).unwrap();
    registry.register(Box::new(latency.clone())).unwrap();
    latency.observe(0.5);
    let _prometheus = observe_prometheus(&registry);

    let (mut registry, cache) = (Registry::default(), Gauge::<i64>::default());
    registry.register_with_unit("cache", "Size of the cache.", ClientUnit::Bytes, cache.clone());
    cache.set(2048);
    let _client = observe_prometheus_client(Arc::new(registry));

    shutdown().unwrap();
    let text = paper.text();
    assert_eq!(text, TABLE.trim_start_matches('\n'), "\n{text}");
}
