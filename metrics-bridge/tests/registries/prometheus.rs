//! A registry of `prometheus`.

use std::collections::HashMap;
use std::time::Duration;

use prometheus::core::{Collector, Desc};
use prometheus::proto;
use prometheus::{
    Counter, Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge,
    Opts, Registry, TextEncoder,
};
use typed_metrics_bridge::observe_prometheus;
use typed_metrics_core::{
    ChangeReader, DropReason, ExponentialSettings, Metric, MetricType, Override, Reader,
    attributes, override_metric, register_metric, set_default_expiry, snapshot,
};
use typed_metrics_prometheus::{Escaping, Format, MetricsCollector, PrometheusHandler};
use typed_metrics_turn::{lines as log, my_turn};

use super::support::{lines, metric, open_metrics, text, value};

fn registered<C: Collector + Clone + 'static>(registry: &Registry, collector: C) -> C {
    registry.register(Box::new(collector.clone())).unwrap();
    collector
}

#[test]
fn the_text_of_a_scrape_has_the_names_and_values_of_the_registry_itself() {
    let _turn = my_turn();
    let registry = Registry::new();
    let opts = |name: &str| Opts::new(name, format!("Help of \"{name}\"\\ and\nmore."));
    let labelled =
        registered(&registry, IntCounterVec::new(opts("pa_by_total"), &["to", "on"]).unwrap());
    labelled.with_label_values(&["ann", "mon"]).inc_by(3);
    labelled.with_label_values(&["bob", "tue"]).inc();
    registered(&registry, Counter::with_opts(opts("pa_no_suffix")).unwrap()).inc_by(2.5);
    registered(&registry, Counter::with_opts(opts("pa_total_of_all")).unwrap()).inc();
    registered(&registry, Counter::with_opts(opts("pa_bytes_total")).unwrap()).inc();
    registered(&registry, Gauge::with_opts(opts("pa_temperature_celsius")).unwrap()).set(-3.5);
    registered(&registry, IntGauge::with_opts(opts("pa__double_")).unwrap()).set(1 << 40);
    registered(&registry, IntGauge::with_opts(opts("pa:rule:sum")).unwrap()).set(1);
    let seconds = HistogramOpts::from(opts("pa_wait_seconds")).buckets(vec![0.1, 1.0, 10.0]);
    let wait = registered(&registry, HistogramVec::new(seconds, &["queue"]).unwrap());
    for value in [0.05, 0.1, 0.5, 20.0] {
        wait.with_label_values(&["mail"]).observe(value);
    }
    let _observation = observe_prometheus(&registry);

    let own = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert_eq!(lines(&text(), "pa"), lines(&own, "pa"));
    // A second scrape adds nothing.
    assert_eq!(lines(&text(), "pa"), lines(&own, "pa"));
    wait.with_label_values(&["mail"]).observe(7.0);
    labelled.with_label_values(&["ann", "mon"]).inc();
    let own = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert_eq!(lines(&text(), "pa"), lines(&own, "pa"));
    let open_metrics = open_metrics();
    assert!(open_metrics.contains("# TYPE pa_by counter\n"), "{open_metrics}");
    assert!(open_metrics.contains("# TYPE pa_no_suffix unknown\n"), "{open_metrics}");
}

#[test]
fn snapshots_and_changes_have_the_values() {
    let _turn = my_turn();
    let registry = Registry::new();
    let count = registered(&registry, IntCounter::new("pb_total", "Count.").unwrap());
    let level = registered(&registry, Gauge::new("pb_level", "Level.").unwrap());
    let opts = HistogramOpts::new("pb_size", "Size.").buckets(vec![1.0, 2.0]);
    let size = registered(&registry, Histogram::with_opts(opts).unwrap());
    let (reader, changes) = (Reader::new(), ChangeReader::new());
    count.inc_by(4);
    level.set(2.5);
    size.observe(0.5);
    size.observe(1.5);
    let _observation = observe_prometheus(&registry);

    let delta = |name: &str| {
        let found = changes.changes(|metric| metric.name() == name);
        found.metrics.into_iter().next().map(|metric| metric.series[0].value.clone())
    };
    assert_eq!(delta("pb_total").unwrap().as_f64(), 4.0);
    assert_eq!(delta("pb_level").unwrap().as_f64(), 2.5);
    let first = delta("pb_size").unwrap();
    let first = first.as_histogram().unwrap();
    assert_eq!((first.count, first.sum, &*first.buckets), (2, 2.0, &[1, 1, 0][..]));
    assert!(delta("pb_total").is_none());

    count.inc();
    size.observe(5.0);
    assert_eq!(delta("pb_total").unwrap().as_f64(), 1.0);
    let second = delta("pb_size").unwrap();
    let second = second.as_histogram().unwrap();
    assert_eq!((second.count, second.sum, &*second.buckets), (1, 5.0, &[0, 0, 1][..]));
    // A single value is known.
    assert_eq!((second.min, second.max), (5.0, 5.0));

    let snapshot = reader.collect();
    let size = snapshot.get("pb_size").unwrap();
    assert_eq!(size.descriptor.metric_type(), MetricType::Histogram);
    let size = size.series[0].value.as_histogram().unwrap();
    assert_eq!((size.count, size.sum, &*size.buckets), (3, 7.0, &[1, 1, 1][..]));
    // Of the first two values, the mean is known, and their buckets.
    assert_eq!((size.min, size.max), (1.0, 5.0));
    assert_eq!(snapshot.get("pb_total").unwrap().descriptor.description(), "Count.");
    assert_eq!(snapshot.get("pb_level").unwrap().series[0].value.as_f64(), 2.5);
}

#[test]
fn series_that_vanish_are_removed_and_what_falls_has_restarted() {
    let _turn = my_turn();
    let registry = Registry::new();
    let count =
        registered(&registry, IntCounterVec::new(Opts::new("pc_total", "C."), &["k"]).unwrap());
    let opts = HistogramOpts::new("pc_size", "S.").buckets(vec![1.0, 2.0]);
    let size = registered(&registry, HistogramVec::new(opts, &["k"]).unwrap());
    let _observation = observe_prometheus(&registry);
    let labels = |k| [("k", k)];
    for k in ["a", "b"] {
        count.with_label_values(&[k]).inc_by(5);
        size.with_label_values(&[k]).observe(1.0);
        size.with_label_values(&[k]).observe(1.0);
    }
    let reader = Reader::new();
    assert_eq!(reader.collect().get("pc_total").unwrap().series.len(), 2);
    assert_eq!(value("pc_size", &labels("b")), 2.0);

    count.remove_label_values(&["b"]).unwrap();
    size.remove_label_values(&["b"]).unwrap();
    let after = reader.collect();
    for name in ["pc_total", "pc_size"] {
        let metric = after.get(name).unwrap();
        assert_eq!(metric.series.len(), 1, "{metric:?}");
        // A reader gets the last value.
        assert_eq!(metric.removed.len(), 1, "{metric:?}");
    }

    // Both restart from zero: the totals go on.
    count.remove_label_values(&["a"]).unwrap();
    count.with_label_values(&["a"]).inc_by(2);
    size.remove_label_values(&["a"]).unwrap();
    size.with_label_values(&["a"]).observe(2.0);
    assert_eq!(value("pc_total", &labels("a")), 7.0);
    let metric = metric("pc_size");
    let histogram = metric.series_with(&labels("a")).unwrap().value.as_histogram().unwrap();
    assert_eq!((histogram.count, histogram.sum), (3, 4.0));

    // And a series comes back from zero.
    count.with_label_values(&["b"]).inc_by(3);
    assert_eq!(value("pc_total", &labels("b")), 3.0);
}

#[test]
fn a_family_that_vanishes_loses_its_series() {
    let _turn = my_turn();
    let registry = Registry::new();
    let level = registered(&registry, Gauge::new("pd_level", "L.").unwrap());
    let observation = observe_prometheus(&registry);
    level.set(1.0);
    assert_eq!(value("pd_level", &[]), 1.0);
    registry.unregister(Box::new(level.clone())).unwrap();
    assert_eq!(metric("pd_level").series.len(), 0);
    registered(&registry, level);
    assert_eq!(value("pd_level", &[]), 1.0);
    // Without the observation, the registry is not read.
    drop(observation);
    let other = registered(&registry, Gauge::new("pd_other", "O.").unwrap());
    other.set(1.0);
    assert!(snapshot().get("pd_other").is_none());
    assert_eq!(value("pd_level", &[]), 1.0);
}

#[test]
fn a_registry_that_is_read_again_goes_on_from_its_last_values() {
    let _turn = my_turn();
    let registry = Registry::new();
    let count = registered(&registry, IntCounter::new("pj_total", "J.").unwrap());
    let opts = HistogramOpts::new("pj_size", "J.").buckets(vec![1.0]);
    let size = registered(&registry, Histogram::with_opts(opts).unwrap());
    for round in 1..=3_u32 {
        let _observation = observe_prometheus(&registry);
        count.inc();
        size.observe(0.5);
        assert_eq!(value("pj_total", &[]), f64::from(round));
        let metric = metric("pj_size");
        assert_eq!(metric.series[0].value.as_histogram().unwrap().count, u64::from(round));
    }
}

#[test]
fn a_second_registry_with_the_name_is_left_out_and_reported() {
    let _turn = my_turn();
    let observed: Vec<_> = [5, 7]
        .map(|n| {
            let registry = Registry::new();
            registered(&registry, IntCounter::new("pk_total", "K.").unwrap()).inc_by(n);
            let observation = observe_prometheus(&registry);
            assert_eq!(value("pk_total", &[]), 5.0);
            observation
        })
        .into();
    assert_eq!(value("pk_total", &[]), 5.0);
    let warnings: Vec<_> =
        log().into_iter().filter(|line| line.text.contains("pk_total")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(
        warnings[0].text,
        "metric `pk_total`: another registry that is read has this name; rename one, or read one \
         registry; the metric of the crate prometheus is left out"
    );
    drop(observed);
}

#[test]
fn a_registry_with_the_collector_of_this_framework_is_no_loop() {
    let _turn = my_turn();
    let registry = Registry::new();
    registry.register(Box::new(MetricsCollector::default())).unwrap();
    registered(&registry, IntCounter::new("pe_total", "E.").unwrap()).inc();
    let own = register_metric("pe.own", Metric::counter("pe.own")).unwrap();
    own.record(2, attributes!()).unwrap();
    let _observation = observe_prometheus(&registry);
    for _ in 0..3 {
        let snapshot = snapshot();
        assert!(snapshot.get("pe_own_total").is_none());
        assert_eq!(snapshot.get("pe_total").unwrap().series[0].value.as_f64(), 1.0);
    }
    // The other direction has everything, once.
    for _ in 0..2 {
        let gathered = registry.gather();
        for name in ["pe_own_total", "pe_total"] {
            let found: Vec<_> = gathered.iter().filter(|family| family.name() == name).collect();
            assert_eq!(found.len(), 1, "{name}: {found:?}");
            assert_eq!(found[0].get_metric().len(), 1, "{found:?}");
        }
    }
}

#[test]
fn histograms_beyond_the_series_limit_are_added_up() {
    let _turn = my_turn();
    let registry = Registry::new();
    let opts = HistogramOpts::new("pl_size", "L.").buckets(vec![1.0, 2.0]);
    let size = registered(&registry, HistogramVec::new(opts, &["k"]).unwrap());
    let _observation = observe_prometheus(&registry);
    const SERIES: u64 = 2100;
    for round in 1..=3 {
        for k in 0..SERIES {
            size.with_label_values(&[&k.to_string()]).observe(0.5);
        }
        let metric = metric("pl_size");
        let histograms = metric.series.iter().map(|series| series.value.as_histogram().unwrap());
        let (counts, sums): (Vec<u64>, Vec<f64>) = histograms.map(|h| (h.count, h.sum)).unzip();
        assert!(counts.len() < 2100);
        assert_eq!(counts.iter().sum::<u64>(), round * SERIES);
        assert_eq!(sums.iter().sum::<f64>(), (round * SERIES) as f64 * 0.5);
    }
}

#[test]
fn a_sum_that_is_no_number_leaves_the_buckets() {
    let _turn = my_turn();
    let registry = Registry::new();
    let opts = HistogramOpts::new("pm_size", "M.").buckets(vec![1.0, 2.0]);
    let size = registered(&registry, Histogram::with_opts(opts).unwrap());
    let _observation = observe_prometheus(&registry);
    size.observe(0.75);
    assert_eq!(metric("pm_size").series[0].value.as_histogram().unwrap().sum, 0.75);
    size.observe(f64::NAN);
    size.observe(1.5);
    size.observe(1.75);
    for _ in 0..2 {
        let metric = metric("pm_size");
        let found = metric.series[0].value.as_histogram().unwrap();
        assert_eq!((found.count, &*found.buckets), (4, &[1, 2, 1][..]));
        // The new values count as the middles of their buckets, and the last limit.
        assert!((found.sum - (0.75 + 1.5 + 1.5 + 2.0)).abs() < 1e-9, "{found:?}");
        assert!(matches!(metric.dropped[..], [(DropReason::NotFinite, 1..)]), "{metric:?}");
    }
}

#[test]
fn an_exponential_override_keeps_the_sum() {
    let _turn = my_turn();
    override_metric("pn_size", Override::new().exponential(ExponentialSettings::DEFAULT)).unwrap();
    let registry = Registry::new();
    let opts = HistogramOpts::new("pn_size", "N.").buckets(vec![1.0, 100.0]);
    let size = registered(&registry, Histogram::with_opts(opts).unwrap());
    let _observation = observe_prometheus(&registry);
    for (value, sum) in [(3.0, 3.0), (0.25, 3.25), (1000.0, 1003.25)] {
        size.observe(value);
        let metric = metric("pn_size");
        let found = metric.series[0].value.as_histogram().unwrap();
        assert!(found.exponential.is_some());
        assert!((found.sum - sum).abs() < 1e-9, "{found:?}");
    }
}

#[test]
fn idle_series_stay_as_long_as_the_registry_has_them() {
    let _turn = my_turn();
    set_default_expiry(Duration::from_millis(1));
    let registry = Registry::new();
    registered(&registry, IntCounter::new("po_total", "O.").unwrap()).inc();
    let opts = HistogramOpts::new("po_size", "O.").buckets(vec![1.0]);
    registered(&registry, Histogram::with_opts(opts).unwrap()).observe(0.5);
    registered(&registry, Gauge::new("po_level", "O.").unwrap()).set(1.0);
    let _observation = observe_prometheus(&registry);
    for _ in 0..3 {
        for name in ["po_total", "po_size", "po_level"] {
            assert_eq!(metric(name).series.len(), 1, "{name}");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    set_default_expiry(None);
}

#[test]
fn a_name_that_another_registry_had_is_taken_over() {
    let _turn = my_turn();
    let [first, second] = [5, 7].map(|n| {
        let registry = Registry::new();
        registered(&registry, IntCounter::new("pp_total", "P.").unwrap()).inc_by(n);
        let observation = observe_prometheus(&registry);
        assert_eq!(value("pp_total", &[]), 5.0);
        observation
    });
    drop(first);
    assert_eq!(value("pp_total", &[]), 7.0);
    drop(second);
}

#[test]
fn two_names_that_become_one_are_not_mixed() {
    let _turn = my_turn();
    let registry = Registry::new();
    registered(&registry, IntCounter::new("pq:jobs", "Q.").unwrap()).inc_by(5);
    registered(&registry, IntCounter::new("pq_jobs", "Q.").unwrap()).inc_by(7);
    let _observation = observe_prometheus(&registry);
    for _ in 0..3 {
        assert_eq!(value("pq_jobs", &[]), 5.0);
    }
    let warnings: Vec<_> =
        log().into_iter().filter(|line| line.text.contains("`pq_jobs`")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert_eq!(
        warnings[0].text,
        "metric `pq_jobs`: `pq:jobs` and `pq_jobs` of one registry have this name; rename one; \
         the metric of the crate prometheus is left out"
    );
}

#[test]
fn a_name_in_use_is_left_out_and_reported_once() {
    let _turn = my_turn();
    let own = register_metric("pf_level", Metric::counter("pf_level")).unwrap();
    own.record(2, attributes!()).unwrap();
    let registry = Registry::new();
    registered(&registry, Gauge::new("pf_level", "F.").unwrap()).set(9.0);
    registered(&registry, Gauge::new("pf_fine", "F.").unwrap()).set(8.0);
    let _observation = observe_prometheus(&registry);
    for _ in 0..2 {
        assert_eq!(value("pf_level", &[]), 2.0);
        assert_eq!(value("pf_fine", &[]), 8.0);
    }
    let warnings: Vec<_> =
        log().into_iter().filter(|line| line.text.contains("pf_level")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let end = "; the metric of the crate prometheus is left out";
    assert!(warnings[0].text.ends_with(end), "{warnings:?}");
}

#[test]
fn values_that_are_not_finite_are_counted_as_dropped() {
    let _turn = my_turn();
    let registry = Registry::new();
    let level = registered(&registry, Gauge::new("pg_level", "G.").unwrap());
    let _observation = observe_prometheus(&registry);
    level.set(f64::NAN);
    let _ = snapshot();
    let metric = metric("pg_level");
    assert_eq!(metric.series.len(), 0);
    assert!(matches!(metric.dropped[..], [(DropReason::NotFinite, 2..)]), "{metric:?}");
}

#[test]
fn a_gauge_beside_a_counter_with_total_is_in_the_snapshot_and_one_of_them_in_a_scrape() {
    let _turn = my_turn();
    let registry = Registry::new();
    registered(&registry, Gauge::new("pr_jobs", "Jobs now.").unwrap()).set(3.0);
    registered(&registry, IntCounter::new("pr_jobs_total", "Jobs.").unwrap()).inc_by(5);
    let _observation = observe_prometheus(&registry);
    assert_eq!((value("pr_jobs", &[]), value("pr_jobs_total", &[])), (3.0, 5.0));
    // In OpenMetrics, the family of both would be `pr_jobs`, and families have different names.
    let handler = PrometheusHandler::builder().build().unwrap();
    for format in [Format::Text, Format::OpenMetrics(Escaping::Underscores)] {
        let text = String::from_utf8(handler.render(format)).unwrap();
        assert!(text.contains("# TYPE pr_jobs gauge\n"), "{text}");
        assert!(!text.contains("pr_jobs_total"), "{text}");
    }
    let lines = log();
    let warnings: Vec<_> = lines.iter().filter(|line| line.text.contains("pr_jobs")).collect();
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    for name in ["`pr_jobs_total`", "`pr_jobs`"] {
        assert!(warnings[0].text.contains(name), "{warnings:?}");
    }
}

/// A collector with a summary, as `prometheus` itself has none.
struct Summary(Desc);

impl Collector for Summary {
    fn desc(&self) -> Vec<&Desc> {
        vec![&self.0]
    }

    fn collect(&self) -> Vec<proto::MetricFamily> {
        let mut quantile = proto::Quantile::default();
        quantile.set_quantile(0.5);
        quantile.set_value(7.0);
        let mut summary = proto::Summary::default();
        summary.set_sample_count(3);
        summary.set_sample_sum(21.5);
        summary.set_quantile(vec![quantile]);
        let mut metric = proto::Metric::from_label(Vec::new());
        metric.set_summary(summary);
        let mut family = proto::MetricFamily::default();
        family.set_name("ph_wait".to_owned());
        family.set_help("Wait.".to_owned());
        family.set_field_type(proto::MetricType::SUMMARY);
        family.set_metric(vec![metric]);
        vec![family]
    }
}

#[test]
fn a_summary_is_three_metrics() {
    let _turn = my_turn();
    let registry = Registry::new();
    let desc = Desc::new("ph_wait".into(), "Wait.".into(), Vec::new(), HashMap::default());
    registry.register(Box::new(Summary(desc.unwrap()))).unwrap();
    let _observation = observe_prometheus(&registry);
    assert_eq!(value("ph_wait", &[("quantile", "0.5")]), 7.0);
    let text = text();
    assert!(text.contains("\nph_wait{quantile=\"0.5\"} 7.0\n"), "{text}");
    assert_eq!(value("ph_wait_sum", &[]), 21.5);
    assert_eq!(value("ph_wait_count", &[]), 3.0);
}

#[test]
fn threads_that_collect_at_the_same_time_count_nothing_twice() {
    let _turn = my_turn();
    let registry = Registry::new();
    let count = registered(&registry, IntCounter::new("pi_total", "I.").unwrap());
    let opts = HistogramOpts::new("pi_size", "I.").buckets(vec![1.0]);
    let size = registered(&registry, Histogram::with_opts(opts).unwrap());
    let _observation = observe_prometheus(&registry);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..200).for_each(|_| drop(snapshot())));
        }
        scope.spawn(|| {
            for _ in 0..20_000 {
                count.inc();
                size.observe(0.5);
            }
        });
    });
    assert_eq!(value("pi_total", &[]), 20_000.0);
    let metric = metric("pi_size");
    let size = metric.series[0].value.as_histogram().unwrap();
    assert_eq!((size.count, size.sum), (20_000, 10_000.0));
}
