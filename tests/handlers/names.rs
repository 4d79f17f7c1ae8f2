//! Back ends by name, compiled in or not. This program does not name the crate of any back end, so
//! the feature alone must link the crate.

use std::sync::Arc;

use typed_metrics::{add_metric_handler, flush, set_metric_handlers};
use typed_metrics_turn::my_turn;

use crate::probe::Probe;

#[test]
fn an_unknown_name_is_an_error_that_lists_the_names() {
    let _turn = my_turn();
    let a = Probe::new("a");
    set_metric_handlers(Arc::clone(&a)).unwrap();
    for set in [set_metric_handlers("carrier-pigeon"), add_metric_handler("carrier-pigeon")] {
        let error = set.unwrap_err().to_string();
        let begin = "there is no handler named `carrier-pigeon` in this program; there";
        assert!(error.starts_with(begin), "{error}");
        let (there_are, features) = error.split_once("; features").unwrap_or((&error, ""));
        assert_eq!(there_are.contains("`console`"), cfg!(feature = "console"), "{error}");
        assert_eq!(features.contains("`console`"), !cfg!(feature = "console"), "{error}");
    }
    flush().unwrap();
    assert_eq!(a.events(), ["install", "flush"]);
}

#[cfg(not(feature = "console"))]
#[test]
fn a_back_end_that_is_not_compiled_in_is_named_with_its_feature() {
    let error = set_metric_handlers("console").unwrap_err().to_string();
    let begin = "there is no handler named `console` in this program; \
                 enable the feature `console` of typed-metrics, or give an instance";
    assert!(error.starts_with(begin), "{error}");
}

/// Sets the handler of this name in a process of its own, which exits at once.
#[cfg(any(feature = "otel", feature = "prometheus"))]
#[track_caller]
fn assert_is_known(name: &str, test: &str) {
    const CHILD: &str = "TYPED_METRICS_CHILD";
    if std::env::var_os(CHILD).is_some() {
        set_metric_handlers(name).unwrap();
        std::process::exit(42);
    }
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args([&format!("names::{test}"), "--exact"]).env(CHILD, "1");
    // Any free port.
    let output = command.env("OTEL_EXPORTER_PROMETHEUS_PORT", "0").output().unwrap();
    assert_eq!(output.status.code(), Some(42), "{output:?}");
}

#[test]
#[cfg(feature = "otel")]
fn with_the_feature_otel_the_name_is_known_and_sends_to_a_collector() {
    // Without a provider, the handler builds a pipeline. A missing collector is not an error. A
    // shutdown would wait for an answer.
    let test = "with_the_feature_otel_the_name_is_known_and_sends_to_a_collector";
    assert_is_known("otel", test);
}

#[test]
#[cfg(feature = "prometheus")]
fn with_the_feature_prometheus_the_name_is_known_and_serves() {
    assert_is_known("prometheus", "with_the_feature_prometheus_the_name_is_known_and_serves");
}

#[test]
#[cfg(not(feature = "otel"))]
fn without_the_feature_otel_the_error_names_it() {
    let error = set_metric_handlers("otel").unwrap_err().to_string();
    assert!(error.contains("feature `otel`"), "{error}");
}

#[test]
#[cfg(not(feature = "logfire"))]
fn without_the_feature_logfire_the_error_names_it() {
    let error = set_metric_handlers("logfire").unwrap_err().to_string();
    assert!(error.contains("feature `logfire`"), "{error}");
}

#[test]
#[cfg(not(feature = "prometheus"))]
fn without_the_feature_prometheus_the_error_names_it() {
    let error = set_metric_handlers("prometheus").unwrap_err().to_string();
    assert!(error.contains("feature `prometheus`"), "{error}");
}

#[test]
fn a_name_that_is_nearly_right_is_told_from_one_that_is_not() {
    let text = |name: &str| set_metric_handlers(name).unwrap_err().to_string();
    for (name, meant) in [
        ("consol", "console"),
        ("Consoles", "console"),
        ("stdout", "console"),
        ("otlp", "otel"),
        ("OpenTelemetry", "otel"),
        ("oltp", "otel"),
        ("log-fire", "logfire"),
        ("promethius", "prometheus"),
        ("OpenMetrics", "prometheus"),
    ] {
        let begin =
            format!("there is no handler named `{name}` in this program (did you mean `{meant}`?)");
        assert!(text(name).starts_with(&begin), "{}", text(name));
    }
    for name in ["statsd", "carrier-pigeon", ""] {
        assert!(!text(name).contains("did you mean"), "{}", text(name));
    }
    // `fn main() -> Result<(), Error>` prints an error by its `Debug`.
    assert!(text("console,otel").contains("several names as an array"), "{}", text("console,otel"));
    let error = set_metric_handlers("otlp").unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[cfg(not(feature = "otel"))]
#[test]
fn a_suggestion_that_is_not_compiled_in_comes_with_its_feature() {
    let error = set_metric_handlers("otlp").unwrap_err().to_string();
    let text = "(did you mean `otel`?); enable the feature `otel` of typed-metrics";
    assert!(error.contains(text), "{error}");
}
