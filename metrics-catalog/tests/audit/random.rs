//! Random catalogs, queries and files.

use std::panic::catch_unwind;

use typed_metrics_catalog::{Audit, Catalog, Kind, LabelValues};
use typed_metrics_core::{Metric, register_metric};
use typed_metrics_prometheus::Naming;

use crate::kiosk;

/// Metrics with random names, units, buckets and kinds. Their labels are known at run time only,
/// so the labels of the tests are those of the kiosk's metrics.
fn register(random: &mut fastrand::Rng) {
    const UNITS: [&str; 7] = ["", "s", "By", "1", "%", "{thing}", "By/s"];
    for n in 0..60 {
        let words = (0..random.usize(1..4)).map(|_| word(random)).collect::<Vec<_>>();
        let name = format!("fair{n}.{}", words.join(["_", "."][random.usize(..2)]));
        let unit = random.choice(UNITS).unwrap_or_default();
        let metric = match random.u8(..5) {
            0 => Metric::counter(&name),
            1 => Metric::up_down_counter(&name),
            2 => Metric::gauge(&name),
            3 => Metric::histogram(&name).exponential(),
            _ => {
                let first = random.f64();
                Metric::histogram(&name).buckets([first, first + 1.0, 100.0])
            }
        };
        register_metric(name, metric.unit(unit)).unwrap();
    }
}

fn word(random: &mut fastrand::Rng) -> String {
    (0..random.usize(1..8)).map(|_| random.lowercase()).collect()
}

/// A right query for a random metric of the catalog.
fn query(random: &mut fastrand::Rng, catalog: &Catalog, naming: &Naming) -> String {
    let entries: Vec<_> = catalog.iter().collect();
    let entry = random.choice(entries).unwrap();
    let name = naming.metric_name(entry.descriptor());
    let labels = entry.labels();
    let mut matchers = Vec::new();
    for label in &labels {
        let value = match &label.values {
            LabelValues::Fixed(values) => random.choice(values).cloned().unwrap_or_default(),
            _ => word(random),
        };
        let operator = random.choice(["=", "!=", "=~", "!~"]).unwrap();
        if random.bool() {
            matchers.push(format!("{:?}{operator}{value:?}", naming.label_name(label.name)));
        }
    }
    let by: Vec<String> = labels
        .iter()
        .filter(|_| random.bool())
        .map(|label| format!("{:?}", naming.label_name(label.name)))
        .collect();
    let by = by.join(", ");
    let series = |suffix: &str, more: &str| {
        let mut inside = vec![format!("{:?}", format!("{name}{suffix}"))];
        inside.extend(matchers.iter().cloned());
        inside.extend((!more.is_empty()).then(|| more.to_owned()));
        format!("{{{}}}", inside.join(", "))
    };
    match entry.kind() {
        Kind::Counter => format!("sum by ({by}) (rate({}[5m]))", series("", "")),
        Kind::Histogram(limits) => {
            let le = format!("le=\"{}\"", random.choice(limits).unwrap());
            let by_le = if by.is_empty() { "le".to_owned() } else { format!("le, {by}") };
            match random.u8(..3) {
                0 => format!(
                    "histogram_quantile(0.9, sum by ({by_le}) (rate({}[5m])))",
                    series("_bucket", "")
                ),
                1 => format!("sum by ({by}) (increase({}[1h]))", series("_bucket", &le)),
                _ => format!(
                    "sum by ({by}) (rate({}[5m])) / sum by ({by}) (rate({}[5m]))",
                    series("_sum", ""),
                    series("_count", "")
                ),
            }
        }
        Kind::ExponentialHistogram => {
            format!("histogram_quantile(0.5, sum by ({by}) (rate({}[5m])))", series("", ""))
        }
        _ => format!("max by ({by}) (deriv({}[5m]))", series("", "")),
    }
}

#[test]
fn queries_of_the_catalog_have_no_findings() {
    let mut random = fastrand::Rng::with_seed(11);
    register(&mut random);
    let catalog = Catalog::of_program();
    assert!(catalog.iter().count() > 60);
    for namings in 0..8_u8 {
        let naming = Naming::default()
            .utf8(namings & 1 > 0)
            .unit_suffix(namings & 2 > 0)
            .total_suffix(namings & 4 > 0);
        let targets: Vec<_> = (0..300)
            .map(|_| serde_json::json!({ "expr": query(&mut random, &catalog, &naming) }))
            .collect();
        let dashboard = serde_json::json!({ "panels": [{ "targets": targets }] });
        let files = [("dashboard.json", dashboard.to_string())];
        let report = Audit::new(&catalog).naming(naming.clone()).run(&files);
        assert!(report.is_clean(), "{naming:?}\n{report}");
        assert_eq!((report.foreign.len(), report.expressions), (0, 300));
    }
}

/// The seeds of mutations.
const FILES: [&str; 3] = [
    r#"{"panels":[{"id":1,"title":"P","datasource":{"type":"prometheus"},"targets":[{"refId":"A","expr":"sum by (size, $by) (rate(kiosk_cups_total{size=~\"small|${size:regex}\"}[$__rate_interval])) / on () group_left kiosk_guests offset 5m","legendFormat":"{{size}}"}]}],"templating":{"list":[{"name":"size","type":"custom","query":"small,large"}]}}"#,
    "groups:\n  - name: g\n    rules:\n      - alert: A\n        expr: |\n          histogram_quantile(0.9, sum by (le) (rate(kiosk_wait_seconds_bucket{le=\"0.5\"}[5m]))) > 1e3 # typed-metrics: allow raw-counter\n        annotations: { summary: '{{ $labels.size }}' }\n",
    r#"{"elements":{"p":{"kind":"Panel","spec":{"data":{"spec":{"queries":[{"spec":{"query":{"group":"prometheus","spec":{"expr":"{\"kiosk.x\", __name__!~\"a\", b=\"\\u00e9\"}[5m:1m] @ end() unless -1 ^ 2 or vector(0)"}}}}]}}}}}}"#,
];

const PIECES: [&str; 24] = [
    "\"", "'", "`", "\\", "{", "}", "[", "]", "(", ")", "$", "${", "[[", "\n", "\0", "é", "inf",
    "1e999", "offset", "by", "&a", "*a", "- ", "#",
];

#[test]
fn mutated_files_end_in_a_report() {
    let catalog = kiosk::catalog();
    let mut random = fastrand::Rng::with_seed(7);
    for round in 0..6_000 {
        let mut text: Vec<char> = FILES[round % FILES.len()].chars().collect();
        for _ in 0..random.usize(1..6) {
            let at = random.usize(..text.len());
            match random.u8(..4) {
                0 => {
                    text.remove(at);
                }
                1 => {
                    let piece = PIECES[random.usize(..PIECES.len())].chars();
                    text.splice(at..at, piece);
                }
                2 => text[at] = char::from(random.u8(1..128)),
                _ => {
                    let end = text.len().min(at + random.usize(..20));
                    let part: Vec<char> = text[at..end].to_vec();
                    let to = random.usize(..text.len());
                    text.splice(to..to, part);
                }
            }
        }
        let text: String = text.into_iter().collect();
        let report = catch_unwind(|| Audit::new(&catalog).run(&[("mutated", &text)]));
        let report = report.unwrap_or_else(|_| panic!("round {round}: {text}"));
        let shown = report.to_string();
        assert!(!shown.is_empty());
        for finding in &report.findings {
            let at = finding.position.and_then(|at| finding.expression.get(at..));
            assert!(at.is_none_or(|rest| rest.starts_with(&finding.part)), "{finding}");
        }
    }
}
