//! What dashboards show, and where.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use typed_metrics_catalog::{
    Catalog, DashboardSettings, Document, Settings, dashboards, documents,
};
// Linked for their metrics.
use typed_metrics_db as _;
use typed_metrics_llm as _;
use typed_metrics_system as _;
use typed_metrics_tokio as _;
use typed_metrics_tower as _;

use crate::shop;

fn all() -> Vec<Document> {
    let catalog = Catalog::of_program().only(|entry| !entry.name().starts_with("hostile"));
    dashboards(&catalog, &DashboardSettings::default())
}

fn json(document: &Document) -> Value {
    serde_json::from_str(&document.text).unwrap()
}

/// All panels, also those of collapsed rows.
fn panels(dashboard: &Value) -> Vec<&Value> {
    let top = dashboard["panels"].as_array().unwrap();
    top.iter()
        .flat_map(|panel| {
            [panel].into_iter().chain(panel["panels"].as_array().into_iter().flatten())
        })
        .collect()
}

fn shop_dashboard() -> Value {
    let documents = dashboards(&shop::catalog(), &DashboardSettings::default());
    json(documents.iter().find(|document| document.path == "grafana/rendered.json").unwrap())
}

fn panel<'a>(dashboard: &'a Value, title: &str) -> &'a Value {
    let found = panels(dashboard).into_iter().find(|panel| panel["title"] == title);
    found.unwrap_or_else(|| panic!("no panel `{title}`"))
}

#[test]
fn every_metric_is_on_a_dashboard() {
    let text: String = all().into_iter().map(|document| document.text).collect();
    for entry in &Catalog::of_program().only(|entry| !entry.name().starts_with("hostile")) {
        let name = typed_metrics_prometheus::Naming::default().metric_name(entry.descriptor());
        assert!(text.contains(&name), "{name}");
    }
}

/// A row with another title has metrics that no panel was drawn for.
#[test]
fn all_metrics_of_this_project_are_drawn_by_hand() {
    let rows = |path: &str| -> Vec<String> {
        let documents = all();
        let document = documents.iter().find(|document| document.path == path).unwrap();
        let dashboard = json(document);
        let rows = panels(&dashboard).into_iter().filter(|panel| panel["type"] == "row");
        rows.map(|row| row["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        rows("grafana/process-and-host.json"),
        ["Overview", "Process", "Host: CPU", "Host: memory", "Host: disks", "Host: network"]
    );
    let tokio = rows("grafana/tokio.json");
    // Features of other packages add the metrics of jemalloc.
    let without_jemalloc: Vec<_> = tokio.iter().filter(|row| *row != "jemalloc").collect();
    assert_eq!(without_jemalloc, ["Runtimes", "Tasks"]);
    assert_eq!(
        rows("grafana/http-and-grpc.json"),
        ["HTTP server", "gRPC server", "HTTP client", "gRPC client"]
    );
}

#[test]
fn panels_neither_overlap_nor_leave_the_grid() {
    for document in all() {
        let dashboard = json(&document);
        let mut ids = BTreeSet::new();
        let mut taken = BTreeSet::new();
        for panel in panels(&dashboard) {
            assert!(ids.insert(panel["id"].as_u64().unwrap()), "two panels have one id");
            let at = |key| panel["gridPos"][key].as_u64().unwrap();
            assert!(at("x") + at("w") <= 24 && at("w") > 0 && at("h") > 0);
        }
        for panel in dashboard["panels"].as_array().unwrap() {
            let at = |key| panel["gridPos"][key].as_u64().unwrap();
            for x in at("x")..at("x") + at("w") {
                for y in at("y")..at("y") + at("h") {
                    assert!(taken.insert((x, y)), "{}: panels overlap", document.path);
                }
            }
        }
    }
}

#[test]
fn dashboards_keep_their_identities() {
    let by_path: BTreeMap<String, String> = all()
        .iter()
        .map(|document| (document.path.clone(), json(document)["uid"].as_str().unwrap().to_owned()))
        .collect();
    let uids: BTreeSet<&String> = by_path.values().collect();
    assert_eq!(uids.len(), by_path.len());
    assert_eq!(by_path["grafana/llm-calls.json"], "tm-fc7b75be43f7bb21");
}

#[test]
fn two_programs_have_dashboards_of_their_own() {
    let catalog = Catalog::of_program().only(|entry| entry.name().starts_with("process."));
    let dashboard = |settings: Settings| {
        let documents = documents(&catalog, &settings);
        let path = "grafana/process-and-host.json";
        let dashboard = json(documents.iter().find(|document| document.path == path).unwrap());
        ["title", "uid"].map(|field| dashboard[field].as_str().unwrap().to_owned())
    };
    let [shop, shop_uid] = dashboard(Settings::default().title("Shop"));
    let [bank, bank_uid] = dashboard(Settings::default().title("Bank"));
    assert_eq!([shop.as_str(), &bank], ["Shop: Process and host", "Bank: Process and host"]);
    assert_ne!(shop_uid, bank_uid);
    assert_eq!(dashboard(Settings::default())[0], "Process and host");
}

#[test]
fn a_kind_has_its_panels() {
    let dashboard = shop_dashboard();
    let kinds = [
        ("Requests", "timeseries", "reqps"),
        ("Requests: share of failures", "timeseries", "percentunit"),
        ("Requests: most frequent route", "bargauge", "short"),
        ("Request duration: percentiles", "timeseries", "s"),
        ("In flight", "timeseries", "short"),
        ("Cache memory", "timeseries", "bytes"),
        ("Hit ratio", "timeseries", "percentunit"),
        ("Response size: percentiles", "timeseries", "bytes"),
        ("Revenue", "timeseries", "short"),
    ];
    for (title, kind, unit) in kinds {
        let panel = panel(&dashboard, title);
        assert_eq!(panel["type"], kind, "{title}");
        assert_eq!(panel["fieldConfig"]["defaults"]["unit"], unit, "{title}");
    }
    assert_eq!(panel(&dashboard, "Build")["type"], "table");
    let heat = panel(&dashboard, "Request duration: distribution");
    assert_eq!(
        (&heat["type"], &heat["targets"][0]["format"]),
        (&"heatmap".into(), &"heatmap".into())
    );
    let phase = panel(&dashboard, "Worker phase");
    assert_eq!(phase["type"], "state-timeline");
    let states = &phase["fieldConfig"]["defaults"]["mappings"][0]["options"];
    assert_eq!(states["2"]["text"], "running");
    assert_eq!(states["2"]["color"], "green");
}

#[test]
fn a_row_is_an_enum() {
    let dashboard = shop_dashboard();
    let rows: Vec<&str> = panels(&dashboard)
        .into_iter()
        .filter(|panel| panel["type"] == "row")
        .map(|panel| panel["title"].as_str().unwrap())
        .collect();
    assert_eq!(rows, ["Shop", "Payment"]);
}

#[test]
fn labels_with_few_values_are_variables() {
    let dashboard = shop_dashboard();
    let names: Vec<&str> = dashboard["templating"]["list"]
        .as_array()
        .unwrap()
        .iter()
        .map(|variable| variable["name"].as_str().unwrap())
        .collect();
    // The outcome is none: a share of failures needs all outcomes.
    assert_eq!(names, ["datasource", "job", "instance", "method"]);
    let requests = panel(&dashboard, "Requests");
    let expr = requests["targets"][0]["expr"].as_str().unwrap();
    assert!(expr.contains(r#"method=~"$method""#), "{expr}");
}

#[test]
fn exemplars_are_on_for_histograms_alone() {
    let dashboard = shop_dashboard();
    let is_on = |title| panel(&dashboard, title)["targets"][0]["exemplar"].as_bool().unwrap();
    assert!(is_on("Request duration: percentiles"));
    assert!(!is_on("Requests"));
}

#[test]
fn an_objective_that_can_be_measured_is_a_row() {
    let documents = dashboards(&shop::catalog(), &DashboardSettings::default());
    let dashboard =
        json(documents.iter().find(|document| document.path == "grafana/objectives.json").unwrap());
    let rows: Vec<&Value> =
        panels(&dashboard).into_iter().filter(|panel| panel["type"] == "row").collect();
    let titles: Vec<&str> = rows.iter().map(|row| row["title"].as_str().unwrap()).collect();
    let expected = [
        "pay: 95% within 2s",
        "pay: 80% succeed",
        "serve: 99% within 250ms",
        "serve, healthy: 99.9% succeed",
    ];
    assert_eq!(titles, expected);
    let burn = panel(&dashboard, "Burn rate");
    assert_eq!(burn["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"], 1.0);
    let hour = burn["targets"][0]["expr"].as_str().unwrap();
    assert!(hour.contains("[1h]") && hour.ends_with(") / 0.05"), "{hour}");
    let allowed = DashboardSettings::default().allow_nearest_boundary(true);
    let allowed = dashboards(&shop::catalog(), &allowed);
    assert!(allowed.iter().any(|document| document.text.contains("within 750ms")));
}
