//! [Pydantic Logfire] for [typed-metrics]: set a write token, and metrics arrive.
//!
//! [`LogfireHandler`] is a pipeline of `typed-metrics-otel` with Logfire's settings: the address of
//! a token's region, the variables of Logfire's SDKs, and the system metrics of Logfire's
//! dashboards. Use this crate through the feature `logfire` of the facade, where the handler also
//! has the name `"logfire"`:
//!
//! ```no_run
//! # use typed_metrics_core as typed_metrics;
//! # use typed_metrics_logfire as _;
//! // With `LOGFIRE_TOKEN` set.
//! let _shutdown = typed_metrics::shutdown_guard();
//! typed_metrics::set_metric_handlers("logfire")?;
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! Create a write token in the settings of a project. For the system metrics, create a dashboard
//! from the template *Basic System Metrics (Logfire)*.
//!
//! # What is sent
//!
//! Metrics are sent as protobuf over HTTPS, compressed by gzip, to `/v1/metrics` of the token's
//! region. Counters and histograms are sent as differences, other metrics as current values, as by
//! Logfire's Python SDK. While Logfire cannot be reached, batches wait in a spool, so no difference
//! is lost. [`OtlpBuilder`](typed_metrics_otel::OtlpBuilder) describes refusals and a full spool.
//! Histograms keep the buckets of their declaration; Python makes all histograms exponential.
//!
//! The resource has `service.name` and `service.instance.id`, `process.pid`, and the attributes
//! that Logfire's page of hosts uses: `host.name`, `host.id`, `host.arch` and `os.type`.
//!
//! # Settings
//!
//! Code wins over `LOGFIRE_…`, these over `OTEL_…`, and these over the credentials file:
//!
//! | method | variable | default |
//! |---|---|---|
//! | [`token`] | `LOGFIRE_TOKEN` | the token of the credentials file |
//! | [`credentials_folder`] | `LOGFIRE_CREDENTIALS_DIR` | `.logfire` |
//! | [`base_url`] | `LOGFIRE_BASE_URL` | the credentials file's, or that of the region |
//! | [`send`] | `LOGFIRE_SEND_TO_LOGFIRE` | yes |
//! | [`service_name`] | `LOGFIRE_SERVICE_NAME`, `OTEL_SERVICE_NAME` | `unknown_service:…` |
//! | [`service_version`] | `LOGFIRE_SERVICE_VERSION`, `OTEL_SERVICE_VERSION` | |
//! | [`environment`] | `LOGFIRE_ENVIRONMENT` | |
//! | [`resource`] | `OTEL_RESOURCE_ATTRIBUTES` | service, host, process, OS |
//! | [`interval`] | `OTEL_METRIC_EXPORT_INTERVAL` (ms) | 60 s |
//! | [`system_metrics`] | | the basic ones |
//! | | `OTEL_SDK_DISABLED` | `false` |
//!
//! `OTEL_EXPORTER_OTLP_…` belong to another collector, and are ignored: neither side gets the
//! other's address or credentials.
//!
//! [`token`]: LogfireBuilder::token
//! [`credentials_folder`]: LogfireBuilder::credentials_folder
//! [`base_url`]: LogfireBuilder::base_url
//! [`send`]: LogfireBuilder::send
//! [`service_name`]: LogfireBuilder::service_name
//! [`service_version`]: LogfireBuilder::service_version
//! [`environment`]: LogfireBuilder::environment
//! [`resource`]: LogfireBuilder::resource
//! [`interval`]: LogfireBuilder::interval
//! [`system_metrics`]: LogfireBuilder::system_metrics
//!
//! # Together with the `logfire` crate
//!
//! That crate sends traces and logs, and by default no metrics. Leave its metrics off, and let this
//! crate send them. Both crates read the same variables, so both report the same service. Their
//! versions of OpenTelemetry differ, but do not conflict: this crate sets nothing globally.
//!
//! ```ignore
//! let logfire = logfire::configure().finish()?; // traces and logs; no `with_metrics`
//! let _logfire = logfire.shutdown_guard();
//! let _metrics = typed_metrics::shutdown_guard();
//! typed_metrics::set_metric_handlers("logfire")?;
//! ```
//!
//! The repository has such a program in `e2e/logfire`.
//!
//! [Pydantic Logfire]: https://pydantic.dev/logfire
//! [typed-metrics]: https://docs.rs/typed-metrics

mod builder;
mod config;
mod handler;
mod named;

pub use builder::LogfireBuilder;
pub use config::error::LogfireError;
pub use config::send::Send;
pub use handler::LogfireHandler;
pub use typed_metrics_system::Set;
