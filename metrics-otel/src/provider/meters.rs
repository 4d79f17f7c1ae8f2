//! The meters of a provider: one for the handler's scope, and one for each scope of metrics.

use std::fmt;
use std::sync::Arc;

use log::Level;
use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::Meter;
use typed_metrics_core::{Descriptor, Scope, report};

use super::attributes::pairs;
use crate::api::meter::is_ours;

/// The error of a handler that would export into the metrics that it reads.
pub(crate) const CIRCLE: &str = "the meter provider of the handler is \
     `typed_metrics::otel::meter_provider()`, which records into the metrics that the handler \
     exports; export them with `OtelHandler::otlp()` or the name `otel`, or give \
     `OtelHandler::new` a provider of OpenTelemetry's SDK";

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

    /// The meter of the metric's scope; `None`, and a report, if the meter records into the metrics
    /// that the handler exports. A provider may hand on to others, so each meter is asked.
    pub(crate) fn of(&self, metric: &Descriptor) -> Option<Meter> {
        let of_scope = metric.scope().and_then(|scope| (self.of_scope)(scope_of(scope)));
        let Some(meter) = of_scope else { return Some(self.own.clone()) };
        if !is_ours(&meter) {
            return Some(meter);
        }
        let scope = metric.scope().map_or("", Scope::name);
        let text = format_args!("the metrics of scope `{scope}` are not exported: {CIRCLE}");
        report(Level::Error, &format!("otel: scope {scope} is not exported"), text);
        None
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
