//! Constants in place of literals, and labels that are constant.

use typed_metrics::testing::capture;
use typed_metrics::{Descriptor, Label, LabelGroup, Metric, Metrics, attributes};
use typed_metrics::{register_metric, snapshot, timed};

mod settings {
    pub(crate) const PREFIX: &str = "constants";
    pub(crate) const LIMIT: usize = 4;

    pub(crate) const fn doubling<const N: usize>() -> [f64; N] {
        let mut boundaries = [1.0; N];
        let mut i = 1;
        while i < N {
            boundaries[i] = 2.0 * boundaries[i - 1];
            i += 1;
        }
        boundaries
    }
}

const SLICE: &[f64] = &[0.5, 1.5];

#[derive(Metrics)]
#[metrics(prefix = settings::PREFIX, series_limit = settings::LIMIT)]
enum Constants<'a> {
    #[histogram(buckets = SLICE)]
    Slice { name: &'a str },
    #[histogram(buckets = settings::doubling::<4>(), series_limit = 2 * settings::LIMIT)]
    Call { name: &'a str },
    #[histogram(buckets = [-1, SLICE[0], 2.5, f64::MAX], series_limit = 7)]
    Elements,
    #[counter(name = "9.lives")]
    Lives { flag: bool },
}

macro_rules! in_a_macro {
    ($prefix:expr, $limit:expr, $buckets:expr) => {
        #[derive(Metrics)]
        #[metrics(prefix = $prefix, series_limit = $limit)]
        enum InAMacro {
            #[histogram(buckets = $buckets)]
            Passed,
        }
    };
}

in_a_macro!(settings::PREFIX, settings::LIMIT + 1, SLICE);

#[derive(Metrics)]
#[allow(dead_code, reason = "only the descriptors are read")]
#[metrics(
    prefix = "constants.enum",
    buckets = SLICE,
    also(Same, prefix = "constants.same"),
    also(Other, prefix = "constants.other", buckets = linear(1, 1, 2))
)]
enum OfTheEnum {
    #[histogram(unit = "s")]
    Of,
    #[histogram(unit = "By", buckets = [7])]
    Own,
    #[counter]
    Count,
}

#[derive(Metrics)]
#[metrics(prefix = settings::PREFIX)]
enum Renamed {
    #[counter(was = "constants.age")]
    Years,
}

fn facts(descriptors: &[&'static Descriptor]) -> Vec<(&'static str, usize, &'static [f64])> {
    let facts = descriptors.iter().map(|d| (d.name(), d.series_limit(), d.boundaries()));
    facts.collect()
}

#[test]
fn buckets_of_an_enum_are_those_of_its_histograms_without_buckets() {
    let boundaries = |descriptors: Vec<&'static Descriptor>| {
        descriptors.into_iter().map(Descriptor::boundaries).collect::<Vec<_>>()
    };
    assert_eq!(boundaries(OfTheEnum::descriptors()), [SLICE, &[7.0], &[]]);
    assert_eq!(boundaries(Same::descriptors()), [SLICE, &[7.0], &[]]);
    assert_eq!(boundaries(Other::descriptors()), [&[1.0, 2.0][..], &[7.0], &[]]);
}

#[test]
fn an_old_name_may_be_under_a_constant_prefix() {
    Renamed::years().inc();
    assert_eq!(snapshot().get("constants.age").unwrap().series[0].value.as_f64(), 1.0);
}

#[test]
fn metrics_have_the_values_of_the_constants() {
    let expected: [(_, _, &[f64]); 4] = [
        ("constants.slice", 4, &[0.5, 1.5]),
        ("constants.call", 8, &[1.0, 2.0, 4.0, 8.0]),
        ("constants.elements", 7, &[-1.0, 0.5, 2.5, f64::MAX]),
        ("constants.9.lives", 4, &[]),
    ];
    assert_eq!(facts(&Constants::descriptors()), expected);
    let expected: [(_, _, &[f64]); 1] = [("constants.passed", 5, SLICE)];
    InAMacro::passed().record(1.0);
    assert_eq!(facts(&InAMacro::descriptors()), expected);
}

#[test]
fn constants_of_a_function_are_found() {
    const LIMIT: usize = 3;
    const PREFIX: &str = "local";

    #[derive(Metrics)]
    #[metrics(prefix = PREFIX, series_limit = LIMIT)]
    enum Local {
        #[counter]
        Count,
    }
    Local::count().inc();
    assert_eq!(facts(&Local::descriptors()), [("local.count", 3, &[][..])]);
}

#[test]
fn a_constant_limit_holds() {
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
        Constants::slice(name).record(1.0);
        Constants::call(name).record(1.0);
    }
    Constants::elements().record(0.0);
    Constants::lives(true).inc();
    let snapshot = snapshot();
    // One more, the overflow series.
    assert_eq!(snapshot.get("constants.slice").unwrap().series.len(), 5);
    assert_eq!(snapshot.get("constants.call").unwrap().series.len(), 9);
}

#[derive(Clone, Copy, Label)]
enum Zone {
    Eu,
    Us,
}

#[derive(LabelGroup)]
struct Place<'a> {
    zone: Zone,
    shelf: &'a str,
}

const SHARD: &str = "7";

#[derive(Metrics)]
#[metrics(prefix = "constant_labels", series_limit = 2, labels(handler = "all", "net.shard" = SHARD))]
enum Labeled<'a> {
    #[counter]
    None,
    #[counter]
    Fixed { zone: Zone },
    #[counter]
    Open { name: &'a str },
    #[histogram]
    Mixed { name: Option<&'a str>, zone: Zone },
    #[counter]
    Grouped(Place<'a>),
    #[histogram(unit = "s", series_limit = 3)]
    Called { zone: Option<Zone> },
    #[counter]
    Removed { name: &'a str },
}

fn labels(metric: &str) -> Vec<String> {
    let snapshot = snapshot();
    let series = snapshot.get(metric).map(|metric| metric.series.clone()).unwrap_or_default();
    let mut labels: Vec<_> = series.iter().map(|series| series.labels.to_string()).collect();
    labels.sort();
    labels
}

#[test]
fn every_series_has_the_constant_labels() {
    Labeled::none().inc();
    Labeled::fixed(Zone::Us).inc();
    for name in ["a", "b", "c"] {
        Labeled::open(name).inc();
    }
    Labeled::mixed(None, Zone::Eu).record(1.0);
    Labeled::mixed(Some("a"), Zone::Us).record(1.0);
    Labeled::grouped(Place { zone: Zone::Us, shelf: "x" }).inc();

    assert_eq!(labels("constant_labels.none"), ["handler=all net.shard=7"]);
    let fixed = labels("constant_labels.fixed");
    assert!(fixed.contains(&"zone=us handler=all net.shard=7".to_owned()), "{fixed:?}");
    let open = [
        "name=a handler=all net.shard=7",
        "name=b handler=all net.shard=7",
        "otel.metric.overflow=true handler=all net.shard=7",
    ];
    assert_eq!(labels("constant_labels.open"), open);
    let mixed = ["name=a zone=us handler=all net.shard=7", "zone=eu handler=all net.shard=7"];
    assert_eq!(labels("constant_labels.mixed"), mixed);
    assert_eq!(labels("constant_labels.grouped"), ["zone=us shelf=x handler=all net.shard=7"]);
}

#[timed(Labeled::Called, zone = |zone| Some(*zone))]
fn called(zone: Zone) -> Zone {
    zone
}

#[test]
fn labels_of_a_result_are_beside_constant_labels() {
    let captured = capture(|| {
        called(Zone::Us);
        called(Zone::Us);
        called(Zone::Eu);
    });
    captured.assert_histogram_count(Labeled::Called { zone: Some(Zone::Us) }, 2);
    captured.assert_histogram_count(Labeled::Called { zone: Some(Zone::Eu) }, 1);
}

#[test]
fn the_descriptor_has_the_constant_labels() {
    let fixed = Labeled::descriptors()[1].labels();
    let names: Vec<_> = fixed.iter().map(|label| (label.name(), label.cardinality())).collect();
    assert_eq!(names, [("zone", Some(2)), ("handler", Some(1)), ("net.shard", Some(1))]);
    assert_eq!(serde_json::to_value(fixed).unwrap()[2]["values"], serde_json::json!(["7"]));
}

#[test]
fn series_are_found_by_their_variant() {
    let captured = capture(|| {
        Labeled::fixed(Zone::Us).add(2);
        Labeled::open("a").add(3);
        Labeled::mixed(Some("a"), Zone::Us).record(1.0);
    });
    captured.assert_counter(Labeled::Fixed { zone: Zone::Us }, 2);
    captured.assert_counter(Labeled::Fixed { zone: Zone::Eu }, 0);
    captured.assert_counter(Labeled::Open { name: "a" }, 3);
    captured.assert_histogram_count(Labeled::Mixed { name: Some("a"), zone: Zone::Us }, 1);
}

#[test]
fn removed_series_have_the_constant_labels() {
    let reader = typed_metrics::Reader::new();
    for name in ["a", "b", "c"] {
        Labeled::removed(name).inc();
        Labeled::removed(name).remove();
    }
    let snapshot = reader.collect();
    let removed = &snapshot.get("constant_labels.removed").unwrap().removed;
    let mut labels: Vec<_> = removed.iter().map(|series| series.labels.to_string()).collect();
    labels.sort();
    let expected = [
        "name=a handler=all net.shard=7",
        "name=b handler=all net.shard=7",
        "otel.metric.overflow=true handler=all net.shard=7",
    ];
    assert_eq!(labels, expected);
}

#[test]
fn run_time_metrics_have_constant_labels() {
    let metric = |region: &str| {
        Metric::counter("constant_labels.run_time").series_limit(2).label("region", region)
    };
    let jobs = register_metric("constant_labels.run_time", metric("eu")).unwrap();
    jobs.record(1, attributes!("kind" => "mail")).unwrap();
    jobs.record(1, attributes!("region" => "us")).unwrap();
    jobs.record(1, attributes!("kind" => "print")).unwrap();
    let expected = ["kind=mail region=eu", "otel.metric.overflow=true region=eu", "region=us"];
    assert_eq!(labels("constant_labels.run_time"), expected);

    let again = register_metric("constant_labels.run_time", metric("eu"));
    assert_eq!(again.unwrap().descriptor().name(), "constant_labels.run_time");
    let other = register_metric("constant_labels.run_time", metric("us")).unwrap_err();
    assert!(other.to_string().contains("region=us"), "{other}");
    for (name, wrong) in [("le", "reserved"), ("a b", "not allowed"), ("a", "twice")] {
        let metric = Metric::counter("constant_labels.bad").label("a", "1").label(name, "2");
        let error = register_metric("constant_labels.bad", metric).unwrap_err();
        assert!(error.to_string().contains(wrong), "{error}");
    }
}
