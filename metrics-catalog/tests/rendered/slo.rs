//! Objectives as rules.

use typed_metrics_catalog::{Catalog, Dialect, LeftOutReason, RuleSettings, rules};
use typed_metrics_prometheus::Naming;

use crate::shop;

fn text(settings: &RuleSettings, name: &str) -> String {
    let rules = rules(&shop::catalog(), settings);
    let found = rules.documents.iter().find(|document| document.path.ends_with(name));
    found.unwrap_or_else(|| panic!("no file {name}")).text.clone()
}

#[test]
fn an_objective_that_cannot_be_measured_is_left_out_with_the_reason() {
    let rules = rules(&shop::catalog(), &RuleSettings::default());
    let [boundary, outcome] = &rules.left_out[..] else { panic!("{:?}", rules.left_out) };
    let expected = LeftOutReason::NoBoundary {
        limit: 750.0,
        unit: "ms",
        below: Some(500.0),
        above: Some(1000.0),
    };
    assert_eq!(boundary.reason, expected);
    assert_eq!(outcome.reason, LeftOutReason::NoOutcome);
    let message = boundary.to_string();
    assert!(message.contains("99%") || message.contains("90% within 750ms"), "{message}");
    assert!(message.contains("no bucket boundary at 750 ms"), "{message}");
    assert!(message.contains("the nearest are 500 below and 1000 above"), "{message}");
    assert!(outcome.to_string().contains("add a field `outcome: Outcome`"));
    let files: Vec<&str> = rules.documents.iter().map(|document| document.path.as_str()).collect();
    assert!(!files.iter().any(|file| file.contains("refund")), "{files:?}");
}

#[test]
fn the_boundary_below_is_used_if_that_is_allowed_and_said() {
    let rules = text(
        &RuleSettings::default().allow_nearest_boundary(true),
        "shop_payment_refund_duration.rules.yml",
    );
    assert!(rules.contains(r#"le=~"500|500\\.0""#), "{rules}");
    assert!(rules.contains("calls count as slow from 500 ms on"), "{rules}");
    // The objective without an outcome is still left out, and the file says so.
    assert!(rules.contains("# no rules for the objective \"90% succeed\""), "{rules}");
}

#[test]
fn equal_objectives_of_functions_that_share_a_metric_are_one() {
    let rules = text(&RuleSettings::default(), "shop_request_duration.rules.yml");
    assert_eq!(rules.matches("- name: ").count(), 2, "{rules}");
    assert!(rules.contains("::healthy`") && rules.contains("::serve`"), "{rules}");
}

#[test]
fn a_large_budget_has_no_alert_that_cannot_fire() {
    let rules = text(&RuleSettings::default(), "shop_payment_bank_duration.rules.yml");
    // 1x and 3x of 0.2, and not 6x; all of 0.05.
    assert_eq!(rules.matches("* 0.2").count(), 2 * 2, "{rules}");
    assert_eq!(rules.matches("* 0.05").count(), 2 * 4, "{rules}");
}

#[test]
fn the_labels_of_a_function_select_its_calls() {
    let catalog = Catalog::of_program().only(|entry| entry.name() == "function.duration");
    let rules = rules(&catalog, &RuleSettings::default());
    assert_eq!(rules.left_out, []);
    let text = &rules.documents[0].text;
    assert!(text.contains(r#"function="parse", module="rendered::shop", le=~"1|1\\.0""#), "{text}");
}

#[test]
fn an_exponential_histogram_is_an_estimate_in_each_language() {
    let file = "shop_payment_bank_duration.rules.yml";
    let prometheus = text(&RuleSettings::default(), file);
    assert!(prometheus.contains("1 - histogram_fraction(-Inf, 2000, sum by (job) (rate("));
    let settings = RuleSettings::default().dialect(Dialect::victoria_metrics());
    let victoria = text(&settings, file);
    assert!(victoria.contains("1 - histogram_share(2000, sum by (vmrange, service_name) (rate("));
    for text in [prometheus, victoria] {
        assert!(text.contains("so the share is an estimate"), "{text}");
    }
}

#[test]
fn labels_to_keep_can_be_chosen() {
    let settings = RuleSettings::default().by(["service.name", "region"]);
    let rules = text(&settings, "shop_request_duration.rules.yml");
    assert!(rules.contains("sum by (service_name, region) (rate("), "{rules}");
}

#[test]
fn rules_that_only_victoria_metrics_reads_have_no_tests() {
    let names = Naming::default().utf8(true).suffixes(false);
    let tested = |dialect| {
        let rules = rules(&shop::catalog(), &RuleSettings::default().dialect(dialect));
        rules.documents.iter().filter(|document| document.path.ends_with("_test.yml")).count()
    };
    assert_eq!(tested(Dialect::scraped()), 2);
    assert_eq!(tested(Dialect::mimir()), 2);
    // The exponential histogram needs a function of MetricsQL.
    assert_eq!(tested(Dialect::victoria_metrics()), 1);
    assert_eq!(tested(Dialect::victoria_metrics().naming(names)), 0);
}
