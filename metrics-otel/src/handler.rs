//! The handler: which provider, which options.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex};

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::{InstrumentationScope, global};
use opentelemetry_sdk::error::OTelSdkError;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use typed_metrics_core::name::check_metric_name;
use typed_metrics_core::{Descriptor, HandlerError, MetricHandler, catalog};

use crate::bridge::{Bridge, PUMP, Use, is_pumping};
use crate::late::Late;
use crate::limit;
use crate::lock;
use crate::otlp::{InUse, OtlpBuilder, Pipeline};

type Provider = Arc<dyn MeterProvider + Send + Sync>;
type Filter = Arc<dyn Fn(&Descriptor) -> bool + Send + Sync>;

/// Exports through an OpenTelemetry meter provider: the one that is set globally, or one given.
///
/// Each metric becomes an instrument of the same name, kind, unit, description and type of values.
/// At the beginning of every collection what came since the last one is handed to the SDK; recording
/// itself never touches OpenTelemetry. Whatever readers, temporalities and views the provider has,
/// counts are exact, with what was counted before the handler was installed.
///
/// A provider that you give stays yours: you set its readers, and shut it down, best before the
/// handlers, so that its last collection has everything. A handler that is cleared stops handing on;
/// installed again, by whatever instance for the same provider, it goes on where it
/// stopped. All that was recorded meanwhile is handed on then.
///
/// Metrics may be recorded and registered anywhere, also inside callbacks of OpenTelemetry. Handlers
/// may not be set, flushed or cleared there: the SDK holds a lock then for which they would wait.
///
/// ```
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
    provider: Option<Provider>,
    export: Export,
    prefix: Option<String>,
    scope: InstrumentationScope,
    filter: Option<Filter>,
    limit: usize,
    installed: Mutex<Option<Installed>>,
}

/// What is known of the way from the provider on.
#[derive(Clone)]
enum Export {
    /// It goes nowhere: `OTEL_SDK_DISABLED`.
    Disabled,
    /// Nothing.
    Unknown,
    /// The provider is the SDK's.
    Sdk(SdkMeterProvider),
    /// All of it.
    Pipeline(Arc<Pipeline>),
}

/// What is there while the handler is installed.
struct Installed {
    meter: Meter,
    bridge: Use,
    #[expect(dead_code, reason = "it is there to be dropped")]
    in_use: Option<InUse>,
}

impl OtelHandler {
    /// Exports through the provider that is set globally at the moment when the handler is
    /// installed.
    ///
    /// ```
    /// use typed_metrics_core::set_metric_handlers;
    /// use typed_metrics_otel::OtelHandler;
    ///
    /// let nobody = set_metric_handlers(OtelHandler::global()).unwrap_err();
    /// assert!(nobody.to_string().contains("set_meter_provider"));
    /// ```
    #[must_use]
    pub fn global() -> Self {
        let scope = scope("typed-metrics".to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        Self {
            provider: None,
            export: Export::Unknown,
            prefix: None,
            scope,
            filter: None,
            limit: limit::SDK_DEFAULT,
            installed: Mutex::new(None),
        }
    }

    /// Exports through `provider`.
    ///
    /// If it is the SDK's, `flush` exports at once; of any other provider nobody can ask that, and
    /// `flush` hands all counts over for its next export.
    #[must_use]
    pub fn new(provider: impl MeterProvider + Send + Sync + 'static) -> Self {
        let sdk = (&provider as &dyn Any).downcast_ref::<SdkMeterProvider>().cloned();
        let export = sdk.map_or(Export::Unknown, Export::Sdk);
        Self { provider: Some(Arc::new(provider)), export, ..Self::global() }
    }

    /// A builder of a pipeline that sends by OTLP, over HTTP or gRPC: from nothing to exporting.
    ///
    /// The pipeline belongs to the handler and its clones. While none of them is installed, it rests;
    /// when the last is dropped, it ends.
    pub fn otlp() -> OtlpBuilder {
        OtlpBuilder::default()
    }

    pub(crate) fn of_pipeline(pipeline: Arc<Pipeline>) -> Self {
        let provider = pipeline.provider.clone();
        Self {
            provider: Some(Arc::new(provider)),
            export: Export::Pipeline(pipeline),
            ..Self::global()
        }
    }

    pub(crate) fn disabled() -> Self {
        Self { export: Export::Disabled, ..Self::global() }
    }

    pub(crate) fn pipeline(&self) -> Option<&Pipeline> {
        match &self.export {
            Export::Pipeline(pipeline) => Some(pipeline),
            _ => None,
        }
    }

    /// The SDK's provider that it exports through, if it is known: for instruments of OpenTelemetry
    /// beside typed metrics, or to be set globally.
    ///
    /// ```
    /// use opentelemetry::metrics::MeterProvider;
    /// use typed_metrics_otel::OtelHandler;
    ///
    /// let handler = OtelHandler::otlp().build()?;
    /// let meter = handler.meter_provider().unwrap().meter("mine");
    /// meter.u64_counter("hand_written").build().add(1, &[]);
    /// # Ok::<(), typed_metrics_otel::OtlpError>(())
    /// ```
    pub fn meter_provider(&self) -> Option<&SdkMeterProvider> {
        match &self.export {
            Export::Disabled | Export::Unknown => None,
            Export::Sdk(provider) => Some(provider),
            Export::Pipeline(pipeline) => Some(&pipeline.provider),
        }
    }

    /// Puts `prefix` and `_` before the name of every metric; `ragbits` and `input_tokens` give
    /// `ragbits_input_tokens`. A prefix that makes no name is an error when it is installed.
    #[must_use]
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        Self { prefix: Some(prefix.into()), ..self }
    }

    /// The name and the version of the instrumentation scope; `typed-metrics` and its version,
    /// unless said otherwise.
    #[must_use]
    pub fn scope(self, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self { scope: scope(name.into(), version.into()), ..self }
    }

    /// Exports only the metrics for which `wanted` is true. It is asked once for each metric.
    ///
    /// ```
    /// # use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
    /// # let reader = ManualReader::builder().build();
    /// # let provider = SdkMeterProvider::builder().with_reader(reader).build();
    /// use typed_metrics_otel::OtelHandler;
    ///
    /// let handler = OtelHandler::new(provider).filter(|metric| !metric.name().starts_with("debug."));
    /// ```
    #[must_use]
    pub fn filter(self, wanted: impl Fn(&Descriptor) -> bool + Send + Sync + 'static) -> Self {
        Self { filter: Some(Arc::new(wanted)), ..self }
    }

    /// How many series of a metric the provider keeps, if views of yours say so; 2000 by default.
    /// Metrics that can have more are warned of. With [`series_limits`](crate::series_limits) there
    /// is nothing to say.
    #[must_use]
    pub fn series_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    fn meter(&self) -> Meter {
        let provider = self.provider.clone().unwrap_or_else(global::meter_provider);
        provider.meter_with_scope(self.scope.clone())
    }

    fn wants(&self, metric: &Descriptor) -> bool {
        self.filter.as_ref().is_none_or(|wanted| wanted(metric)) && self.fits(metric)
    }

    /// Whether its name, with the prefix, is one for OpenTelemetry.
    fn fits(&self, metric: &Descriptor) -> bool {
        let Some(prefix) = &self.prefix else { return true };
        let name = format!("{prefix}_{}", metric.name());
        let checked = check_metric_name(&name);
        if let Err(error) = &checked {
            log::error!(target: "typed_metrics", "metric `{name}` is not exported: {error}");
        }
        checked.is_ok()
    }

    /// Whether the provider is collected by anybody.
    pub(crate) fn is_collected(&self) -> bool {
        self.bridge(&self.meter()).is_some()
    }

    fn bridge(&self, meter: &Meter) -> Option<Arc<Bridge>> {
        let prefix = self.prefix.as_deref();
        Bridge::find(meter, prefix).or_else(|| Bridge::connect(meter, prefix))
    }

    /// What to say if nobody collects.
    fn nobody(&self) -> HandlerError {
        let provider = match self.provider {
            Some(_) => "the meter provider that was given is never collected: it",
            None => {
                "no meter provider is set, or nobody collects from it. Call \
                 `opentelemetry::global::set_meter_provider` before the handler is installed, or give \
                 a provider to `OtelHandler::new`. If one is set, it"
            }
        };
        format!(
            "{provider} is a no-op, was shut down, has no reader (`with_periodic_exporter`, \
             `with_reader`), or has a view that drops the instrument `{PUMP}`"
        )
        .into()
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
    /// The same provider and options, not installed. For what is exported it makes no difference
    /// which clone is installed.
    fn clone(&self) -> Self {
        Self {
            provider: self.provider.clone(),
            export: self.export.clone(),
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
            .field("global", &self.provider.is_none())
            .field("prefix", &self.prefix)
            .field("scope", &self.scope)
            .field("installed", &lock(&self.installed).is_some())
            .finish_non_exhaustive()
    }
}

impl MetricHandler for OtelHandler {
    fn name(&self) -> &'static str {
        "otel"
    }

    /// The same provider, scope and prefix are the same back end.
    fn identity(&self) -> Option<usize> {
        if let Some(installed) = &*lock(&self.installed) {
            return Some(installed.bridge.id());
        }
        Bridge::find(&self.meter(), self.prefix.as_deref()).map(|bridge| bridge.id())
    }

    fn install(&self) -> Result<(), HandlerError> {
        if is_pumping() {
            return Err("it is installed inside a callback that observes a metric, where the \
                        provider cannot build instruments; install it outside"
                .into());
        }
        if let Some(prefix) = &self.prefix {
            check_metric_name(prefix).map_err(|error| format!("the prefix `{prefix}`: {error}"))?;
        }
        if matches!(self.export, Export::Disabled) {
            return Ok(());
        }
        let meter = self.meter();
        let bridge = self.bridge(&meter).ok_or_else(|| self.nobody())?;
        let mut wanted = catalog();
        wanted.retain(|metric| self.wants(metric));
        wanted.iter().for_each(|metric| bridge.build(&meter, metric, self.limit));
        let bridge = bridge.enter(&wanted);
        let in_use = self.pipeline().map(|pipeline| pipeline.scopes.enter(&self.scope));
        let before = lock(&self.installed).replace(Installed { meter, bridge, in_use });
        // Outside the lock, as in `shutdown`.
        drop(before);
        Ok(())
    }

    fn register(&self, metric: &'static Descriptor) {
        // Taken out, for what follows runs foreign code and waits.
        let installed = lock(&self.installed)
            .as_ref()
            .map(|installed| (installed.meter.clone(), Arc::clone(&installed.bridge)));
        if let Some((meter, bridge)) = installed
            && self.wants(metric)
        {
            Late::build(&bridge, &meter, metric, self.limit);
        }
    }

    fn flush(&self) -> Result<(), HandlerError> {
        if is_pumping() {
            return Err(
                "a callback that observes a metric cannot flush: it would wait for itself".into()
            );
        }
        match &self.export {
            Export::Disabled => Ok(()),
            Export::Unknown => {
                self.hand_on();
                Ok(())
            }
            Export::Sdk(provider) => {
                // Not every reader collects when it is flushed.
                self.hand_on();
                Ok(provider.force_flush()?)
            }
            Export::Pipeline(pipeline) => pipeline.flush(),
        }
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        let flushed = match self.pipeline() {
            Some(pipeline) if !is_pumping() => pipeline.flush_at_end(),
            _ => self.flush(),
        };
        let installed = lock(&self.installed).take();
        // Outside the lock: this waits for the pump, and the pump for callbacks that register metrics.
        drop(installed);
        // The provider has collected everything when it was shut down.
        let over = |error: &HandlerError| {
            matches!(error.downcast_ref(), Some(OTelSdkError::AlreadyShutdown))
        };
        if flushed.as_ref().is_err_and(over) { Ok(()) } else { flushed }
    }
}

impl OtelHandler {
    /// Hands on what there is, for a provider that nobody can ask for a collection.
    fn hand_on(&self) {
        let bridge = lock(&self.installed).as_ref().map(|installed| Arc::clone(&installed.bridge));
        if let Some(bridge) = bridge {
            bridge.pump();
        }
    }
}
