//! Variables of OpenTelemetry's specification that this pipeline does not honour.

use log::Level;
use typed_metrics_core::report;

use super::mistakes::Mistakes;
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
pub(super) fn warn_of_unused(vars: &Vars<'_>, mistakes: &mut Mistakes) {
    for (name, reason) in UNUSED {
        if vars.is_set(name) {
            warn(name, &format!("`{name}` is set and has no effect: {reason}"));
        }
    }
    warn_of_exemplars(vars, mistakes);
}

/// No exemplars are recorded, so `always_off` alone is honoured.
fn warn_of_exemplars(vars: &Vars<'_>, mistakes: &mut Mistakes) {
    let name = "OTEL_METRICS_EXEMPLAR_FILTER";
    let Some(set) = vars.get(name, mistakes) else { return };
    let value = set.value.trim().to_ascii_lowercase();
    match &*value {
        "always_off" => {}
        "always_on" | "trace_based" => {
            let text =
                format!("`{name}` is `{value}`, which has no effect: no exemplars are recorded");
            warn(name, &text);
        }
        _ => mistakes.add(format!(
            "`{name}` is `{value}`; write `always_off`, `always_on` or `trace_based`"
        )),
    }
}

fn warn(name: &str, text: &str) {
    report(Level::Warn, &format!("variable {name}"), format_args!("{text}"));
}
