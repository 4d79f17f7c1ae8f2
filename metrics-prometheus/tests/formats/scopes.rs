//! Metrics of scopes in a scrape.

use typed_metrics_core::label::Element;
use typed_metrics_core::{
    Descriptor, GivenAttributes, LabelRef, MetricType, Scope, ScopedDefinition, ScopedMetric,
    Snapshot, ValueType, snapshot,
};
use typed_metrics_prometheus::{Format, Naming, Settings};

use crate::names::{logged, set_logger};
use crate::texts::scrape;

/// One attribute of a scope.
struct One(&'static str, &'static str);

impl GivenAttributes for One {
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)> {
        std::iter::once((self.0, LabelRef::Str(self.1)))
    }

    fn list(&self, _: usize, _: &mut dyn FnMut(Element<'_>)) {}
}

fn define(
    scope: &'static Scope,
    name: &str,
    metric_type: MetricType,
    value_type: ValueType,
) -> ScopedMetric {
    let definition = ScopedDefinition {
        scope,
        name,
        metric_type,
        value_type,
        unit: "",
        description: "",
        boundaries: None,
        is_observed: false,
        call: "call",
    };
    definition.register().unwrap()
}

/// The metrics whose names begin like this.
fn only(begin: &str) -> Snapshot {
    let mut part = Snapshot::default();
    part.metrics = snapshot().metrics;
    part.metrics.retain(|metric| metric.descriptor.name().starts_with(begin));
    part
}

fn samples(begin: &str) -> Vec<String> {
    let text = scrape(Format::Text, &only(begin), &Settings::default());
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    samples.map(str::to_owned).collect()
}

#[test]
fn instruments_of_one_scope_that_differ_in_their_type_are_added() {
    let scope = Scope::of("s", None, None, &());
    define(scope, "mixed_c", MetricType::Counter, ValueType::U64).add(2_u64, &());
    define(scope, "mixed_c", MetricType::Counter, ValueType::F64).add(5.5, &());
    define(scope, "mixed_u", MetricType::UpDownCounter, ValueType::F64).add(0.5, &());
    define(scope, "mixed_u", MetricType::UpDownCounter, ValueType::I64).add(-2_i64, &());
    let labels = "{otel_scope_name=\"s\"}";
    assert_eq!(
        samples("mixed_"),
        [format!("mixed_c_total{labels} 7.5"), format!("mixed_u{labels} -1.5")]
    );
}

/// Checks two scopes whose labels in Prometheus are `labels`: their series are not mixed up.
fn check_equal(metric: &'static str, scopes: [&'static Scope; 2], labels: &str) {
    set_logger();
    let metrics = scopes.map(|scope| define(scope, metric, MetricType::Counter, ValueType::U64));
    metrics[0].add(1_u64, &());
    metrics[1].add(10_u64, &());
    assert_eq!(samples(metric), [format!("{metric}_total{{{labels}}} 1")]);
    let begin = format!("of metric `{metric}` have the same labels in Prometheus");
    let text = logged(|text| text.contains(&begin));
    assert!(text.contains("give the scopes different names or versions"), "{text}");
    let metrics: [&'static Descriptor; 2] = metrics.map(ScopedMetric::descriptor);
    let conflicts = Naming::default().check(&metrics).unwrap_err();
    let [conflict] = &conflicts.iter().collect::<Vec<_>>()[..] else { panic!("{conflicts}") };
    assert_eq!(conflict.second.id(), metrics[1].id());
}

#[test]
fn series_of_scopes_with_equal_labels_are_not_merged() {
    let versions = [None, Some("")].map(|version| Scope::of("versions", version, None, &()));
    check_equal("equal_versions", versions, "otel_scope_name=\"versions\"");
    let attributes = [
        Scope::of("attributes", Some("1"), None, &()),
        Scope::of("attributes", Some("1"), None, &One("version", "2")),
    ];
    let labels = "otel_scope_name=\"attributes\",otel_scope_version=\"1\"";
    check_equal("equal_attributes", attributes, labels);
    let translated = [One("a.b", "1"), One("a_b", "1")]
        .map(|attribute| Scope::of("translated", None, None, &attribute));
    let labels = "otel_scope_a_b=\"1\",otel_scope_name=\"translated\"";
    check_equal("equal_translated", translated, labels);
}

#[test]
fn the_attributes_of_a_scope_are_written_as_other_labels_are() {
    let scope = Scope::of("controlled", None, None, &One("note", "a\u{1}b\"c\nd"));
    define(scope, "controlled_scope", MetricType::Counter, ValueType::U64).add(1_u64, &());
    let labels = "otel_scope_name=\"controlled\",otel_scope_note=\"a\u{1}b\\\"c\\nd\"";
    assert_eq!(samples("controlled_scope"), [format!("controlled_scope_total{{{labels}}} 1")]);
}

#[test]
fn scopes_with_other_labels_share_a_name() {
    let scopes = [None, Some("2")].map(|version| Scope::of("other", version, None, &()));
    let metrics =
        scopes.map(|scope| define(scope, "other_scope", MetricType::Counter, ValueType::U64));
    metrics.iter().for_each(|metric| metric.add(1_u64, &()));
    assert_eq!(samples("other_scope").len(), 2);
    Naming::default().check(&metrics.map(ScopedMetric::descriptor)).unwrap();
}
