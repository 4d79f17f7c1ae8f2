//! A registry of semantic conventions becomes an enum, and the enum becomes the same registry.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::Path;

use serde_json::Value;
use typed_metrics::catalog::{Catalog, GeneratedEnum, SemanticConventions, to_enum};

/// The enum of `registry.yaml`, compiled.
#[path = "depot.rs"]
#[expect(dead_code, unreachable_pub, reason = "only its definitions matter")]
mod depot;

const REGISTRY: &str = include_str!("registry.yaml");

/// Compares with a committed file. `UPDATE_SEMCONV=1` writes the file.
fn assert_file(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    if env::var_os("UPDATE_SEMCONV").is_some() {
        fs::write(&path, text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert_eq!(committed, text, "{name} is stale; UPDATE_SEMCONV=1 writes it");
}

fn written() -> String {
    let depot = Catalog::of_program().only(|entry| entry.name().starts_with("depot."));
    let documents = SemanticConventions::new("https://example.com/schemas/depot/1.2.0")
        .description("Depots: the registry of a test.")
        .documents(&depot);
    assert_eq!(documents[0].path, "manifest.yaml");
    let manifest: Value = serde_saphyr::from_str(&documents[0].text).unwrap();
    assert_eq!(manifest["description"], "Depots: the registry of a test.");
    assert_eq!(manifest["stability"], "development");
    documents[1].text.clone()
}

/// The metrics of a registry: everything that an enum keeps.
fn metrics(text: &str) -> BTreeMap<String, String> {
    let registry: Value = serde_saphyr::from_str(text).unwrap();
    let groups = registry["groups"].as_array().unwrap();
    let attributes = groups.iter().filter_map(|group| group["attributes"].as_array()).flatten();
    let types: BTreeMap<&str, String> = attributes
        .filter_map(|attribute| {
            let values = |members: &Value| {
                let mut values: Vec<String> =
                    members.as_array().unwrap().iter().map(|m| m["value"].to_string()).collect();
                values.sort();
                values.join(" ")
            };
            let of_enum = attribute["type"].get("members").map(values);
            let text = of_enum.unwrap_or_else(|| attribute["type"].to_string());
            Some((attribute["id"].as_str()?, text))
        })
        .collect();
    let metrics = groups.iter().filter(|group| group["type"] == "metric");
    let texts = metrics.map(|metric| {
        let labels = metric["attributes"].as_array().into_iter().flatten().map(|attribute| {
            let name = attribute["ref"].as_str().unwrap();
            let is_required = attribute["requirement_level"] == "required";
            format!("{name} {} {is_required}", types[name])
        });
        let is_renamed = metric.get("deprecated").is_some();
        let brief = if is_renamed { "" } else { metric["brief"].as_str().unwrap().trim() };
        let labels: Vec<String> = if is_renamed { Vec::new() } else { labels.collect() };
        let name = metric["metric_name"].as_str().unwrap().to_owned();
        let (instrument, unit) = (&metric["instrument"], &metric["unit"]);
        // The unit of a state is the number of its series.
        let unit = if metric["annotations"]["typed_metrics"]["kind"] == "state" {
            &Value::Null
        } else {
            unit
        };
        let renamed = &metric["deprecated"]["renamed_to"];
        (
            name,
            format!("{brief} {instrument} {unit} {labels:?} {renamed} {}", metric["annotations"]),
        )
    });
    texts.collect()
}

#[test]
fn a_registry_becomes_the_enum_that_is_compiled() {
    let generated = GeneratedEnum::of_files(&[REGISTRY]).unwrap();
    assert_eq!(generated.problems, Vec::<String>::new());
    assert_file("depot.rs", &generated.source);
    assert_eq!(to_enum(REGISTRY).unwrap(), generated.source);
}

#[test]
fn the_enum_becomes_the_same_registry() {
    let written = written();
    assert_file("written.yaml", &written);
    let floats = REGISTRY.replace("[10, 100, 1000.5]", "[10.0, 100.0, 1000.5]");
    assert_eq!(metrics(&written), metrics(&floats));
    assert_eq!(metrics(&written).len(), 7);
}

#[test]
fn the_written_registry_becomes_the_same_enum() {
    let code = |source: &str| -> String {
        let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let mut blocks: Vec<String> =
            lines.collect::<Vec<_>>().join("\n").split("\n\n").map(str::to_owned).collect();
        for block in &mut blocks {
            // The variants of a label and the metrics are sorted when they are written.
            let mut variants: Vec<&str> = block.lines().collect();
            variants.sort_unstable();
            *block = variants.join("\n");
        }
        blocks.sort();
        blocks.join("\n\n")
    };
    assert_eq!(code(&to_enum(&written()).unwrap()), code(&to_enum(REGISTRY).unwrap()));
}

#[test]
fn the_written_registry_has_what_weaver_requires() {
    let registry: Value = serde_saphyr::from_str(&written()).unwrap();
    let groups = registry["groups"].as_array().unwrap();
    let mut defined = Vec::new();
    for group in groups {
        let text = |key: &str| group[key].as_str().unwrap_or_else(|| panic!("{key}: {group}"));
        assert!(!text("id").is_empty() && !text("brief").is_empty(), "{group}");
        if text("type") == "metric" {
            assert_eq!(text("id"), format!("metric.{}", text("metric_name")));
            assert!(
                ["counter", "updowncounter", "gauge", "histogram"].contains(&text("instrument"))
            );
            assert!(group["unit"].is_string() && text("stability") == "development");
        }
        for attribute in group["attributes"].as_array().into_iter().flatten() {
            let Some(id) = attribute["id"].as_str() else {
                let name = attribute["ref"].as_str().unwrap();
                assert!(defined.contains(&name), "{name} is defined before");
                continue;
            };
            assert!(!defined.contains(&id), "{id} is defined once");
            defined.push(id);
            assert!(attribute["brief"].is_string() && attribute["stability"].is_string());
            assert!(attribute["type"] != "string" || attribute["examples"].is_array());
            for member in attribute["type"]["members"].as_array().into_iter().flatten() {
                let has = |key: &str| member[key].is_string();
                assert!(has("id") && has("value") && has("stability"), "{member}");
            }
        }
    }
    assert_eq!(defined.len(), 6);
}
