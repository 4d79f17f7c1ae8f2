//! The files of a small catalog, as reviewers see them.

use std::fs;
use std::path::Path;

use typed_metrics_catalog::{
    Catalog, DashboardSettings, Dialect, Document, RuleSettings, dashboards, rules,
};

use crate::shop;

/// Compares documents with the files in a folder of `golden`, which has no others.
fn check(folder: &str, documents: &[Document]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rendered/golden").join(folder);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for document in documents {
            fs::write(folder.join(name(document)), &document.text).unwrap();
        }
    }
    let mut expected: Vec<String> =
        documents.iter().map(|document| name(document).to_owned()).collect();
    expected.sort();
    let mut found: Vec<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    found.sort();
    assert_eq!(found, expected, "the files of {}", folder.display());
    for document in documents {
        let committed = fs::read_to_string(folder.join(name(document))).unwrap();
        assert!(
            committed == document.text,
            "{} is stale: look at the difference with UPDATE_GOLDEN=1",
            name(document)
        );
    }
}

fn name(document: &Document) -> &str {
    document.path.rsplit('/').next().unwrap()
}

#[test]
fn dashboards_of_a_shop() {
    let settings = DashboardSettings::default().documentation("https://docs.example.com/metrics");
    check("scraped", &dashboards(&shop::catalog(), &settings));
}

#[test]
fn dashboards_for_utf8_names() {
    let settings = DashboardSettings::default().dialect(Dialect::mimir());
    check("mimir", &dashboards(&shop::catalog(), &settings));
}

#[test]
fn dashboards_for_victoria_metrics() {
    let settings = DashboardSettings::default().dialect(Dialect::victoria_metrics());
    check("victoria-metrics", &dashboards(&shop::catalog(), &settings));
}

#[test]
fn dashboards_drawn_by_hand() {
    // Features of other packages, such as that of jemalloc, add metrics of their own.
    let catalog = Catalog::of_program().only(|entry| {
        let module = entry.source().module;
        !entry.name().starts_with("jemalloc.")
            && ["db", "llm", "system", "tokio", "tower"]
                .iter()
                .any(|name| module.starts_with(&format!("typed_metrics_{name}")))
    });
    let catalog =
        [catalog, Catalog::of_program().only(|entry| entry.name() == "function.duration")];
    let documents: Vec<_> = catalog
        .iter()
        .flat_map(|catalog| dashboards(catalog, &DashboardSettings::default()))
        .collect();
    check("drawn", &documents);
}

#[test]
fn rules_of_a_shop() {
    let settings = RuleSettings::default().runbook("https://wiki.example.com/{slo}");
    check("rules", &rules(&shop::catalog(), &settings).documents);
}

#[test]
fn every_run_renders_the_same_text() {
    let catalog = Catalog::of_program().only(|entry| !entry.name().starts_with("hostile"));
    let render = || dashboards(&catalog, &DashboardSettings::default());
    assert_eq!(render(), render());
}
