//! The back end named "otel" is there with the feature, and only with it.

use typed_metrics::set_metric_handlers;

// Nothing here names the crate of the back end: the feature alone has to link it.
#[test]
#[cfg(feature = "otel")]
fn with_the_feature_the_name_is_known_and_sends_to_a_collector() {
    // Without a provider it builds a pipeline; that nobody answers is no error.
    set_metric_handlers("otel").unwrap();
}

#[test]
#[cfg(not(feature = "otel"))]
fn without_the_feature_the_error_names_it() {
    let error = set_metric_handlers("otel").unwrap_err().to_string();
    assert!(error.contains("feature `otel`"), "{error}");
}
