//! The command on metrics of every kind, driven by code.
#![expect(dead_code, reason = "most metrics are declared and never recorded")]

use std::fs;

use serde_json::{Value, json};
use typed_metrics_catalog::{Answer, Catalog, Command, Document};
use typed_metrics_core as typed_metrics;
use typed_metrics_core::{Objective, Outcome};
use typed_metrics_derive::{Label, Metrics, timed};

#[derive(Clone, Copy, Label)]
#[label(crate = typed_metrics_core)]
enum Phase {
    Idle,
    Moving,
}

#[derive(Metrics)]
#[metrics(crate = typed_metrics_core, prefix = "crane")]
enum Crane<'a> {
    /// Loads lifted, by `berth`.
    ///
    /// Empty hooks are no loads.
    #[counter(unit = "{load}", was = "crane.loads", expire = "10m", series_limit = 50)]
    Lifted { berth: &'a str, heavy: Option<bool> },
    #[histogram(unit = "s", buckets = [0.5, 2, 30])]
    Turn { outcome: Outcome },
    #[histogram(unit = "t", exponential, max_size = 80, zero_threshold = 0.001)]
    Load,
    #[state]
    Phase { phase: Phase },
    #[info]
    Build { version: &'a str },
}

// Two definitions of one metric, told apart by a constant label.
#[derive(Metrics)]
#[metrics(crate = typed_metrics_core, prefix = "crane.motor", labels(motor = "hoist"))]
enum Hoist {
    #[counter]
    Starts,
}
#[derive(Metrics)]
#[metrics(crate = typed_metrics_core, prefix = "crane.motor", labels(motor = "boom"))]
enum Boom {
    #[counter]
    Starts,
}

#[timed(
    Crane::Turn { outcome },
    crate = typed_metrics_core,
    objective = [Objective::latency("2s", 0.99), Objective::success(0.999)],
)]
fn turn() -> Result<(), ()> {
    Ok(())
}

#[derive(Metrics)]
#[metrics(crate = typed_metrics_core, prefix = "buoy")]
enum Buoy {
    #[histogram(unit = "s", buckets = [1, 2])]
    Wait,
}

/// Nothing tells whether a call failed.
#[timed(
    Buoy::Wait,
    crate = typed_metrics_core,
    objective = [Objective::latency("1s", 0.9), Objective::success(0.99)],
)]
fn wait() {}

fn command() -> Command {
    Command::new().title("Harbour").only(|metric| metric.name().starts_with("crane."))
}

#[test]
fn the_catalog_has_every_fact_of_a_declaration() {
    turn().unwrap();
    let answer = command().run(["list", "--json"]);
    assert!(answer.is_success(), "{answer}");
    let data: Value = serde_json::from_str(&answer.stdout).unwrap();
    assert_eq!(data["title"], "Harbour");
    let metrics = data["metrics"].as_array().unwrap();
    let names: Vec<_> = metrics.iter().map(|metric| metric["name"].as_str().unwrap()).collect();
    let expected = [
        "crane.build",
        "crane.lifted",
        "crane.load",
        "crane.motor.starts",
        "crane.phase",
        "crane.turn",
    ];
    assert_eq!(names, expected);
    let place = |item: &str| {
        json!([{
            "item": item,
            "crate": "command",
            "module": "command",
            "file": "metrics-catalog/tests/command.rs",
        }])
    };
    let lifted = json!({
        "name": "crane.lifted",
        "kind": "counter",
        "value": "u64",
        "unit": "{load}",
        "description": "Loads lifted, by `berth`. Empty hooks are no loads.",
        "prometheus_name": "crane_lifted_total",
        "anchor": "crane.lifted",
        "labels": [
            { "name": "berth", "prometheus_name": "berth" },
            {
                "name": "heavy",
                "prometheus_name": "heavy",
                "values": ["false", "true"],
                "optional": true,
            },
        ],
        "was": "crane.loads",
        "series_limit": 50,
        "expiry_seconds": 600.0,
        "definitions": place("Crane::Lifted"),
    });
    assert_eq!(metrics[1], lifted);
    assert_eq!(metrics[0]["kind"], "info");
    assert_eq!(metrics[2]["exponential"], json!({ "max_size": 80, "zero_threshold": 0.001 }));
    assert_eq!(metrics[4]["kind"], "state");
    assert_eq!(metrics[4]["state_label"], "phase");
    assert_eq!(metrics[4]["labels"][0]["values"], json!(["idle", "moving"]));
    assert_eq!(metrics[5]["buckets"], json!([0.5, 2.0, 30.0]));
    let objectives = json!([
        { "function": "turn", "share": 0.99, "within_seconds": 2.0, "text": "99% within 2s" },
        { "function": "turn", "share": 0.999, "text": "99.9% succeed" },
    ]);
    assert_eq!(metrics[5]["objectives"], objectives);
}

#[test]
fn all_definitions_of_a_metric_are_one_entry_in_any_order_of_the_linker() {
    let catalog = Catalog::of_program();
    let starts = catalog.get("crane.motor.starts").unwrap();
    let items: Vec<_> = starts.definitions().iter().map(|metric| metric.source().item).collect();
    assert_eq!(items, ["Hoist::Starts", "Boom::Starts"]);
    let mut reversed: Vec<_> =
        catalog.iter().flat_map(|metric| metric.definitions()).copied().collect();
    reversed.reverse();
    let reversed: Catalog = reversed.into_iter().collect();
    let again = reversed.get("crane.motor.starts").unwrap();
    assert!(
        starts.definitions().iter().zip(again.definitions()).all(|(a, b)| std::ptr::eq(*a, *b))
    );
    let settings = typed_metrics_catalog::Settings::default();
    let documents = typed_metrics_catalog::documents(&catalog, &settings);
    assert_eq!(documents, typed_metrics_catalog::documents(&reversed, &settings));
    let motor = &starts.labels()[0];
    let typed_metrics_catalog::LabelValues::Fixed(values) = &motor.values else { panic!() };
    assert_eq!((motor.name, &values[..]), ("motor", &["boom".to_owned(), "hoist".to_owned()][..]));
}

#[test]
fn every_document_has_the_mark() {
    let catalog = Catalog::of_program();
    let settings = typed_metrics_catalog::Settings::default();
    for document in typed_metrics_catalog::documents(&catalog, &settings) {
        assert!(document.is_marked(), "{}", document.path);
    }
}

#[test]
fn pages_link_to_the_source() {
    let settings = typed_metrics_catalog::Settings::default().source("https://example.org/src/");
    let documents = typed_metrics_catalog::documents(&Catalog::of_program(), &settings);
    let text = |path| &documents.iter().find(|document| document.path == path).unwrap().text;
    let address = "https://example.org/src/metrics-catalog/tests/command.rs";
    assert!(text("metrics.md").contains(&format!("[`Crane::Load`]({address})")));
    assert!(text("metrics.html").contains(&format!("href=\"{address}\"")));
}

#[test]
fn a_choice_without_metrics_is_an_error() {
    let _registered = typed_metrics::register_metric("pump", typed_metrics::Metric::gauge("pump"));
    let nothing = Command::new().only(|_| false).run(["list"]);
    assert_eq!(nothing.exit_code, 2);
    assert!(nothing.stderr.contains("`use shop as _;`"), "{nothing}");
    let both = Command::new().run(["list", "--crate", "command", "--only", "pump"]);
    assert_eq!(both.exit_code, 2);
    assert!(both.stderr.contains("both of a crate"), "{both}");
    let pump = Command::new().run(["list", "--only", "pump"]);
    assert_eq!(pump.stdout, "pump  gauge\n");
}

#[test]
fn files_that_only_mention_the_mark_stay() {
    let folder = std::env::temp_dir().join(format!("mentions-{}", std::process::id()));
    let path = folder.to_str().unwrap();
    let deep = folder.join("crates/catalog/src");
    fs::create_dir_all(&deep).unwrap();
    let text = format!("{}\n{}", "About catalogs. ".repeat(40), Document::MARK);
    let stay = [folder.join("guide.md"), deep.join("document.rs")];
    fs::write(&stay[0], text).unwrap();
    fs::write(&stay[1], Document::MARK).unwrap();
    let left_over = folder.join("grafana/old.json");
    fs::create_dir_all(left_over.parent().unwrap()).unwrap();
    fs::write(&left_over, Document::MARK).unwrap();
    assert_eq!(command().run(["write", path]).exit_code, 0);
    assert!(stay.iter().all(|file| file.exists()) && !left_over.exists());
    assert_eq!(command().run(["check", path]).exit_code, 0);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn documents_of_the_program_join_the_others() {
    let folder = std::env::temp_dir().join(format!("typed-metrics-own-{}", std::process::id()));
    let path = folder.to_str().unwrap();
    let own = |name: &'static str| {
        command().documents("own", move |catalog, _| {
            let text = format!("{} of {}\n", Document::MARK, catalog.iter().count());
            vec![Document::new(format!("own/{name}.txt"), text)]
        })
    };
    let written = own("first").run(["write", path, "--documents", "own,json"]);
    assert_eq!(written.stderr, "3 files written, 0 removed, 0 as before\n", "{written}");
    let renamed =
        own("second").run(["write", path, "--documents", "own,json", "--only", "crane.l"]);
    let first = folder.join("own/first.txt").exists();
    let second = std::fs::read_to_string(folder.join("own/second.txt"));
    let outside =
        command().documents("bad", |_, _| vec![Document::new("../x", "")]).run(["check", path]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(renamed.stderr, "2 files written, 1 removed, 1 as before\n", "{renamed}");
    assert!(!first);
    assert_eq!(second.unwrap(), "Generated by typed-metrics of 2\n");
    assert_eq!(outside.exit_code, 2);
    assert!(outside.stderr.contains("`../x` of a document"), "{outside}");
    let unknown = command().run(["write", path, "--documents", "pdf"]);
    assert_eq!(unknown.exit_code, 2);
    assert!(unknown.stderr.contains("[possible values: dashboards, html, json,"), "{unknown}");
}

#[test]
fn ends_of_lines_and_files_of_other_catalogs_are_no_difference() {
    let folder = std::env::temp_dir().join(format!("typed-metrics-lines-{}", std::process::id()));
    let path = folder.to_str().unwrap();
    assert!(command().run(["write", path]).is_success());
    let page = folder.join("metrics.md");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, text.replace('\n', "\r\n")).unwrap();
    let other = folder.join("other");
    assert!(command().run(["write", other.to_str().unwrap()]).is_success());
    std::fs::create_dir(folder.join("target")).unwrap();
    std::fs::write(folder.join("target/x.md"), Document::MARK).unwrap();
    std::fs::write(folder.join("x.bin"), b"\xff\xfe").unwrap();
    let answer = command().run(["check", path]);
    // Bytes that are no text are a difference like any other.
    std::fs::write(&page, b"\xffGenerated by typed-metrics").unwrap();
    let stale = command().run(["check", path]);
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(answer.is_success(), "{answer}");
    assert_eq!(stale.exit_code, 1);
    assert!(stale.stdout.contains("-\u{fffd}Generated by typed-metrics"), "{stale}");
}

#[test]
fn an_objective_without_rules_is_a_warning() {
    let folder = std::env::temp_dir().join(format!("buoy-{}", std::process::id()));
    let command = Command::new().only(|metric| metric.name().starts_with("buoy."));
    let run = |arguments: &[&str]| {
        let (first, rest) = arguments.split_first().unwrap();
        let folder = folder.to_str().unwrap();
        command.run([&[*first, folder], rest].concat())
    };
    let warnings = |answer: Answer| -> usize {
        let json: Value = serde_json::from_str(&answer.stdout).unwrap();
        json["warnings"].as_array().unwrap().len()
    };
    for action in ["write", "check"] {
        let answer = run(&[action]);
        let warning = "warning: no rules for the objective \"99% succeed\"";
        assert!(answer.is_success() && answer.stderr.starts_with(warning), "{answer}");
        assert_eq!(answer.stderr.lines().count(), 2, "{answer}");
        assert_eq!(warnings(run(&[action, "--json"])), 1);
    }
    // The objective that can be measured is on a dashboard.
    let text = fs::read_to_string(folder.join("grafana/objectives.json")).unwrap();
    assert!(text.contains("wait: 90% within 1s") && !text.contains("99% succeed"));
    // Without the rules, nothing is missing in them.
    assert_eq!(warnings(run(&["write", "--json", "--documents", "rules,markdown"])), 1);
    assert_eq!(warnings(run(&["check", "--json", "--documents", "markdown"])), 0);
    fs::remove_dir_all(folder).unwrap();
}
