//! The forms of files.

use serde_json::{Value, json};
use typed_metrics_catalog::{Audit, Report, Rule};

use crate::kiosk::catalog;

const FAULT: &str = "kiosk_nothing";

fn run(text: impl ToString) -> Report {
    Audit::new(&catalog()).run(&[("file", text.to_string())])
}

/// The places of the findings of [`FAULT`].
fn places(report: &Report) -> Vec<&str> {
    assert!(report.findings.iter().all(|f| f.rule == Rule::UnknownMetric), "{report}");
    report.findings.iter().map(|finding| &*finding.place).collect()
}

fn targets() -> Value {
    json!([{ "refId": "A", "expr": FAULT }])
}

#[test]
fn every_place_of_a_classic_dashboard_is_read() {
    let dashboard = json!({
        "title": "Kiosk",
        "__inputs": [
            { "name": "DS_PROM", "type": "datasource", "pluginId": "prometheus" },
            { "name": "DS_LOKI", "type": "datasource", "pluginId": "loki" },
        ],
        "__elements": {
            "lib": { "name": "Library", "kind": 1, "model": { "targets": targets() } },
        },
        "templating": { "list": [
            { "name": "a", "type": "query", "query": format!("label_values({FAULT}, job)") },
            { "name": "b", "type": "query", "query": { "query": format!("query_result({FAULT})") } },
            { "name": "c", "type": "query", "query": "label_values(job)" },
            { "name": "ds", "type": "datasource", "query": "prometheus" },
            { "name": "logs", "type": "datasource", "query": "loki" },
            { "name": "d", "type": "query", "query": FAULT, "datasource": "$logs" },
        ]},
        "annotations": { "list": [
            { "name": "Deploys", "datasource": { "type": "prometheus" }, "expr": FAULT },
            { "name": "Built in", "datasource": { "type": "grafana" }, "builtIn": 1 },
        ]},
        "panels": [
            { "id": 1, "title": "Plain", "targets": targets(), "datasource": "${DS_PROM}" },
            { "id": 2, "title": "Logs", "targets": targets(), "datasource": "${DS_LOKI}" },
            { "id": 3, "title": "Mixed", "datasource": { "uid": "-- Mixed --" }, "targets": [
                { "refId": "A", "expr": FAULT, "datasource": { "uid": "$ds" } },
                { "refId": "B", "expr": FAULT, "datasource": { "type": "loki", "uid": "x" } },
                { "refId": "C", "expr": "" },
            ]},
            { "id": 4, "title": "Row", "type": "row", "collapsed": true, "panels": [
                { "id": 5, "title": "Inside", "targets": targets() },
            ]},
            { "id": 6, "title": "Shared", "libraryPanel": { "uid": "lib", "name": "Library" } },
            { "id": 7, "title": "Text", "type": "text" },
        ],
        "rows": [{ "panels": [{ "title": "Old", "targets": targets() }] }],
    });
    let expected = [
        "variable \"a\"",
        "variable \"b\"",
        "annotation \"Deploys\"",
        "panel \"Plain\" (id 1), query A",
        "panel \"Mixed\" (id 3), query A",
        "panel \"Inside\" (id 5), query A",
        "panel \"Shared\" (id 6), query A",
        "panel \"Old\", query A",
    ];
    for text in [dashboard.clone(), json!({ "dashboard": dashboard, "meta": {} })] {
        let report = run(&text);
        assert_eq!(places(&report), expected);
        assert_eq!((report.errors.len(), report.dashboards, report.expressions), (0, 1, 8));
    }
}

#[test]
fn dashboards_of_grafana_12_are_read() {
    let query = |group: &str| json!({ "kind": "DataQuery", "group": group, "version": "v0", "spec": { "expr": FAULT } });
    let panel = |queries: Value| {
        json!({ "kind": "Panel", "spec": { "id": 1, "title": "P", "data": {
            "kind": "QueryGroup", "spec": { "queries": queries },
        }}})
    };
    let shown =
        |query: Value| json!({ "kind": "PanelQuery", "spec": { "refId": "A", "query": query } });
    let spec = json!({
        "title": "Kiosk",
        "elements": {
            "panel-1": panel(json!([shown(query("prometheus")), shown(query("loki"))])),
            "panel-2": panel(json!([shown(json!({ "kind": "prometheus", "spec": { "expr": FAULT } }))])),
        },
        "variables": [
            { "kind": "QueryVariable", "spec": { "name": "v", "query": {
                "kind": "DataQuery", "group": "prometheus", "spec": { "query": FAULT },
            }}},
            { "kind": "CustomVariable", "spec": { "name": "c", "query": "a,b" } },
        ],
        "annotations": [
            { "kind": "AnnotationQuery", "spec": { "name": "n", "query": query("prometheus") } },
        ],
    });
    let resource = json!({ "apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard",
        "metadata": { "name": "k" }, "spec": spec });
    for text in [&spec, &resource] {
        let expected = [
            "variable \"v\"",
            "annotation \"n\"",
            "panel \"P\" (id 1), query A",
            "panel \"P\" (id 1), query A",
        ];
        assert_eq!(places(&run(text)), expected);
    }
}

#[test]
fn every_form_of_rules_is_read() {
    let group = format!(
        "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: |\n          {FAULT}\n"
    );
    assert_eq!(places(&run(&group)), ["group \"g\", alert \"A\" (line 6)"]);
    let inner = group.replace('\n', "\n  ");
    let resource = format!("kind: PrometheusRule\nspec:\n  {inner}\n");
    assert_eq!(places(&run(&resource)), ["group \"g\", alert \"A\" (line 8)"]);
    let both = format!("---\n{group}---\n{resource}");
    assert_eq!(run(both).findings.len(), 2);
    let list = format!(
        "kind: List\nitems:\n  - kind: PrometheusRule\n    spec:\n      {}",
        group.replace('\n', "\n      ")
    );
    assert_eq!(run(list).findings.len(), 1);
    let grafana = format!(
        "apiVersion: 1\ngroups:\n  - name: g\n    rules:\n      - title: T\n        data:\n          \
         - refId: A\n            model: {{ expr: {FAULT} }}\n          - refId: B\n            model: \
         {{ type: threshold }}\n"
    );
    assert_eq!(places(&run(grafana)), ["group \"g\", alert \"T\", query A (line 8)"]);
}

#[test]
fn names_of_recording_rules_are_known_in_all_files() {
    let rules = "groups: [{name: g, rules: [{record: 'kiosk:cups:rate5m', \
                 expr: 'sum(rate(kiosk_cups_total[5m]))'}]}]";
    let dashboard = json!({ "panels": [{ "targets": [{ "expr": "kiosk:cups:rate5m" }] }] });
    let files = [("a.json", dashboard.to_string()), ("b.yaml", rules.to_owned())];
    let report = Audit::new(&catalog()).run(&files);
    assert!(report.is_clean() && report.foreign.is_empty(), "{report}");
}

#[test]
fn labels_of_legends_and_alerts_are_checked() {
    let dashboard = json!({ "panels": [{ "title": "P", "targets": [{
        "expr": "sum by (size) (rate(kiosk_cups_total[5m]))",
        "legendFormat": "{{size}} of {{coffee_kind}}",
    }, { "expr": "kiosk_guests", "legendFormat": "__auto" }] }] });
    let report = run(dashboard);
    let [finding] = &report.findings[..] else { panic!("{report}") };
    assert_eq!((finding.rule, &*finding.part), (Rule::UnknownLabel, "{{coffee_kind}}"));
    let rules = "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: sum by (size) \
                 (rate(kiosk_cups_total[5m])) > 1\n    annotations:\n      summary: '{{ $labels.size }} \
                 at {{ $labels.instance }}'\n";
    let report = run(rules);
    let [finding] = &report.findings[..] else { panic!("{report}") };
    assert_eq!((finding.rule, &*finding.part), (Rule::UnknownLabel, "$labels.instance"));
}

#[test]
fn variables_are_checked_with_their_values() {
    let dashboard = json!({
        "templating": { "list": [
            { "name": "size", "type": "custom", "query": "small,Huge : huge" },
            { "name": "kind", "type": "query", "query": "label_values(kiosk_cups_total, kind)" },
            { "name": "by", "type": "custom", "query": "size, coffee_kind" },
        ]},
        "panels": [{ "title": "P", "targets": [{
            "expr": "sum by ($by) (rate(kiosk_cups_total{size=~\"$size\", coffee_kind=~\"$kind\"}[$__rate_interval]))",
            "legendFormat": "{{$by}}",
        }]}],
    });
    let report = run(dashboard);
    let [label, value] = &report.findings[..] else { panic!("{report}") };
    assert_eq!((&*label.part, &*label.place), ("kind", "variable \"kind\""));
    assert_eq!((value.rule, &*value.part), (Rule::UnknownLabelValue, "huge"));
}

#[test]
fn unreadable_files_are_errors_and_the_audit_goes_on() {
    let good = json!({ "panels": [{ "title": "P", "targets": [
        { "refId": "A", "expr": 5 }, { "refId": "B", "expr": FAULT },
    ]}, { "title": "Q", "libraryPanel": { "uid": "x" } }, { "title": "R", "targets": {} }] });
    let files = [
        ("a.json", "{\"panels\": [".to_owned()),
        ("b.json", "{\"services\": []}".to_owned()),
        ("c.yaml", "services: {}".to_owned()),
        ("d.yaml", "groups: [{name: g, rules: 7}]".to_owned()),
        ("e.txt", "hello".to_owned()),
        ("f.yaml", "groups: [{name: g, rules: [{record: r}]}]".to_owned()),
        ("g.json", good.to_string()),
        ("h.json", String::new()),
    ];
    let report = Audit::new(&catalog()).run(&files);
    assert_eq!(report.findings.len(), 1, "{report}");
    let errors: Vec<_> = report.errors.iter().map(|e| (&*e.file, &*e.place, &*e.message)).collect();
    let named: Vec<(&str, &str)> = errors.iter().map(|(file, place, _)| (*file, *place)).collect();
    let expected = [
        ("a.json", ""),
        ("b.json", ""),
        ("c.yaml", ""),
        ("d.yaml", ""),
        ("e.txt", ""),
        ("h.json", ""),
        ("f.yaml", "group \"g\", record \"r\""),
        ("g.json", "panel \"P\", query A"),
        ("g.json", "panel \"Q\""),
        ("g.json", "panel \"R\""),
    ];
    assert_eq!(named, expected, "{errors:#?}");
    assert!(errors[0].2.contains("line 1 column 12"), "{}", errors[0].2);
    assert!(errors[3].2.contains("line 1"), "{}", errors[3].2);
    assert!(errors[7].2.contains("`expr` is a number, and not a text"));
}

#[test]
fn metrics_on_no_dashboard_are_listed() {
    let dashboard = json!({ "panels": [{ "targets": [
        { "expr": "kiosk_guests + kiosk_boiler_celsius" },
        { "expr": "rate(kiosk_wait_seconds_count[5m]) + rate(kiosk_sent_bytes_total[5m])" },
        { "expr": "{__name__=~\"kiosk_dose.*\"}" },
    ] }] });
    let report = run(dashboard);
    assert_eq!(report.unused, ["kiosk.build", "kiosk.cups", "kiosk.door"]);
    let rules = "groups: [{name: g, rules: [{record: r, expr: kiosk_guests}]}]";
    assert!(run(rules).unused.is_empty());
}
