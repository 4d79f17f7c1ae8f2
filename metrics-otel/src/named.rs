//! The handler of the name `"otel"`: the global provider, else a pipeline from the variables, with
//! the other handlers that `OTEL_METRICS_EXPORTER` lists.

use std::sync::{Arc, Mutex};

use typed_metrics_core::{BACK_ENDS, BackEnd, HandlerError, MetricHandler, back_end};

use crate::builder::OtlpBuilder;
use crate::handler::OtelHandler;
use crate::lock::lock;
use crate::otlp::config::exporters::{exporters, missing};
use crate::otlp::config::mistakes::OtlpError;
use crate::otlp::config::vars::ENVIRONMENT;
use crate::several::Several;

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
    let handlers = exporters(&ENVIRONMENT)?.into_iter().map(of_name);
    let mut handlers = handlers.collect::<Result<Vec<_>, _>>()?;
    Ok(match handlers.len() {
        0 => Arc::new(OtelHandler::disabled()),
        1 => handlers.remove(0),
        _ => Arc::new(Several(handlers)),
    })
}

/// The handler for an exporter of `OTEL_METRICS_EXPORTER`.
fn of_name(name: &'static str) -> Result<Arc<dyn MetricHandler>, HandlerError> {
    if name == BACK_END.name {
        return Ok(Arc::new(pipeline()?));
    }
    (back_end(name).ok_or_else(|| missing(name))?.build)()
}

fn pipeline() -> Result<OtelHandler, OtlpError> {
    let last = lock(&LAST).clone();
    let handler = OtlpBuilder::default().build_or(last.as_slice())?;
    if handler.pipeline().is_some() {
        *lock(&LAST) = Some(handler.clone());
    }
    Ok(handler)
}
