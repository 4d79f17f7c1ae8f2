//! `OTEL_METRICS_EXPORTER`: the exporters that the name `otel` stands for.

use super::mistakes::{Mistakes, OtlpError};
use super::vars::Vars;

const NAME: &str = "OTEL_METRICS_EXPORTER";

/// The handlers that exporters of the variable stand for: `otel` is the pipeline of this crate.
const EXPORTERS: [(&str, &str); 3] =
    [("otlp", "otel"), ("console", "console"), ("prometheus", "prometheus")];

/// The names of the handlers that the variable lists, each once; none of them for `none`. The
/// default is `otlp`.
///
/// # Errors
/// Names of other exporters, and `none` beside another one.
pub(crate) fn exporters(vars: &Vars<'_>) -> Result<Vec<&'static str>, OtlpError> {
    let mut mistakes = Mistakes::default();
    let Some(set) = vars.get(NAME, &mut mistakes) else {
        return mistakes.into_result(Some(vec!["otel"]));
    };
    let value = set.value.trim();
    let mut handlers = Vec::new();
    let mut is_none = false;
    let entries = value.split(',').map(|entry| entry.trim().to_ascii_lowercase());
    for entry in entries.filter(|entry| !entry.is_empty()) {
        match EXPORTERS.iter().find(|(exporter, _)| *exporter == entry) {
            Some((_, handler)) if handlers.contains(handler) => {}
            Some((_, handler)) => handlers.push(*handler),
            None if entry == "none" => is_none = true,
            None => mistakes.add(format!(
                "`{NAME}` is `{value}`, and `{entry}` is not supported; write `otlp`, `console`, \
                 `prometheus` or `none`, or several of the first three with commas, or set a \
                 handler other than `otel`"
            )),
        }
    }
    if is_none && !handlers.is_empty() {
        mistakes.add(format!("`{NAME}` is `{value}`; write `none` alone"));
    }
    if handlers.is_empty() && !is_none {
        handlers.push("otel");
    }
    mistakes.into_result(Some(handlers))
}

/// The error if the program has no handler of this name.
pub(crate) fn missing(handler: &str) -> OtlpError {
    OtlpError::new(format!(
        "`{NAME}` names `{handler}`, and this program has no handler `{handler}`; enable the \
         feature `{handler}` of `typed-metrics`, or remove it from `{NAME}`"
    ))
}
