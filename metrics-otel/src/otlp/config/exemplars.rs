//! The measurements that become exemplars.

use log::Level;
use typed_metrics_core::{ExemplarFilter, report};

use super::mistakes::Mistakes;
use super::vars::Vars;

const VARIABLE: &str = "OTEL_METRICS_EXEMPLAR_FILTER";

/// Whether this program knows OpenTelemetry's current span.
const HAS_SPANS: bool = cfg!(feature = "trace");

/// The filter; `None` if none is set. The default of OpenTelemetry's specification is
/// `trace_based`. Here exemplars are off, because a handler must not make recording slower unless
/// it is asked to.
pub(super) fn exemplars(
    in_code: Option<ExemplarFilter>,
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> Option<ExemplarFilter> {
    if in_code == Some(ExemplarFilter::TraceBased) && !HAS_SPANS {
        mistakes.add(
            "`exemplars` is `trace_based`, which needs the feature `otel-trace`; add the feature"
                .to_owned(),
        );
    }
    if in_code.is_some() {
        return in_code;
    }
    let set = vars.get(VARIABLE, mistakes)?;
    let filter = ExemplarFilter::parse(set.value.trim());
    match filter {
        Some(ExemplarFilter::TraceBased) if !HAS_SPANS => {
            let text = format_args!(
                "`{VARIABLE}` is `trace_based`, which has no effect: the feature `otel-trace` is not \
                 compiled in"
            );
            report(Level::Warn, &format!("variable {VARIABLE}"), text);
        }
        Some(_) => {}
        None => mistakes.add(format!(
            "`{VARIABLE}` is `{}`; write `always_off`, `always_on` or `trace_based`",
            set.value.trim()
        )),
    }
    filter
}
