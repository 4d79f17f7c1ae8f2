//! The builder of a pipeline.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use opentelemetry::{KeyValue, Value};
use opentelemetry_sdk::metrics::Temporality;

use super::mistakes::{Mistakes, OtlpError};
use super::pipeline::Pipeline;
use super::settings::Settings;
use super::tls::Files;
use super::vars::Vars;
use super::vendor::Vendor;
use super::{Compression, Protocol};
use crate::handler::OtelHandler;

/// Builds a handler with a pipeline of its own, which sends metrics by OTLP to a collector or a back
/// end. From [`OtelHandler::otlp`].
///
/// What is not told here is taken from the standard variables, and what they do not tell either is as
/// OpenTelemetry's specification says:
///
/// | method | variable | default |
/// |---|---|---|
/// | [`endpoint`](Self::endpoint) | `OTEL_EXPORTER_OTLP_ENDPOINT` | `http://localhost:4318`, gRPC `:4317` |
/// | [`metrics_endpoint`](Self::metrics_endpoint) | `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` | |
/// | [`protocol`](Self::protocol) | `OTEL_EXPORTER_OTLP_PROTOCOL` | `http/protobuf` |
/// | [`header`](Self::header) | `OTEL_EXPORTER_OTLP_HEADERS` | |
/// | [`compression`](Self::compression) | `OTEL_EXPORTER_OTLP_COMPRESSION` | `none` |
/// | [`timeout`](Self::timeout) | `OTEL_EXPORTER_OTLP_TIMEOUT` (ms) | 10 s |
/// | [`ca_certificate`](Self::ca_certificate) | `OTEL_EXPORTER_OTLP_CERTIFICATE` | Mozilla's roots |
/// | [`client_certificate`](Self::client_certificate) | `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, `…_CLIENT_KEY` | |
/// | [`interval`](Self::interval) | `OTEL_METRIC_EXPORT_INTERVAL` (ms) | 60 s |
/// | [`temporality`](Self::temporality) | `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` | `cumulative` |
/// | | `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION` | `explicit_bucket_histogram` |
/// | [`service_name`](Self::service_name) | `OTEL_SERVICE_NAME` | `unknown_service:` and the program |
/// | [`resource`](Self::resource) | `OTEL_RESOURCE_ATTRIBUTES` | service, host, process, OS |
/// | | `OTEL_SDK_DISABLED` | `false` |
/// | | `OTEL_METRICS_EXPORTER` (for the name `"otel"`) | `otlp`, or `none` |
///
/// Each `OTEL_EXPORTER_OTLP_…` also exists as `OTEL_EXPORTER_OTLP_METRICS_…`, which wins; and for an
/// endpoint of gRPC without `http://`, `OTEL_EXPORTER_OTLP_INSECURE=true` adds it.
///
/// # While nobody answers
///
/// Batches wait in a spool, in memory or in a [folder](Self::spool_folder), and are sent in order when the
/// collector is back: nothing is lost under any temporality, over HTTP and over gRPC. If the spool is
/// full, the oldest batches go; that is counted in the metric `typed_metrics.otlp.dropped` and warned
/// of. What a collector refuses (400, 401, 403, …) is reported once with its reason, counted there
/// too, and not sent again; 429, 502, 503 and 504 are tried again, not before `Retry-After`.
///
/// A batch whose answer got lost is sent again: delivery is at least once. Large exports are sent in
/// requests of at most 2 MiB, uncompressed.
///
/// Over HTTP, the usual variables for proxies count (`ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`).
/// `flush` and `shutdown` block their thread, at most for [`timeout`](Self::timeout) and
/// [`shutdown_timeout`](Self::shutdown_timeout).
///
/// ```no_run
/// use std::time::Duration;
///
/// use typed_metrics_otel::{OtelHandler, Temporality};
///
/// let handler = OtelHandler::otlp()
///     .endpoint("http://localhost:4318")
///     .service_name("shop")
///     .interval(Duration::from_secs(10))
///     .temporality(Temporality::Delta)
///     .build()?;
/// typed_metrics_core::set_metric_handlers(handler)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
#[must_use = "`build` makes a handler of it"]
pub struct OtlpBuilder {
    pub(super) endpoint: Option<String>,
    pub(super) metrics_endpoint: Option<String>,
    pub(super) protocol: Option<Protocol>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) compression: Option<Compression>,
    pub(super) timeout: Option<Duration>,
    pub(super) interval: Option<Duration>,
    pub(super) temporality: Option<Temporality>,
    pub(super) tls: Files,
    pub(super) resource: Vec<KeyValue>,
    pub(super) spool_folder: Option<PathBuf>,
    pub(super) spool_limit: Option<u64>,
    pub(super) shutdown_timeout: Option<Duration>,
    pub(super) vendor: Option<Vendor>,
}

impl OtlpBuilder {
    /// The address of the collector, such as `http://localhost:4318`. Over HTTP, `/v1/metrics` is
    /// added to it, unless it ends with that.
    pub fn endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { endpoint: Some(endpoint.into()), ..self }
    }

    /// The address that metrics are sent to, as it is; it wins over [`endpoint`](Self::endpoint).
    pub fn metrics_endpoint(self, endpoint: impl Into<String>) -> Self {
        Self { metrics_endpoint: Some(endpoint.into()), ..self }
    }

    /// How to send. gRPC needs the feature `otel-grpc`.
    pub fn protocol(self, protocol: Protocol) -> Self {
        Self { protocol: Some(protocol), ..self }
    }

    /// A header, or an entry of gRPC's metadata, for every request. It wins over one of the same name
    /// in `OTEL_EXPORTER_OTLP_HEADERS`. Its value is never shown in messages of this project. (The HTTP
    /// client logs what it sends at the level `TRACE`, headers with it: keep `ureq_proto` above that.)
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Whether to compress what is sent.
    pub fn compression(self, compression: Compression) -> Self {
        Self { compression: Some(compression), ..self }
    }

    /// How long one attempt to send may take.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// The time between two collections.
    pub fn interval(self, interval: Duration) -> Self {
        Self { interval: Some(interval), ..self }
    }

    /// Whether exported values count from the beginning or since the last export.
    pub fn temporality(self, temporality: Temporality) -> Self {
        Self { temporality: Some(temporality), ..self }
    }

    /// A file with certificates in PEM that are trusted in place of the built-in roots. TLS needs the
    /// feature `otel-tls`.
    pub fn ca_certificate(mut self, pem: impl Into<PathBuf>) -> Self {
        self.tls.roots = Some(pem.into());
        self
    }

    /// Files in PEM, by which this program proves who it is.
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.tls.client = Some((certificate.into(), key.into()));
        self
    }

    /// The resource attribute `service.name`.
    pub fn service_name(self, name: impl Into<Value>) -> Self {
        self.resource("service.name", name)
    }

    /// An attribute of the resource: of the service, its host, its deployment.
    pub fn resource(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.resource.push(KeyValue::new(key.into(), value));
        self
    }

    /// Keeps what waits to be sent in this folder, which is made if it is not there. It survives the
    /// program: what is left is sent when a program with the same folder starts. A folder belongs to
    /// one process at a time.
    pub fn spool_folder(self, folder: impl Into<PathBuf>) -> Self {
        Self { spool_folder: Some(folder.into()), ..self }
    }

    /// How many bytes of batches may wait; 64 MiB unless said otherwise.
    pub fn spool_limit(self, bytes: u64) -> Self {
        Self { spool_limit: Some(bytes), ..self }
    }

    /// How long a shutdown may take, with sending what waits; 5 s unless said otherwise. What could
    /// not be sent is in its error.
    pub fn shutdown_timeout(self, timeout: Duration) -> Self {
        Self { shutdown_timeout: Some(timeout), ..self }
    }

    /// For crates of back ends.
    #[doc(hidden)]
    pub fn vendor(self, vendor: Vendor) -> Self {
        Self { vendor: Some(vendor), ..self }
    }

    /// Starts the pipeline, and makes the handler that feeds it.
    ///
    /// It works with and without an async runtime: nothing here runs on the program's.
    ///
    /// # Errors
    /// All settings that cannot be used, in code and in variables; or that the spool's folder or a
    /// thread cannot be had. Nothing is sent yet: a collector that is down is no error.
    pub fn build(self) -> Result<OtelHandler, OtlpError> {
        self.build_or(&[])
    }

    /// The same, but with the pipeline of one of `last` that has the same settings, if there is one.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    #[doc(hidden)]
    pub fn build_or(self, last: &[OtelHandler]) -> Result<OtelHandler, OtlpError> {
        let settings = self.settings(&ENVIRONMENT)?;
        let Some(settings) = settings else { return Ok(OtelHandler::disabled()) };
        let is_same = |last: &&OtelHandler| last.pipeline().is_some_and(|it| it.is_of(&settings));
        match last.iter().find(is_same) {
            Some(last) => Ok(last.clone()),
            None => Ok(OtelHandler::of_pipeline(Pipeline::start(settings)?)),
        }
    }

    /// What the environment alone says; `last` as there.
    pub(crate) fn from_env(last: &[OtelHandler]) -> Result<OtelHandler, OtlpError> {
        if !is_otlp_wanted(&ENVIRONMENT)? {
            return Ok(OtelHandler::disabled());
        }
        Self::default().build_or(last)
    }

    /// Everything, checked; `None` if nothing is to be exported.
    pub(super) fn settings(self, vars: &Vars<'_>) -> Result<Option<Settings>, OtlpError> {
        let is_vendor = self.vendor.is_some();
        let is_foreign = |name: &str| is_vendor && name.starts_with("OTEL_EXPORTER_OTLP_");
        let own = |name: &str| if is_foreign(name) { None } else { (vars.0)(name) };
        let vars = &Vars(&own);
        let mut mistakes = Mistakes::default();
        let is_disabled = vars.is_true("OTEL_SDK_DISABLED", &mut mistakes);
        mistakes.none(Some(()))?;
        if is_disabled { Ok(None) } else { Settings::new(self, vars).map(Some) }
    }
}

const ENVIRONMENT: Vars<'static> = Vars(&|name| std::env::var_os(name));

/// What `OTEL_METRICS_EXPORTER` says to it.
fn is_otlp_wanted(vars: &Vars<'_>) -> Result<bool, OtlpError> {
    let name = "OTEL_METRICS_EXPORTER";
    let mut mistakes = Mistakes::default();
    let set = vars.get(name, &mut mistakes);
    let value = set.map_or("otlp".to_owned(), |set| set.value.trim().to_ascii_lowercase());
    if value != "otlp" && value != "none" {
        mistakes.add(format!(
            "`{name}` is `{value}`; the handler `otel` is for `otlp` or `none`, others have handlers \
             of their own"
        ));
    }
    mistakes.none(Some(value == "otlp"))
}

impl fmt::Debug for OtlpBuilder {
    /// Without the values of headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("OtlpBuilder")
            .field("protocol", &self.protocol)
            .field("headers", &headers)
            .field("compression", &self.compression)
            .field("timeout", &self.timeout)
            .field("interval", &self.interval)
            .field("temporality", &self.temporality)
            .field("resource", &self.resource)
            .field("spool_folder", &self.spool_folder)
            .finish_non_exhaustive()
    }
}
