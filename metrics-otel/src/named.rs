//! The handler of the name `"otel"`: the global provider, else a pipeline from the variables.

use std::sync::{Arc, Mutex};

use typed_metrics_core::{BACK_ENDS, BackEnd, HandlerError, MetricHandler};

use crate::builder::OtlpBuilder;
use crate::handler::OtelHandler;
use crate::lock::lock;
use crate::otlp::config::mistakes::{Mistakes, OtlpError};
use crate::otlp::config::vars::{ENVIRONMENT, Vars};

#[linkme::distributed_slice(BACK_ENDS)]
static BACK_END: BackEnd = BackEnd { name: "otel", build };

/// The last handler with a pipeline. It is kept when handlers are cleared: setting the name again
/// continues with the same pipeline, and sends nothing twice.
static LAST: Mutex<Option<OtelHandler>> = Mutex::new(None);

fn build() -> Result<Arc<dyn MetricHandler>, HandlerError> {
    let global = OtelHandler::global();
    if global.is_collected() {
        return Ok(Arc::new(global));
    }
    if !is_otlp_wanted(&ENVIRONMENT)? {
        return Ok(Arc::new(OtelHandler::disabled()));
    }
    let last = lock(&LAST).clone();
    let handler = OtlpBuilder::default().build_or(last.as_slice())?;
    if handler.pipeline().is_some() {
        *lock(&LAST) = Some(handler.clone());
    }
    Ok(Arc::new(handler))
}

/// Whether `OTEL_METRICS_EXPORTER` is `otlp`, its default.
fn is_otlp_wanted(vars: &Vars<'_>) -> Result<bool, OtlpError> {
    let name = "OTEL_METRICS_EXPORTER";
    let mut mistakes = Mistakes::default();
    let set = vars.get(name, &mut mistakes);
    let value = set.map_or("otlp".to_owned(), |set| set.value.trim().to_ascii_lowercase());
    if value != "otlp" && value != "none" {
        mistakes.add(format!(
            "`{name}` is `{value}`; write `otlp` or `none`, or set a handler other than `otel`"
        ));
    }
    mistakes.into_result(Some(value == "otlp"))
}
