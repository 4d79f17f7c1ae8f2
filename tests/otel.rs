//! The handler named "otel" exists only with the feature.

use typed_metrics::set_metric_handlers;

// No line here names the crate of the handler: the feature alone must link it.
#[test]
#[cfg(feature = "otel")]
fn with_the_feature_the_name_is_known_and_sends_to_a_collector() {
    // Without a provider, the handler builds a pipeline. A missing collector is no error.
    set_metric_handlers("otel").unwrap();
}

#[test]
#[cfg(not(feature = "otel"))]
fn without_the_feature_the_error_names_it() {
    let error = set_metric_handlers("otel").unwrap_err().to_string();
    assert!(error.contains("feature `otel`"), "{error}");
}
