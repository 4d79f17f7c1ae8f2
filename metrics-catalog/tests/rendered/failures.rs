//! Which measurements count as failed, and that nothing filters them.

use serde_json::Value;
use typed_metrics_catalog::{Catalog, DashboardSettings, Dialect, dashboards};
use typed_metrics_core::{Metric, Outcome, register_metric};
use typed_metrics_derive::{Label, Metrics};

use crate::expressions::{of_dashboard, parse};

#[derive(Clone, Copy, Label)]
#[label(crate = typed_metrics_core)]
enum RpcStatus {
    Ok,
    Unavailable,
}

#[derive(Clone, Copy, Label)]
#[label(crate = typed_metrics_core)]
enum Protocol {
    Http1,
    Http2,
}

#[derive(Metrics)]
#[metrics(prefix = "told", crate = typed_metrics_core)]
enum Told<'a> {
    /// A request may end without a status.
    #[histogram(unit = "s", buckets = [0.1, 1])]
    Requests {
        #[label(name = "http.response.status_code")]
        status: Option<u16>,
        outcome: Outcome,
        #[label(name = "error.type")]
        error: Option<&'a str>,
    },
    /// An outcome is better than a status.
    #[counter]
    Outcomes { status_code: u16, outcome: Outcome },
    /// A call has a fixed status.
    #[counter]
    Calls {
        protocol: Protocol,
        #[label(name = "rpc.response.status_code")]
        status: RpcStatus,
        #[label(name = "error.type")]
        error: Option<&'a str>,
    },
}

fn dashboard(prefix: &str) -> (Value, Vec<String>) {
    let catalog = Catalog::of_program().only(|entry| entry.name().starts_with(prefix));
    let documents = dashboards(&catalog, &DashboardSettings::default());
    let [document] = &documents[..] else { panic!("one dashboard") };
    (serde_json::from_str(&document.text).unwrap(), of_dashboard(document))
}

#[test]
fn an_error_type_tells_failures_better_than_an_outcome_and_an_outcome_better_than_a_status() {
    let share = |name: &str| {
        let (_, expressions) = dashboard(name);
        expressions.into_iter().find(|text| text.contains(" or 0 * ")).expect("a share")
    };
    let requests = share("told.requests");
    assert!(requests.contains(r#"error_type!="""#) && !requests.contains("5.."), "{requests}");
    let outcomes = share("told.outcomes");
    assert!(outcomes.contains(r#"outcome!="ok""#) && !outcomes.contains("5.."), "{outcomes}");
    let calls = share("told.calls");
    assert!(calls.contains(r#"error_type!="""#), "{calls}");
}

#[test]
fn no_variable_filters_a_status() {
    let (dashboard, _) = dashboard("told.");
    let variables = dashboard["templating"]["list"].as_array().unwrap().iter();
    let names: Vec<&str> = variables.map(|variable| variable["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["datasource", "job", "instance", "protocol"]);
}

#[test]
fn metrics_with_the_names_of_keywords_are_quoted() {
    let keywords =
        ["on", "bool", "ignoring", "group_left", "by", "offset", "unless", "atan2", "sum"];
    let metrics = keywords.map(|name| register_metric(name, Metric::gauge(name)).unwrap());
    let catalog: Catalog = metrics.iter().map(|metric| metric.descriptor()).collect();
    let settings = DashboardSettings::default().dialect(Dialect::scraped());
    let expressions: Vec<String> =
        dashboards(&catalog, &settings).iter().flat_map(of_dashboard).collect();
    for keyword in keywords {
        let quoted = format!("{{\"{keyword}\", ");
        assert!(expressions.iter().any(|text| text.contains(&quoted)), "{expressions:?}");
    }
    expressions.iter().for_each(|expression| _ = parse(expression));
}
