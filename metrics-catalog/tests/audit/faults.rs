//! One fault at a time, with the exact finding.

use typed_metrics_catalog::{Audit, Rule, audit};
use typed_metrics_prometheus::Naming;

use crate::kiosk::{catalog, findings, report_of};

/// Expressions with one fault each: the rule, the part and the fix.
type Cases<'c> = &'c [(&'c str, Rule, &'c str, &'c str)];

fn assert_found(cases: Cases<'_>) {
    for (expression, rule, part, fix) in cases {
        let expected = vec![(*rule, (*part).to_owned(), (*fix).to_owned())];
        assert_eq!(findings(expression), expected, "{expression}");
    }
}

#[test]
fn metrics_that_the_catalog_lacks_are_found() {
    use Rule::*;
    assert_found(&[
        ("rate(kiosk_cup_total[5m])", UnknownMetric, "kiosk_cup_total", "`kiosk_cups_total`?"),
        ("rate(kiosk_cups[5m])", UnknownMetric, "kiosk_cups", "`kiosk_cups_total`?"),
        (
            "rate(kiosk_wait_count[5m])",
            UnknownMetric,
            "kiosk_wait_count",
            "`kiosk_wait_seconds_count`?",
        ),
        ("koisk_guests", UnknownMetric, "koisk_guests", "`kiosk_guests`?"),
        (
            "kiosk:cups:rate5m",
            UnknownMetric,
            "kiosk:cups:rate5m",
            "give the file with the recording rule to the audit too",
        ),
        (
            "{__name__=~\"kiosk_tea.*\"}",
            UnknownMetric,
            "kiosk_tea.*",
            "correct or remove the pattern",
        ),
        (
            "rate(kiosk_sent_bytes_total[5m])",
            RenamedMetric,
            "kiosk_sent_bytes_total",
            "query `kiosk_received_bytes_total`, before `was` and the old name are gone",
        ),
    ]);
}

#[test]
fn labels_that_the_series_lack_are_found() {
    use Rule::*;
    assert_found(&[
        ("rate(kiosk_cups_total{siez=\"small\"}[5m])", UnknownLabel, "siez", "`size`?"),
        (
            "rate(kiosk_cups_total{le=\"1\"}[5m])",
            UnknownLabel,
            "le",
            "remove the matcher, or list the label as one that targets add",
        ),
        ("sum by (coffee) (rate(kiosk_cups_total[5m]))", UnknownLabel, "coffee", "`coffee_kind`?"),
        (
            "sum without (coffee_kid) (rate(kiosk_cups_total[5m]))",
            UnknownLabel,
            "coffee_kid",
            "`coffee_kind`?",
        ),
        (
            "sum by (size) (sum by (coffee_kind) (rate(kiosk_cups_total[5m])))",
            UnknownLabel,
            "size",
            "leave it out, or keep the label in the aggregations before",
        ),
        (
            "rate(kiosk_cups_total[5m]) / on (pump) kiosk_boiler_celsius",
            UnknownLabel,
            "pump",
            "leave it out, or keep the label in the aggregations before",
        ),
        (
            "kiosk_guests * on (job) group_left (revision) kiosk_build_info",
            UnknownLabel,
            "revision",
            "`version`?",
        ),
    ]);
}

#[test]
fn values_that_a_label_never_has_are_found() {
    use Rule::*;
    assert_found(&[
        ("rate(kiosk_cups_total{size=\"smal\"}[5m])", UnknownLabelValue, "smal", "`small`?"),
        (
            "rate(kiosk_cups_total{size=~\"small|huge\"}[5m])",
            UnknownLabelValue,
            "huge",
            "the values are `large`, `small`",
        ),
        (
            "rate(kiosk_cups_total{size!=\"middle\"}[5m])",
            UnknownLabelValue,
            "middle",
            "the values are `large`, `small`",
        ),
        (
            "rate(kiosk_cups_total{size=~\"x.*\"}[5m])",
            UnknownLabelValue,
            "x.*",
            "the values are `large`, `small`",
        ),
        (
            "kiosk_door{door=\"ajar\"} == 1",
            UnknownLabelValue,
            "ajar",
            "the values are `closed`, `open`",
        ),
        (
            "rate(kiosk_received_bytes_total{cached=\"yes\"}[5m])",
            UnknownLabelValue,
            "yes",
            "the values are `false`, `true`",
        ),
    ]);
}

#[test]
fn functions_of_the_wrong_kind_are_found() {
    use Rule::*;
    assert_found(&[
        (
            "rate(kiosk_boiler_celsius[5m])",
            RateOfGauge,
            "kiosk_boiler_celsius",
            "use `deriv` or `delta`, or show the value as it is",
        ),
        (
            "increase(kiosk_guests[1h:1m])",
            RateOfGauge,
            "kiosk_guests",
            "use `deriv` or `delta`, or show the value as it is",
        ),
        (
            "sum(kiosk_cups_total)",
            RawCounter,
            "kiosk_cups_total",
            "use `rate(kiosk_cups_total[…])` or `increase(kiosk_cups_total[…])`",
        ),
        (
            "max_over_time(kiosk_wait_seconds_sum[5m])",
            RawCounter,
            "kiosk_wait_seconds_sum",
            "use `rate(kiosk_wait_seconds_sum[…])` or `increase(kiosk_wait_seconds_sum[…])`",
        ),
        (
            "delta(kiosk_cups_total[5m])",
            DeltaOfCounter,
            "kiosk_cups_total",
            "use `increase`, `rate` or `irate`",
        ),
    ]);
}

#[test]
fn faults_of_histograms_are_found() {
    use Rule::*;
    assert_found(&[
        (
            "histogram_quantile(0.9, sum by (size) (rate(kiosk_wait_seconds_bucket[5m])))",
            QuantileWithoutLe,
            "histogram_quantile",
            "group by it, as in `sum by (le) (…)`",
        ),
        (
            "histogram_quantile(0.9, rate(kiosk_wait_seconds_sum[5m]))",
            QuantileWithoutBuckets,
            "histogram_quantile",
            "query the series `_bucket` of a histogram, without a matcher for one `le`",
        ),
        (
            "avg by (le) (rate(kiosk_wait_seconds_bucket[5m]))",
            MixedBuckets,
            "avg",
            "sum the buckets `by (le)`, or use the series `_sum` and `_count` for averages",
        ),
        (
            "sum(rate(kiosk_wait_seconds_bucket[5m]))",
            MixedBuckets,
            "sum",
            "sum the buckets `by (le)`, or use the series `_sum` and `_count` for averages",
        ),
        (
            "rate(kiosk_dose_grams_bucket[5m])",
            NoClassicBuckets,
            "kiosk_dose_grams_bucket",
            "query `kiosk_dose_grams`; in VictoriaMetrics, group by `vmrange`",
        ),
        (
            "rate(kiosk_wait_seconds_bucket{le=\"0.3\"}[5m])",
            UnknownBucket,
            "0.3",
            "the nearest limits are 0.1, 0.5",
        ),
        (
            "rate(kiosk_wait_seconds_bucket{le=~\"0\\\\.5|2\"}[5m])",
            UnknownBucket,
            "2",
            "the nearest limits are 0.5, 1",
        ),
    ]);
}

#[test]
fn other_faults_name_their_reason() {
    let [(rule, part, fix)] = &findings("rate(kiosk_wait_seconds[5m])")[..] else { panic!() };
    assert_eq!((*rule, &**part), (Rule::NoNativeHistogram, "kiosk_wait_seconds"));
    assert!(fix.starts_with("query `kiosk_wait_seconds_bucket`"), "{fix}");
    let report = report_of("sum(rate(kiosk_cups_total[5m])");
    let [finding] = &report.findings[..] else { panic!("{report}") };
    assert_eq!(finding.rule, Rule::UnreadableExpression);
    assert!(finding.message.contains("unclosed left parenthesis"), "{}", finding.message);
}

#[test]
fn right_queries_have_no_findings() {
    for expression in [
        "sum by (size, job) (rate(kiosk_cups_total{coffee_kind=~\"m.*\", instance=\"a\"}[5m]))",
        "topk(3, sum by (size) (increase(kiosk_cups_total[1h])))",
        "histogram_quantile(0.9, sum by (le, size) (rate(kiosk_wait_seconds_bucket[5m])))",
        "histogram_quantile(0.9, rate(kiosk_wait_seconds_bucket{size!=\"\"}[5m]))",
        "histogram_quantile(0.9, sum(rate(kiosk_dose_grams[5m])))",
        "histogram_quantile(0.9, sum by (vmrange) (rate(kiosk_dose_grams_bucket[5m])))",
        "sum by (le) (rate(kiosk_wait_seconds_bucket{le!=\"+Inf\"}[5m]))",
        "rate(kiosk_wait_seconds_bucket{le=~\"1|1.0\"}[5m])",
        "rate(kiosk_wait_seconds_sum[5m]) / rate(kiosk_wait_seconds_count[5m])",
        "1 - rate(kiosk_wait_seconds_bucket{le=\"0.5\"}[5m]) / ignoring (le) rate(kiosk_wait_seconds_count[5m])",
        "absent(kiosk_cups_total) or count by (size) (kiosk_cups_total) > 0",
        "deriv(kiosk_boiler_celsius[5m]) > bool 2",
        "max_over_time(kiosk_guests[1h]) unless kiosk_cups_total",
        "kiosk_door{side=\"left\", door=\"open\"} * on (job, instance) group_left (version) kiosk_build_info",
        "sum by (kiosk_door) (kiosk_door{kiosk_door=\"open\"})",
        "kiosk_guests * on (job, instance) group_left (k8s_pod_name) target_info",
        "sum by (fresh) (label_replace(kiosk_guests, \"fresh\", \"$1\", \"job\", \"(.*)\"))",
        "count_values by (job) (\"pump\", kiosk_boiler_celsius)",
        "rate(kiosk_received_bytes_total{cached=\"true\", otel_scope_name=\"x\"}[5m])",
        "time() - kiosk_wait_seconds_created",
        "rate(kiosk_cups_total{size!~\".+\"}[5m])",
        "{__name__=~\"kiosk_.*\"}",
        "sum(rate({__name__=\"kiosk_cups_total\", size=\"small\"}[5m] offset 1w)) or vector(0)",
        "up == 0 and on (job) node_load1 > 2",
    ] {
        assert_eq!(findings(expression), [], "{expression}");
    }
}

#[test]
fn foreign_metrics_are_listed() {
    let report = report_of("up + on (job) sum by (job, anything) (node_load1)");
    assert!(report.is_clean(), "{report}");
    let names: Vec<&str> = report.foreign.iter().map(|metric| &*metric.name).collect();
    assert_eq!(names, ["node_load1", "up"]);
    assert_eq!(report.foreign[0].place, "panel \"p\" (id 1), query A");
}

#[test]
fn each_naming_is_known() {
    let catalog = catalog();
    let cases = [
        (
            Naming::default().utf8(true),
            "rate({\"kiosk.cups_total\", \"coffee.kind\"=\"x\", size=\"small\"}[5m])",
        ),
        (
            Naming::default().utf8(true).suffixes(false),
            "sum by (\"coffee.kind\") (rate({\"kiosk.cups\"}[5m]))",
        ),
        (Naming::default().suffixes(false), "rate(kiosk_cups{coffee_kind=\"x\"}[5m])"),
        (Naming::default().suffixes(false), "rate(kiosk_wait_bucket{le=\"0.5\"}[5m])"),
        (Naming::default().unit_suffix(false), "rate(kiosk_received_total[5m])"),
    ];
    for (naming, expression) in &cases {
        let rules = format!("groups: [{{name: g, rules: [{{record: r, expr: '{expression}'}}]}}]");
        let report = audit(&catalog, naming, &[("rules.yaml", &rules)]);
        assert!(report.is_clean(), "{expression}\n{report}");
        assert_eq!(report.foreign, []);
        let is_utf8 = expression.contains("{\"");
        let other = audit(&catalog, &naming.clone().utf8(!is_utf8), &[("rules.yaml", &rules)]);
        let first = other.findings.first();
        assert_eq!(first.map(|f| f.rule), Some(Rule::UnknownMetric), "{expression}\n{other}");
        assert!(first.is_some_and(|f| f.fix.starts_with("`kiosk")), "{other}");
    }
}

#[test]
fn settings_and_comments_allow_faults() {
    let catalog = catalog();
    let run = |audit: &Audit<'_>, expression: &str| {
        let expression = serde_json::to_string(expression).unwrap();
        let rules = format!("groups: [{{name: g, rules: [{{record: r, expr: {expression}}}]}}]");
        audit.run(&[("rules.yaml", rules)])
    };
    let audit = Audit::new(&catalog);
    let report = run(&audit, "kiosk_cups_total # typed-metrics: allow raw-counter\n");
    assert!(report.is_clean() && report.allowed == 1, "{report}");
    let report = run(&audit, "kiosk_cups_total # typed-metrics: allow unknown-label\n");
    assert_eq!(report.findings.len(), 1);
    let report = run(&audit.clone().allow(Rule::RawCounter), "kiosk_cups_total");
    assert!(report.is_clean() && report.allowed == 1);
    let report = run(&audit.clone().foreign("kiosk_tea_*"), "rate(kiosk_tea_total[5m])");
    assert!(report.is_clean() && report.foreign.len() == 1);
    let report = run(&audit.clone().label("team"), "sum by (team) (kiosk_guests)");
    assert!(report.is_clean(), "{report}");
    let native = audit.native_histograms_of_fixed_buckets(true);
    let report = run(&native, "histogram_quantile(0.9, rate(kiosk_wait_seconds[5m]))");
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_finding_names_everything() {
    let report = report_of("sum(\n  rate(kiosk_cup_total[5m]) + kiosk_cup_total_not)");
    let finding = &report.findings[0];
    assert_eq!(finding.file, "kiosk.json");
    assert_eq!(finding.place, "panel \"p\" (id 1), query A");
    assert_eq!(finding.position, Some(12));
    let text = report.to_string();
    let expected = "kiosk.json\n  panel \"p\" (id 1), query A\n    unknown-metric: the catalog has \
                    no metric `kiosk_cup_total`\n      rate(kiosk_cup_total[5m]) + \
                    kiosk_cup_total_not)\n           ^^^^^^^^^^^^^^^\n    fix: \
                    `kiosk_cups_total`?\n";
    assert!(text.starts_with(expected), "{text}");
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["findings"][0]["rule"], "unknown-metric");
    assert_eq!(json["findings"][0]["position"], 12);
}
