//! The handler of the name `"logfire"`.

use std::sync::{Arc, Mutex, PoisonError};

use typed_metrics_core::{BACK_ENDS, BackEnd, HandlerError, MetricHandler};

use crate::builder::LogfireBuilder;
use crate::config::error::LogfireError;
use crate::handler::LogfireHandler;

#[linkme::distributed_slice(BACK_ENDS)]
static BACK_END: BackEnd = BackEnd { name: "logfire", build };

/// The last handler with a pipeline. It is kept when handlers are cleared: setting the name again
/// continues with the same pipelines, and sends nothing twice.
static LAST: Mutex<Option<LogfireHandler>> = Mutex::new(None);

fn build() -> Result<Arc<dyn MetricHandler>, HandlerError> {
    Ok(Arc::new(LogfireHandler::from_env()?))
}

impl LogfireHandler {
    /// Builds the handler from the [variables](crate#settings), as the name `"logfire"` does. While
    /// the variables do not change, all handlers from this function share their pipelines.
    ///
    /// # Errors
    /// Those of [`LogfireBuilder::build`].
    pub fn from_env() -> Result<Self, LogfireError> {
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        let handler = LogfireBuilder::default().build_or(last.as_ref())?;
        if handler.has_pipelines() {
            *last = Some(handler.clone());
        }
        Ok(handler)
    }
}
