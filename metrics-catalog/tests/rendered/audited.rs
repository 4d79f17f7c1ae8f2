//! The audit has no finding in what this crate renders.

use typed_metrics_catalog::{
    Audit, Catalog, DashboardSettings, Dialect, RuleSettings, dashboards, rules,
};
use typed_metrics_prometheus::Naming;

use crate::shop;

fn assert_clean(catalog: &Catalog, naming: &Naming, dialect: &Dialect) {
    let mut files = dashboards(catalog, &DashboardSettings::default().dialect(dialect.clone()));
    let rules = rules(catalog, &RuleSettings::default().dialect(dialect.clone())).documents;
    // The others are tests for `promtool`.
    files.extend(rules.into_iter().filter(|file| file.text.contains("\ngroups:")));
    let files: Vec<(String, String)> =
        files.into_iter().map(|file| (file.path, file.text)).collect();
    let report = Audit::new(catalog).naming(naming.clone()).run(&files);
    assert!(report.is_clean(), "{dialect:?}\n{report}");
    assert!(report.expressions > 20 && report.dashboards > 0, "{report}");
    assert_eq!(report.unused, Vec::<String>::new(), "{dialect:?}");
}

#[test]
fn rendered_dashboards_and_rules_are_clean() {
    let names = Naming::default();
    let dialects = [
        (Dialect::scraped(), names.clone()),
        (Dialect::otlp(), names.clone()),
        (Dialect::victoria_metrics(), names.clone()),
        (Dialect::mimir(), names.clone().utf8(true).suffixes(false)),
        (
            Dialect::victoria_metrics().naming(names.clone().utf8(true).suffixes(false)),
            names.utf8(true).suffixes(false),
        ),
    ];
    let shop = shop::catalog();
    let program = Catalog::of_program().only(|entry| !entry.name().starts_with("hostile"));
    for (dialect, naming) in &dialects {
        assert_clean(&shop, naming, dialect);
        assert_clean(&program, naming, dialect);
    }
}
