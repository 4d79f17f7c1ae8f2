//! Variables of OpenTelemetry's specification that this pipeline does not honour.

use log::Level;
use typed_metrics_core::report;

use super::vars::Vars;

/// The variables, each with the reason and with what to do instead.
const UNUSED: [(&str, &str); 5] = [
    ("OTEL_CONFIG_FILE", CONFIG_FILE),
    ("OTEL_EXPERIMENTAL_CONFIG_FILE", CONFIG_FILE),
    (
        "OTEL_ENTITIES",
        "entities are not supported; write the attributes in `OTEL_RESOURCE_ATTRIBUTES`",
    ),
    (
        "OTEL_EXPORTER_OTLP_METRIC_INSECURE",
        "it is obsolete; set `OTEL_EXPORTER_OTLP_METRICS_INSECURE`",
    ),
    ("OTEL_LOG_LEVEL", "the crate `log` takes all messages; set the level in the program's logger"),
];

const CONFIG_FILE: &str = "configuration files are not read; set the other variables";

/// Warns of each variable that is set without an effect.
pub(super) fn warn_of_unused(vars: &Vars<'_>) {
    for (name, reason) in UNUSED {
        if vars.is_set(name) {
            let text = format_args!("`{name}` is set and has no effect: {reason}");
            report(Level::Warn, &format!("variable {name}"), text);
        }
    }
}
