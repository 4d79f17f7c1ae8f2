//! The back end `"otel"`: the global provider, else a pipeline from the environment.

use std::sync::{Arc, Mutex};

use typed_metrics_core::{BACK_ENDS, BackEnd, HandlerError, MetricHandler};

use crate::handler::OtelHandler;
use crate::lock;
use crate::otlp::OtlpBuilder;

#[linkme::distributed_slice(BACK_ENDS)]
static BACK_END: BackEnd = BackEnd { name: "otel", build };

/// The handler whose pipeline was built last. It stays when handlers are cleared, so that who sets
/// the name again goes on with it, and sends nothing twice.
static LAST: Mutex<Option<OtelHandler>> = Mutex::new(None);

fn build() -> Result<Arc<dyn MetricHandler>, HandlerError> {
    let global = OtelHandler::global();
    if global.is_collected() {
        return Ok(Arc::new(global));
    }
    let handler = OtlpBuilder::from_env(lock(&LAST).as_slice())?;
    if handler.pipeline().is_some() {
        *lock(&LAST) = Some(handler.clone());
    }
    Ok(Arc::new(handler))
}
