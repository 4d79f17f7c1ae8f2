//! A registry of `prometheus-client`.

use std::sync::{Arc, Mutex};

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use typed_metrics_bridge::{observe_openmetrics, observe_prometheus_client};
use typed_metrics_core::snapshot;
use typed_metrics_prometheus::MetricsCollector;
use typed_metrics_turn::{lines as log, my_turn};

use super::support::{lines, metric, open_metrics, value};

type Labels = Vec<(String, String)>;

fn labels(k: &str, v: &str) -> Labels {
    vec![(k.to_owned(), v.to_owned())]
}

fn own(registry: &Registry) -> String {
    let mut text = String::new();
    encode(&mut text, registry).unwrap();
    text
}

#[test]
fn the_text_of_a_scrape_has_the_names_and_values_of_the_registry_itself() {
    let _turn = my_turn();
    let mut registry = Registry::with_prefix("ca");
    let count = Family::<Labels, Counter<u64>>::default();
    registry.register("requests", "Requests", count.clone());
    let bytes: Counter<f64, std::sync::atomic::AtomicU64> = Counter::default();
    registry.register_with_unit("read", "Bytes read", Unit::Bytes, bytes.clone());
    let ratio: Gauge<f64, std::sync::atomic::AtomicU64> = Gauge::default();
    registry.register_with_unit("hit", "Hits", Unit::Ratios, ratio.clone());
    let apples: Gauge = Gauge::default();
    registry.register_with_unit("basket", "Apples", Unit::Other("apples".into()), apples.clone());
    let wait =
        Family::<Labels, Histogram>::new_with_constructor(|| Histogram::new([0.1, 1.0, 10.0]));
    registry.register_with_unit("wait", "Wait", Unit::Seconds, wait.clone());
    let sub = registry.sub_registry_with_label(("service".into(), "a\"b\\c".into()));
    let inner: Counter = Counter::default();
    sub.register("inner", "Inner", inner.clone());
    registry.register("build", "Build", Info::new(labels("version", "1.2")));

    count.get_or_create(&labels("route", "/a")).inc_by(3);
    count.get_or_create(&labels("route", "/b")).inc();
    bytes.inc_by(2.5);
    ratio.set(0.5);
    apples.set(-7);
    inner.inc();
    for value in [0.05, 0.5, 20.0] {
        wait.get_or_create(&labels("queue", "mail")).observe(value);
    }
    let registry = Arc::new(registry);
    let _observation = observe_prometheus_client(Arc::clone(&registry));

    let samples = |text: &str| {
        let mut lines = lines(text, "ca_");
        lines.retain(|line| !line.starts_with("# "));
        lines
    };
    assert_eq!(samples(&open_metrics()), samples(&own(&registry)));
    count.get_or_create(&labels("route", "/a")).inc();
    wait.get_or_create(&labels("queue", "mail")).observe(7.0);
    assert_eq!(samples(&open_metrics()), samples(&own(&registry)));

    let types = |text: &str| {
        let mut lines = lines(text, "ca_");
        lines.retain(|line| line.starts_with("# TYPE ") && !line.ends_with(" info"));
        lines
    };
    let mut ours = types(&open_metrics());
    ours.retain(|line| line != "# TYPE ca_build_info gauge");
    assert_eq!(ours, types(&own(&registry)));

    let facts = |name: &str| {
        let descriptor = metric(name).descriptor;
        (descriptor.unit(), descriptor.description())
    };
    assert_eq!(facts("ca_read_bytes"), ("By", "Bytes read."));
    assert_eq!(facts("ca_hit_ratios"), ("1", "Hits."));
    assert_eq!(facts("ca_basket_apples"), ("{apples}", "Apples."));
    assert_eq!(facts("ca_wait_seconds"), ("s", "Wait."));
    assert_eq!(value("ca_inner", &[("service", "a\"b\\c")]), 1.0);
    assert_eq!(value("ca_build_info", &[("version", "1.2")]), 1.0);
}

#[test]
fn a_line_of_a_description_that_looks_like_a_sample_is_none() {
    let _turn = my_turn();
    let mut registry = Registry::default();
    let (first, second): (Gauge, Counter) = Default::default();
    registry.register("cg", "First.\ncg 5 is typical\ncg 5\ncgx 5", first.clone());
    registry.register("cg_other", "Second.\ncg_other_total 5", second.clone());
    let _observation = observe_prometheus_client(Arc::new(registry));
    first.set(7);
    second.inc_by(2);
    assert_eq!((value("cg", &[]), value("cg_other", &[])), (7.0, 2.0));
    let description = |name| metric(name).descriptor.description();
    assert_eq!(description("cg"), "First.\ncg 5 is typical\ncg 5\ncgx 5.");
    assert_eq!(description("cg_other"), "Second.\ncg_other_total 5.");
    assert_eq!(log(), []);
}

#[test]
fn series_that_vanish_are_removed() {
    let _turn = my_turn();
    let mut registry = Registry::default();
    let count = Family::<Labels, Counter>::default();
    registry.register("cb", "B", count.clone());
    let _observation = observe_prometheus_client(Arc::new(registry));
    count.get_or_create(&labels("k", "a")).inc();
    count.get_or_create(&labels("k", "b")).inc();
    assert_eq!(metric("cb").series.len(), 2);
    count.remove(&labels("k", "a"));
    let metric = metric("cb");
    assert_eq!(metric.series.len(), 1);
    assert!(metric.series_with(&[("k", "b")]).is_some());
}

#[test]
fn text_that_cannot_be_read_changes_nothing_and_is_reported() {
    let _turn = my_turn();
    let text = Arc::new(Mutex::new(String::new()));
    let written = Arc::clone(&text);
    let _observation = observe_openmetrics(move |out| {
        out.push_str(&written.lock().unwrap());
        Ok(())
    });
    let set = |new: &str| new.clone_into(&mut text.lock().unwrap());
    set("# TYPE cc gauge\ncc{k=\"v\"} 3\n# EOF\n");
    assert_eq!(value("cc", &[("k", "v")]), 3.0);
    set("# TYPE cc gauge\ncc{k=\"v\"} many\n# EOF\n");
    assert_eq!(value("cc", &[("k", "v")]), 3.0);
    let warnings: Vec<_> = log().into_iter().filter(|line| line.text.contains("cc{")).collect();
    assert!(!warnings.is_empty());
    assert_eq!(
        warnings[0].text,
        "metrics in the format of OpenMetrics cannot be read: the line \"cc{k=\\\"v\\\"} many\" is \
         no sample; their values stay as they are"
    );
    set("# TYPE cc gauge\ncc{k=\"v\"} 4\n# EOF\n");
    assert_eq!(value("cc", &[("k", "v")]), 4.0);
}

#[test]
fn a_failing_encoder_changes_nothing() {
    let _turn = my_turn();
    let fails = Arc::new(Mutex::new(false));
    let asked = Arc::clone(&fails);
    let _observation = observe_openmetrics(move |out| {
        if *asked.lock().unwrap() {
            return Err(std::fmt::Error);
        }
        out.push_str("# TYPE cd counter\ncd_total 3\n# EOF\n");
        Ok(())
    });
    assert_eq!(value("cd", &[]), 3.0);
    *fails.lock().unwrap() = true;
    assert_eq!(value("cd", &[]), 3.0);
    let _ = snapshot();
    assert_eq!(value("cd", &[]), 3.0);
}

#[test]
fn parts_of_a_registry_with_the_same_names_are_one_metric() {
    let _turn = my_turn();
    let mut registry = Registry::default();
    let counts = ["a", "b"].map(|part| {
        let part = registry.sub_registry_with_label(("part".into(), part.into()));
        let (count, other): (Counter, Counter) = Default::default();
        part.register("ce_count", "E", count.clone());
        part.register("ce_other", "E", other.clone());
        let size = Histogram::new([1.0]);
        part.register("ce_size", "E", size.clone());
        (count, other, size)
    });
    let _observation = observe_prometheus_client(Arc::new(registry));
    for round in 1..=3_u32 {
        for (count, other, size) in &counts {
            count.inc();
            other.inc_by(2);
            size.observe(0.5);
        }
        for part in ["a", "b"] {
            let labels = [("part", part)];
            assert_eq!(value("ce_count", &labels), f64::from(round));
            assert_eq!(value("ce_other", &labels), f64::from(2 * round));
            let size = metric("ce_size").series_with(&labels).unwrap().value.clone();
            assert_eq!(size.as_histogram().unwrap().count, u64::from(round));
        }
    }
}

#[test]
fn a_registry_behind_a_lock_with_the_collector_of_this_framework_is_no_loop() {
    let _turn = my_turn();
    let registry = Arc::new(Mutex::new(Registry::default()));
    let count: Counter = Counter::default();
    {
        let mut registry = registry.lock().unwrap();
        registry.register("cf", "F", count.clone());
        registry.register_collector(Box::new(MetricsCollector::default()));
    }
    let read = Arc::clone(&registry);
    let _observation = observe_openmetrics(move |text| encode(text, &read.lock().unwrap()));
    for round in 1..=3_u32 {
        count.inc();
        assert_eq!(value("cf", &[]), f64::from(round));
        let text = own(&registry.lock().unwrap());
        assert_eq!(text.matches("cf_total").count(), 1, "{text}");
        assert_eq!(text.matches("# TYPE cf ").count(), 1, "{text}");
    }
}
