//! Typed metrics.

pub use typed_metrics_core::*;
pub use typed_metrics_derive::{Label, Metrics};

#[doc(hidden)]
pub use typed_metrics_core::__private;
pub use typed_metrics_core::label::Label;
