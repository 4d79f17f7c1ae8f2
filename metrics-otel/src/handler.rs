//! The handler: its options, and how it is installed, flushed and shut down.

use std::fmt;
use std::sync::{Arc, Mutex};

use log::Level;
use opentelemetry::InstrumentationScope;
use opentelemetry::metrics::{Meter, MeterProvider};
use typed_metrics_core::name::check_metric_name;
use typed_metrics_core::{
    Descriptor, ExemplarRequest, HandlerError, MetricHandler, catalog, report,
};

use crate::api::meter::is_ours;
use crate::collecting::is_collecting;
use crate::destination::Destination;
use crate::lock::lock;
use crate::otlp::export::source::SourceUse;
use crate::otlp::pipeline::Pipeline;
use crate::provider::bridge::{Bridge, BridgeUse};
use crate::provider::limit;
use crate::provider::meters::{CIRCLE, Meters};

type Filter = Arc<dyn Fn(&Descriptor) -> bool + Send + Sync>;

/// Exports through an OpenTelemetry meter provider: the global one, or a given one.
///
/// Each metric becomes an instrument of the same name, kind, unit, description and value type. At
/// the beginning of every collection, the handler hands the changes since the last collection to
/// the SDK. Recording itself never calls OpenTelemetry. Counts are exact for all readers,
/// temporalities and views of the provider. They include the values recorded before the handler was
/// installed.
///
/// The owner of a given provider sets its readers and shuts it down. Shut it down before the
/// handlers are cleared, so that its last collection has all values. A cleared handler hands
/// nothing on. When it, or another handler for the same provider, is installed again, export
/// continues where it stopped, with the values recorded in the meantime.
///
/// Metrics may be recorded and registered anywhere, also inside callbacks of OpenTelemetry.
/// Handlers must not be set, flushed or cleared inside such a callback: the SDK holds a lock during
/// the callback, and the handler would wait for that lock.
///
#[cfg_attr(feature = "sdk", doc = "```")]
#[cfg_attr(not(feature = "sdk"), doc = "```no_run")]
/// use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
/// use typed_metrics_core::{MetricType, attributes, record_metric, set_metric_handlers};
/// use typed_metrics_otel::OtelHandler;
///
/// let exporter = InMemoryMetricExporter::default();
/// let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
///
/// record_metric("orders", 2, MetricType::Counter, attributes!("paid" => true)).unwrap();
/// set_metric_handlers(OtelHandler::new(provider.clone()).prefix("shop")).unwrap();
/// provider.force_flush().unwrap();
///
/// let exported = exporter.get_finished_metrics().unwrap();
/// let orders = exported[0].scope_metrics().next().unwrap().metrics().next().unwrap();
/// assert_eq!(orders.name(), "shop_orders");
/// # typed_metrics_core::clear_metric_handlers();
/// ```
pub struct OtelHandler {
    destination: Destination,
    prefix: Option<String>,
    scope: InstrumentationScope,
    filter: Option<Filter>,
    limit: usize,
    installed: Mutex<Option<Installed>>,
}

/// The part of a handler that exists while the handler is installed.
enum Installed {
    Bridge { meters: Meters, bridge: BridgeUse },
    Source { source: SourceUse, _exemplars: Option<ExemplarRequest> },
}

impl OtelHandler {
    /// Exports through the provider that is set globally when the handler is installed.
    ///
    /// ```
    /// use typed_metrics_core::set_metric_handlers;
    /// use typed_metrics_otel::OtelHandler;
    ///
    /// let error = set_metric_handlers(OtelHandler::global()).unwrap_err();
    /// assert!(error.to_string().contains("set_meter_provider"));
    /// ```
    #[must_use]
    pub fn global() -> Self {
        Self::of(Destination::Global)
    }

    /// Exports through `provider`.
    ///
    /// With the SDK's provider, `flush` exports at once. This needs the feature `sdk`, in the
    /// facade `otel-sdk`; without the feature, the handler of such a provider cannot be installed.
    /// Other providers cannot be asked for an export, so `flush` hands all values over for the
    /// provider's next export.
    #[must_use]
    pub fn new(provider: impl MeterProvider + Send + Sync + 'static) -> Self {
        Self::of(Destination::of_provider(provider))
    }

    pub(crate) fn of_pipeline(pipeline: Arc<Pipeline>) -> Self {
        Self::of(Destination::Pipeline(pipeline))
    }

    pub(crate) fn disabled() -> Self {
        Self::of(Destination::Disabled)
    }

    fn of(destination: Destination) -> Self {
        Self {
            destination,
            prefix: None,
            scope: scope("typed-metrics".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            filter: None,
            limit: limit::SDK_DEFAULT,
            installed: Mutex::new(None),
        }
    }

    pub(crate) fn pipeline(&self) -> Option<&Pipeline> {
        self.destination.pipeline()
    }

    /// Puts `prefix` and `_` before the name of every metric: `ragbits` and `input_tokens` give
    /// `ragbits_input_tokens`. Installing the handler fails if the prefix is not a valid name.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()), ..self }
    }

    /// The name and the version of the instrumentation scope. The default is `typed-metrics` and
    /// its version. Metrics that other crates record through
    /// [`meter_provider`](crate::meter_provider) keep their own scope.
    #[must_use]
    pub fn scope(self, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { scope: scope(name.into(), version.into()), ..self }
    }

    /// Exports only the metrics for which `wanted` is true. The filter is called once for each
    /// metric.
    ///
    /// ```
    /// # use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
    /// # let reader = ManualReader::builder().build();
    /// # let provider = SdkMeterProvider::builder().with_reader(reader).build();
    /// use typed_metrics_core::Descriptor;
    /// use typed_metrics_otel::OtelHandler;
    ///
    /// let is_wanted = |metric: &Descriptor| !metric.name().starts_with("debug.");
    /// let handler = OtelHandler::new(provider).filter(is_wanted);
    /// ```
    #[must_use]
    pub fn filter(self, wanted: impl Fn(&Descriptor) -> bool + Send + Sync + 'static) -> Self {
        Self { filter: Some(Arc::new(wanted)), ..self }
    }

    /// The number of series of a metric that the provider keeps, if your views set a limit. The
    /// default is 2000. A metric that can have more series is reported. Not needed with the view
    /// `series_limits` of the feature `sdk`, and not used by a pipeline.
    #[must_use]
    pub fn series_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    fn meter(&self) -> Option<Meter> {
        self.destination.meter(self.scope.clone())
    }

    fn meters(&self) -> Option<Meters> {
        // Resolved once: the provider that is set globally later may be the one over the metrics.
        let destination = self.destination.resolved();
        let own = destination.meter(self.scope.clone())?;
        Some(Meters::new(own, move |scope| destination.meter(scope)))
    }

    /// Whether the handler has a pipeline of the process that this one was forked from.
    fn is_of_parent(&self) -> bool {
        self.pipeline().is_some_and(Pipeline::is_of_parent)
    }

    fn wants(&self, metric: &Descriptor) -> bool {
        self.filter.as_ref().is_none_or(|wanted| wanted(metric)) && self.has_valid_name(metric)
    }

    /// Whether the name with the prefix is valid.
    fn has_valid_name(&self, metric: &Descriptor) -> bool {
        let Some(prefix) = &self.prefix else { return true };
        let name = format!("{prefix}_{}", metric.name());
        let checked = check_metric_name(&name);
        if let Err(error) = &checked {
            let text = format_args!("metric `{name}` is not exported: {error}");
            report(Level::Error, &format!("otel: metric {name} is not exported"), text);
        }
        checked.is_ok()
    }

    /// Whether the provider is ever collected.
    pub(crate) fn is_collected(&self) -> bool {
        self.meter().is_some_and(|meter| !is_ours(&meter) && self.bridge(&meter).is_some())
    }

    fn bridge(&self, meter: &Meter) -> Option<Arc<Bridge>> {
        let prefix = self.prefix.as_deref();
        Bridge::find(meter, prefix).or_else(|| Bridge::connect(meter, prefix))
    }

    /// Hands the changes to a provider that cannot be asked for a collection.
    fn hand_on(&self) {
        let bridge = match &*lock(&self.installed) {
            Some(Installed::Bridge { bridge, .. }) => Arc::clone(bridge),
            _ => return,
        };
        bridge.pump();
    }
}

fn scope(name: String, version: String) -> InstrumentationScope {
    InstrumentationScope::builder(name).with_version(version).build()
}

impl Default for OtelHandler {
    fn default() -> Self {
        Self::global()
    }
}

impl Clone for OtelHandler {
    /// A handler with the same provider and options, not installed. The export is the same,
    /// whichever clone is installed.
    fn clone(&self) -> Self {
        Self {
            destination: self.destination.clone(),
            prefix: self.prefix.clone(),
            scope: self.scope.clone(),
            filter: self.filter.clone(),
            limit: self.limit,
            installed: Mutex::new(None),
        }
    }
}

impl fmt::Debug for OtelHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OtelHandler")
            .field("global", &matches!(self.destination, Destination::Global))
            .field("prefix", &self.prefix)
            .field("scope", &self.scope)
            .field("installed", &lock(&self.installed).is_some())
            .finish_non_exhaustive()
    }
}

/// The error of a handler that was built before a fork.
const OF_PARENT: &str = "the handler was built before this process was forked, and its threads are \
                         in the parent; build a handler, or set the name `otel`, after the fork";

impl MetricHandler for OtelHandler {
    fn name(&self) -> &'static str {
        "otel"
    }

    /// Two handlers with the same destination, scope and prefix are the same back end.
    fn identity(&self) -> Option<usize> {
        match &*lock(&self.installed) {
            Some(Installed::Bridge { bridge, .. }) => return Some(bridge.id()),
            Some(Installed::Source { source, .. }) => return Some(source.id()),
            None => {}
        }
        let prefix = self.prefix.as_deref();
        match self.pipeline() {
            Some(pipeline) => Some(pipeline.find_source(&self.scope, prefix)?.id()),
            None => Some(Bridge::find(&self.meter()?, prefix)?.id()),
        }
    }

    fn install(&self) -> Result<(), HandlerError> {
        if is_collecting() {
            return Err(
                "the handler is installed inside a callback that observes a metric, where \
                        the provider cannot build instruments; install it outside of callbacks"
                    .into(),
            );
        }
        if self.is_of_parent() {
            return Err(OF_PARENT.into());
        }
        if let Some(prefix) = &self.prefix {
            check_metric_name(prefix).map_err(|error| format!("the prefix `{prefix}`: {error}"))?;
        }
        #[cfg(not(feature = "sdk"))]
        self.destination.check()?;
        let mut wanted = catalog();
        wanted.retain(|metric| self.wants(metric));
        let installed = if let Some(pipeline) = self.pipeline() {
            let source = pipeline.source(&self.scope, self.prefix.as_deref());
            let exemplars = pipeline.request_exemplars();
            Installed::Source { source: source.enter(&wanted), _exemplars: exemplars }
        } else if let Some(meters) = self.meters() {
            if is_ours(meters.own()) {
                return Err(CIRCLE.into());
            }
            let bridge = self.bridge(meters.own());
            let bridge = bridge.ok_or_else(|| self.destination.never_collected())?;
            wanted.iter().for_each(|metric| bridge.build(&meters, metric, self.limit));
            Installed::Bridge { meters, bridge: bridge.enter(&wanted) }
        } else {
            return Ok(());
        };
        let before = lock(&self.installed).replace(installed);
        // Outside of the lock, for the same reason as in `shutdown`.
        drop(before);
        Ok(())
    }

    fn register(&self, metric: &'static Descriptor) {
        if lock(&self.installed).is_none() || !self.wants(metric) {
            return;
        }
        // Cloned under the lock: the code below waits.
        let (meters, bridge) = match &*lock(&self.installed) {
            Some(Installed::Bridge { meters, bridge }) => (meters.clone(), Arc::clone(bridge)),
            Some(Installed::Source { source, .. }) => return source.want(metric),
            None => return,
        };
        bridge.build_deferred(&meters, metric, self.limit);
    }

    /// The threads of a pipeline, or of a provider's reader, are in the parent.
    fn survives_fork(&self) -> bool {
        matches!(self.destination, Destination::Disabled)
    }

    fn flush(&self) -> Result<(), HandlerError> {
        if is_collecting() {
            return Err(
                "a callback that observes a metric cannot flush: it would wait for itself".into()
            );
        }
        if self.is_of_parent() {
            return Err(OF_PARENT.into());
        }
        match &self.destination {
            Destination::Disabled => Ok(()),
            Destination::Global | Destination::Provider(_) => {
                self.hand_on();
                Ok(())
            }
            #[cfg(not(feature = "sdk"))]
            Destination::SdkWithoutFeature => Ok(()),
            #[cfg(feature = "sdk")]
            Destination::Sdk(provider) => {
                // Some readers do not collect when they are flushed.
                self.hand_on();
                Ok(provider.force_flush()?)
            }
            Destination::Pipeline(pipeline) => pipeline.flush(),
        }
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        if self.is_of_parent() {
            return Ok(());
        }
        let collected = match self.pipeline() {
            Some(pipeline) if !is_collecting() => Ok((pipeline, pipeline.collect_at_end())),
            _ => Err(self.flush()),
        };
        let installed = lock(&self.installed).take();
        // Outside of the lock: the drop waits for the pump, and the pump waits for callbacks that
        // register metrics. Before the sending: a collection in the meantime exports nothing.
        drop(installed);
        let flushed = match collected {
            Ok((pipeline, collected)) => pipeline.send(collected),
            Err(flushed) => flushed,
        };
        if flushed.as_ref().is_err_and(is_over) { Ok(()) } else { flushed }
    }

    /// Collects nothing.
    fn abandon(&self) -> Result<(), HandlerError> {
        if !self.is_of_parent() {
            let installed = lock(&self.installed).take();
            // Outside of the lock, for the same reason as in `shutdown`.
            drop(installed);
        }
        Ok(())
    }
}

/// Whether the provider was shut down. Then it has collected everything.
#[cfg(feature = "sdk")]
fn is_over(error: &HandlerError) -> bool {
    use opentelemetry_sdk::error::OTelSdkError;

    matches!(error.downcast_ref(), Some(OTelSdkError::AlreadyShutdown))
}

#[cfg(not(feature = "sdk"))]
fn is_over(_: &HandlerError) -> bool {
    false
}
