//! The builder of a handler with a pipeline.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use opentelemetry::{KeyValue, Value};
use typed_metrics_core::ExemplarFilter;

use crate::handler::OtelHandler;
use crate::otlp::config::given::Given;
use crate::otlp::config::mistakes::OtlpError;
use crate::otlp::config::protocol::{Compression, Protocol};
use crate::otlp::config::settings::Settings;
use crate::otlp::config::temporality::Temporality;
use crate::otlp::config::vars::ENVIRONMENT;
use crate::otlp::config::vendor::Vendor;
use crate::otlp::pipeline::Pipeline;

impl OtelHandler {
    /// Returns the builder of a pipeline that sends by OTLP, over HTTP or gRPC. No provider is
    /// needed.
    ///
    /// The pipeline belongs to the handler and its clones. While none of them is installed, the
    /// pipeline exports nothing. When the last of them is dropped, the pipeline ends.
    pub fn otlp() -> OtlpBuilder {
        OtlpBuilder::default()
    }
}

/// Builds a handler with a pipeline of its own, which sends metrics by OTLP to a collector or to a
/// back end. Returned by [`OtelHandler::otlp`].
///
/// A setting that is not given here is read from the standard variables. The defaults are those of
/// OpenTelemetry's specification:
///
/// | method | variable | default |
/// |---|---|---|
/// | [`endpoint`] | `OTEL_EXPORTER_OTLP_ENDPOINT` | `http://localhost:4318`, gRPC `:4317` |
/// | [`metrics_endpoint`] | `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT` | |
/// | [`protocol`] | `OTEL_EXPORTER_OTLP_PROTOCOL` | `http/protobuf` |
/// | [`header`] | `OTEL_EXPORTER_OTLP_HEADERS` | |
/// | [`compression`] | `OTEL_EXPORTER_OTLP_COMPRESSION` | `none` |
/// | [`timeout`] | the lesser of `OTEL_EXPORTER_OTLP_TIMEOUT` and `OTEL_METRIC_EXPORT_TIMEOUT` (ms) | 10 s |
/// | [`ca_certificate`] | `OTEL_EXPORTER_OTLP_CERTIFICATE` | Mozilla's roots and the system's |
/// | [`client_certificate`] | `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, `…_CLIENT_KEY` | |
/// | [`interval`] | `OTEL_METRIC_EXPORT_INTERVAL` (ms) | 60 s |
/// | [`temporality`] | `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE` | `cumulative` |
/// | [`exemplars`] | `OTEL_METRICS_EXEMPLAR_FILTER` | `always_off` |
/// | | `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION` | `explicit_bucket_histogram` |
/// | [`service_name`] | `OTEL_SERVICE_NAME` | `unknown_service:…` |
/// | [`resource`] | `OTEL_RESOURCE_ATTRIBUTES` | service, host, process, OS |
/// | | `OTEL_SDK_DISABLED` | `false` |
/// | | `OTEL_METRICS_EXPORTER` (for the name `"otel"`) | `otlp` |
/// | | `https_proxy`, `http_proxy`, `all_proxy`, `no_proxy` | |
/// | | `SSL_CERT_FILE`, `SSL_CERT_DIR` | the system's store of certificates |
///
/// Each `OTEL_EXPORTER_OTLP_…` also exists as `OTEL_EXPORTER_OTLP_METRICS_…`, which wins. For a
/// gRPC endpoint without a scheme, `OTEL_EXPORTER_OTLP_INSECURE=true` adds `http://`.
///
/// `OTEL_METRICS_EXPORTER` is `none`, or a list of `otlp`, `console` and `prometheus`: the name
/// `"otel"` then stands for all of these handlers. `OTEL_CONFIG_FILE`, `OTEL_ENTITIES`,
/// `OTEL_LOG_LEVEL` have no effect, and neither has `OTEL_METRICS_EXEMPLAR_FILTER=trace_based`
/// without the feature `otel-trace`: a warning names them. Every other value that cannot be used is
/// an error.
///
/// [`endpoint`]: Self::endpoint
/// [`metrics_endpoint`]: Self::metrics_endpoint
/// [`protocol`]: Self::protocol
/// [`header`]: Self::header
/// [`compression`]: Self::compression
/// [`timeout`]: Self::timeout
/// [`ca_certificate`]: Self::ca_certificate
/// [`client_certificate`]: Self::client_certificate
/// [`interval`]: Self::interval
/// [`temporality`]: Self::temporality
/// [`exemplars`]: Self::exemplars
/// [`service_name`]: Self::service_name
/// [`resource`]: Self::resource
///
/// # While the collector does not answer
///
/// Batches wait in a spool, in memory or in a [folder](Self::spool_folder), and are sent in order
/// when the collector is back. So an outage loses no data under any temporality, over HTTP and over
/// gRPC. If the spool is full, the oldest batches are dropped: the metric
/// `typed_metrics.otlp.dropped` counts their data points, and a warning is reported.
///
/// A batch that the collector refuses (400, 401, 403, …) is dropped and counted, too, and the
/// reason is reported once. After 429, 502, 503 and 504 the batch is sent again, not before
/// `Retry-After`. A batch that is never accepted holds up the others for a
/// [limited time](Self::stuck_after). A problem that the settings cause, such as a certificate that
/// is not trusted, or a web page as the answer, is an error at once. Then batches wait, and are
/// tried every 30 s.
///
/// A shutdown tries again until its time limit, as soon as `Retry-After` allows it, and shortly
/// before the limit in any case. It ends after 0.3 s if nothing listens at the address, and the
/// collector has never answered. It gives up the batches that are in memory, and counts them.
///
/// A batch whose answer was lost is sent again: delivery is at least once. Large exports are split
/// into requests of at most 2 MiB, uncompressed.
///
/// The variables of proxies apply as in curl, also in upper case, but `HTTP_PROXY` not in a CGI
/// program. A proxy forwards the requests to `http://` endpoints; `https://` and gRPC use a tunnel
/// (`CONNECT`). `flush` and `shutdown` block their thread, at most for [`timeout`](Self::timeout)
/// and [`shutdown_timeout`](Self::shutdown_timeout).
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
#[must_use = "call `build` to make a handler"]
pub struct OtlpBuilder {
    given: Given,
}

impl OtlpBuilder {
    /// The address of the collector, such as `http://localhost:4318`. Over HTTP, `/v1/metrics` is
    /// appended, unless the address ends with it.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.given.endpoint = Some(endpoint.into());
        self
    }

    /// The complete address for metrics. It wins over [`endpoint`](Self::endpoint).
    pub fn metrics_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.given.metrics_endpoint = Some(endpoint.into());
        self
    }

    /// The protocol. gRPC needs the feature `otel-grpc`.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.given.protocol = Some(protocol);
        self
    }

    /// A header, or an entry of gRPC's metadata, for every request. It wins over a header of the
    /// same name in `OTEL_EXPORTER_OTLP_HEADERS`. Messages of this project never show the value.
    ///
    /// At the level `TRACE`, the HTTP client logs requests with their headers: set a higher level
    /// for the target `ureq_proto`.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.given.headers.push((name.into(), value.into()));
        self
    }

    /// The compression of requests.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.given.compression = Some(compression);
        self
    }

    /// The time limit of one attempt to send.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.given.timeout = Some(timeout);
        self
    }

    /// The time between two collections.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.given.interval = Some(interval);
        self
    }

    /// Whether exported values count from the start or since the last export.
    pub fn temporality(mut self, temporality: Temporality) -> Self {
        self.given.temporality = Some(temporality);
        self
    }

    /// The measurements that can become [exemplars](typed_metrics_core::Exemplar): with
    /// `TraceBased`, those inside a sampled span of OpenTelemetry's context, or of `tracing` with
    /// `tracing-opentelemetry`. This needs the feature `otel-trace`. Exemplars are on while the
    /// handler is installed. Unlike in OpenTelemetry's specification, they are off by default,
    /// because recording costs more while they are on. A setting by
    /// [`set_exemplars`](typed_metrics_core::set_exemplars) wins.
    ///
    /// ```
    /// use typed_metrics_core::ExemplarFilter;
    /// use typed_metrics_otel::OtelHandler;
    ///
    /// let handler = OtelHandler::otlp().exemplars(ExemplarFilter::AlwaysOn).build()?;
    /// # Ok::<(), typed_metrics_otel::OtlpError>(())
    /// ```
    pub fn exemplars(mut self, filter: ExemplarFilter) -> Self {
        self.given.exemplars = Some(filter);
        self
    }

    /// A PEM file with certificates that are trusted in place of the built-in roots and of those of
    /// the system. TLS needs the feature `otel-tls`.
    pub fn ca_certificate(mut self, pem: impl Into<PathBuf>) -> Self {
        self.given.certificates.roots = Some(pem.into());
        self
    }

    /// PEM files with this program's own certificate and its key, for mutual TLS.
    pub fn client_certificate(
        mut self,
        certificate: impl Into<PathBuf>,
        key: impl Into<PathBuf>,
    ) -> Self {
        self.given.certificates.client = Some((certificate.into(), key.into()));
        self
    }

    /// The resource attribute `service.name`.
    pub fn service_name(self, name: impl Into<Value>) -> Self {
        self.resource("service.name", name)
    }

    /// An attribute of the resource, such as `deployment.environment.name`.
    pub fn resource(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.given.resource.push(KeyValue::new(key.into(), value));
        self
    }

    /// Keeps waiting batches in this folder, which is created if it is missing. The batches outlive
    /// the program: a program that starts with the same folder sends them. Only one process at a
    /// time can use a folder.
    ///
    /// A thread of its own writes the files, so a slow disk delays neither batches nor deadlines. A
    /// batch that cannot be written waits in memory, and writing is tried again every second.
    pub fn spool_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.given.spool_folder = Some(folder.into());
        self
    }

    /// How many bytes of batches may wait. The default is 64 MiB.
    pub fn spool_limit(mut self, bytes: u64) -> Self {
        self.given.spool_limit = Some(bytes);
        self
    }

    /// How long a batch that the collector does not accept may hold up the batches behind it, the
    /// pause of at most 36 s between two attempts not counted. The default is 1 min.
    ///
    /// Then the batches behind are tried in turn with the oldest one. In an outage, none is
    /// accepted, and all of them wait. If they are accepted, and the oldest batch fails three times
    /// more, it is given up, and counted in `typed_metrics.otlp.dropped` as `never_accepted`.
    pub fn stuck_after(mut self, time: Duration) -> Self {
        self.given.stuck_after = Some(time);
        self
    }

    /// The time limit of a shutdown, which sends the waiting batches. The default is 5 s. The
    /// shutdown's error reports the batches that could not be sent.
    pub fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.given.shutdown_timeout = Some(timeout);
        self
    }

    /// For crates of vendors.
    #[doc(hidden)]
    pub fn vendor(mut self, vendor: Vendor) -> Self {
        self.given.vendor = Some(vendor);
        self
    }

    /// Starts the pipeline, and returns its handler.
    ///
    /// The program may have an async runtime or none: the pipeline does not run on it.
    ///
    /// # Errors
    /// All settings that cannot be used, in code and in variables; or that the spool's folder
    /// cannot be opened or a thread cannot be started. Nothing is sent yet, so a collector that is
    /// down is not an error.
    pub fn build(self) -> Result<OtelHandler, OtlpError> {
        self.build_or(&[])
    }

    /// Does the same, but reuses the pipeline of one of `last` if it has the same settings.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    #[doc(hidden)]
    pub fn build_or(self, last: &[OtelHandler]) -> Result<OtelHandler, OtlpError> {
        let Some(settings) = Settings::read(self.given, &ENVIRONMENT)? else {
            return Ok(OtelHandler::disabled());
        };
        let is_same =
            |last: &&OtelHandler| last.pipeline().is_some_and(|pipeline| pipeline.is_of(&settings));
        match last.iter().find(is_same) {
            Some(last) => Ok(last.clone()),
            None => Ok(OtelHandler::of_pipeline(Pipeline::start(settings)?)),
        }
    }
}

impl fmt::Debug for OtlpBuilder {
    /// Omits the values of headers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.given.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("OtlpBuilder")
            .field("protocol", &self.given.protocol)
            .field("headers", &headers)
            .field("compression", &self.given.compression)
            .field("timeout", &self.given.timeout)
            .field("interval", &self.given.interval)
            .field("temporality", &self.given.temporality)
            .field("resource", &self.given.resource)
            .field("spool_folder", &self.given.spool_folder)
            .finish_non_exhaustive()
    }
}
