//! The filter of the layer: events without measurements never reach it.

use tracing_core::subscriber::Interest;
use tracing_core::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

use super::field::metric_of;

/// Lets events with measurements pass and, if asked for, spans. The answer depends on the place in
/// the code alone, so `tracing` asks once for each.
#[derive(Debug, Clone, Copy)]
pub struct TracingFilter {
    pub(super) spans: bool,
}

impl TracingFilter {
    fn wants(self, metadata: &Metadata<'_>) -> bool {
        if metadata.is_span() {
            return self.spans;
        }
        metadata.fields().iter().any(|field| metric_of(field.name()).is_some())
    }
}

impl<S: Subscriber> Filter<S> for TracingFilter {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn callsite_enabled(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.wants(metadata) { Interest::always() } else { Interest::never() }
    }
}
