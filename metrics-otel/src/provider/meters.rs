//! The meters of a provider: one for the handler's scope, and one for each scope of metrics.

use std::fmt;
use std::sync::Arc;

use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::Meter;
use typed_metrics_core::{Descriptor, Scope};

use super::attributes::pairs;

/// The meters of a provider.
#[derive(Clone)]
pub(crate) struct Meters {
    own: Meter,
    of_scope: Arc<dyn Fn(InstrumentationScope) -> Option<Meter> + Send + Sync>,
}

impl Meters {
    /// `own` is the meter of metrics without a scope, and `of_scope` makes the others.
    pub(crate) fn new(
        own: Meter,
        of_scope: impl Fn(InstrumentationScope) -> Option<Meter> + Send + Sync + 'static,
    ) -> Self {
        Self { own, of_scope: Arc::new(of_scope) }
    }

    /// The meter of metrics without a scope.
    pub(crate) fn own(&self) -> &Meter {
        &self.own
    }

    /// The meter of the metric's scope.
    pub(crate) fn of(&self, metric: &Descriptor) -> Meter {
        let of_scope = metric.scope().and_then(|scope| (self.of_scope)(scope_of(scope)));
        of_scope.unwrap_or_else(|| self.own.clone())
    }
}

fn scope_of(scope: &Scope) -> InstrumentationScope {
    let builder = InstrumentationScope::builder(scope.name().to_owned());
    let builder = builder.with_attributes(pairs(scope.attributes()));
    let builder = match scope.version() {
        Some(version) => builder.with_version(version.to_owned()),
        None => builder,
    };
    match scope.schema_url() {
        Some(url) => builder.with_schema_url(url.to_owned()).build(),
        None => builder.build(),
    }
}

impl fmt::Debug for Meters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meters").finish_non_exhaustive()
    }
}
