//! The back end `"logfire"`.

use std::sync::{Arc, Mutex, PoisonError};

use typed_metrics_core::{BACK_ENDS, BackEnd, HandlerError, MetricHandler};

use crate::builder::LogfireBuilder;
use crate::error::LogfireError;
use crate::handler::LogfireHandler;

#[linkme::distributed_slice(BACK_ENDS)]
static BACK_END: BackEnd = BackEnd { name: "logfire", build };

/// The handler that was built last. It stays when handlers are cleared, so that who sets the name
/// again goes on with its pipelines, and sends nothing twice.
static LAST: Mutex<Option<LogfireHandler>> = Mutex::new(None);

fn build() -> Result<Arc<dyn MetricHandler>, HandlerError> {
    Ok(Arc::new(from_env()?))
}

pub(crate) fn from_env() -> Result<LogfireHandler, LogfireError> {
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    let handler = LogfireBuilder::default().build_or(last.as_ref())?;
    if handler.has_pipelines() {
        *last = Some(handler.clone());
    }
    Ok(handler)
}
