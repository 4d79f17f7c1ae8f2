//! The metrics of the tests.

use typed_metrics_catalog::{Audit, Catalog, Report, Rule};
use typed_metrics_derive::{Label, Metrics};

#[derive(Clone, Copy, Label)]
#[expect(dead_code, reason = "only their definitions matter")]
pub(crate) enum Size {
    Small,
    Large,
}

#[derive(Clone, Copy, Label)]
#[expect(dead_code, reason = "only their definitions matter")]
pub(crate) enum Door {
    Open,
    Closed,
}

#[derive(Metrics)]
#[metrics(prefix = "kiosk")]
#[expect(dead_code, reason = "only their definitions matter")]
pub(crate) enum Kiosk<'a> {
    /// Cups sold.
    #[counter(unit = "{cup}")]
    Cups {
        size: Size,
        #[label(name = "coffee.kind")]
        kind: &'a str,
    },
    #[histogram(unit = "s", buckets = [0.1, 0.5, 1, 5])]
    Wait { size: Size },
    #[histogram(unit = "g", exponential)]
    Dose,
    #[gauge(unit = "Cel")]
    Boiler { pump: u16 },
    #[up_down_counter]
    Guests,
    #[state]
    Door { side: &'a str, door: Door },
    #[info]
    Build { version: &'a str },
    #[counter(unit = "By", was = "kiosk.sent")]
    Received { cached: bool },
}

/// The catalog of these metrics.
pub(crate) fn catalog() -> Catalog {
    Catalog::of_program().only(|entry| entry.name().starts_with("kiosk."))
}

/// The findings of one rule file with this expression: rule, part and fix.
pub(crate) fn findings(expression: &str) -> Vec<(Rule, String, String)> {
    let report = report_of(expression);
    assert!(report.errors.is_empty(), "{report}");
    let findings = report.findings.into_iter();
    findings.map(|finding| (finding.rule, finding.part, finding.fix)).collect()
}

/// The report of one alert with this expression.
pub(crate) fn report_of(expression: &str) -> Report {
    let rules = serde_json::json!({ "title": "t", "panels": [{
        "id": 1, "title": "p", "targets": [{ "refId": "A", "expr": expression }],
    }]});
    Audit::new(&catalog()).run(&[("kiosk.json", rules.to_string())])
}
