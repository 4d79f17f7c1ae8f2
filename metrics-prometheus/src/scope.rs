//! The labels of an instrumentation scope.

use typed_metrics_core::{LabelValue, Scope};

/// The labels with these facts of a scope.
pub(crate) fn scope_labels(
    name: &str,
    version: Option<&str>,
    schema_url: Option<&str>,
) -> Vec<(String, String)> {
    let facts = [("name", Some(name)), ("version", version), ("schema_url", schema_url)];
    let label = |(fact, value): (&str, Option<&str>)| Some((named(fact), value?.to_owned()));
    facts.into_iter().filter_map(label).collect()
}

/// The labels of a metric's scope. An attribute with the name of another fact is left out.
pub(crate) fn labels_of(scope: &Scope) -> Vec<(String, String)> {
    let mut labels = scope_labels(scope.name(), scope.version(), scope.schema_url());
    for (name, value) in scope.attributes().iter() {
        if !matches!(name, "name" | "version" | "schema_url") {
            // The text itself: a label's value escapes control characters when it is displayed.
            let value = match value {
                LabelValue::Str(text) => text.to_string(),
                other => other.to_string(),
            };
            labels.push((named(name), value));
        }
    }
    labels
}

fn named(fact: &str) -> String {
    format!("otel_scope_{fact}")
}
