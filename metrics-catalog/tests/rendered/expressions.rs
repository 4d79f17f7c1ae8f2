//! Every expression of every document is PromQL.

use serde_json::Value;
use typed_metrics_catalog::{
    Catalog, DashboardSettings, Dialect, Document, RuleSettings, dashboards, rules,
};

use crate::shop;

/// The expressions of a dashboard, with the variables as Grafana replaces them.
pub(crate) fn of_dashboard(document: &Document) -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&document.text).unwrap();
    let mut expressions = Vec::new();
    collect(&dashboard["panels"], &mut expressions);
    let variables: Vec<&str> = dashboard["templating"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| variable["name"].as_str().unwrap())
        .collect();
    expressions.iter().map(|expression| replaced(expression, &variables)).collect()
}

fn collect(panels: &Value, expressions: &mut Vec<String>) {
    for panel in panels.as_array().into_iter().flatten() {
        let targets = panel["targets"].as_array().into_iter().flatten();
        expressions.extend(targets.map(|target| target["expr"].as_str().unwrap().to_owned()));
        collect(&panel["panels"], expressions);
    }
}

/// Replaces variables; longer names first, because Grafana reads whole words.
fn replaced(expression: &str, variables: &[&str]) -> String {
    let mut text = expression.replace("$__rate_interval", "1m").replace("$__range", "1h");
    let mut variables = variables.to_vec();
    variables.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in variables {
        text = text.replace(&format!("${name}"), ".*");
    }
    assert!(!text.contains('$'), "a variable is not declared: {text}");
    text
}

pub(crate) fn parse(expression: &str) -> promql_parser::parser::Expr {
    promql_parser::parser::parse(expression).unwrap_or_else(|error| panic!("{error}: {expression}"))
}

fn parse_all(catalog: &Catalog, dialect: Dialect) -> usize {
    let settings = DashboardSettings::default().dialect(dialect.clone());
    let documents = dashboards(catalog, &settings);
    let expressions: Vec<String> = documents.iter().flat_map(of_dashboard).collect();
    expressions.iter().for_each(|expression| _ = parse(expression));
    let rules = rules(catalog, &RuleSettings::default().dialect(dialect));
    for document in &rules.documents {
        for rule in of_rules(document) {
            parse(&rule);
        }
    }
    expressions.len()
}

/// The expressions of a file with rules; none of a file with tests.
fn of_rules(document: &Document) -> Vec<String> {
    let file: Value = serde_saphyr::from_str(&document.text).unwrap();
    let groups = file["groups"].as_array().into_iter().flatten();
    let rules = groups.flat_map(|group| group["rules"].as_array().unwrap());
    rules.map(|rule| rule["expr"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_expression_parses() {
    for dialect in [Dialect::scraped(), Dialect::otlp(), Dialect::mimir()] {
        assert!(parse_all(&shop::catalog(), dialect.clone()) > 20);
        // With the crates of the workspace.
        assert!(parse_all(&Catalog::of_program(), dialect) > 90);
    }
}

#[test]
fn a_name_with_dots_is_quoted_for_mimir_and_escaped_for_victoria_metrics() {
    let texts = |dialect| {
        let settings = DashboardSettings::default().dialect(dialect);
        let documents = dashboards(&shop::catalog(), &settings);
        documents.iter().flat_map(of_dashboard).collect::<Vec<_>>().join("\n")
    };
    let mimir = texts(Dialect::mimir());
    assert!(mimir.contains(r#"rate({"shop.requests", job=~".*""#), "{mimir}");
    let names = typed_metrics_prometheus::Naming::default().utf8(true).suffixes(false);
    let victoria = texts(Dialect::victoria_metrics().naming(names));
    assert!(victoria.contains(r#"rate(shop\.requests{service\.name=~".*""#), "{victoria}");
}
