//! The handler of the name `"prometheus"`.

use std::sync::Arc;

use typed_metrics_core::{BACK_ENDS, BackEnd, HandlerError, MetricHandler};

use crate::handler::PrometheusHandler;

#[linkme::distributed_slice(BACK_ENDS)]
static BACK_END: BackEnd = BackEnd { name: "prometheus", build };

/// The address comes from the variables.
fn build() -> Result<Arc<dyn MetricHandler>, HandlerError> {
    Ok(Arc::new(PrometheusHandler::builder().build()?))
}
