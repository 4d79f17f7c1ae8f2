//! [Pydantic Logfire] for [typed-metrics]: a write token, and metrics arrive.
//!
//! [`LogfireHandler`] is a pipeline of `typed-metrics-otel` that knows Logfire: where a token's region
//! is, what the variables of its SDKs mean, and which system metrics its dashboards show. Use it
//! through the feature `logfire` of the facade, where it is also known as `"logfire"`:
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
//! A write token is made in the settings of a project. For the system metrics, make a dashboard from the
//! template *Basic System Metrics (Logfire)*.
//!
//! # What is sent
//!
//! Protobuf over HTTPS, by gzip, to `/v1/metrics` of the token's region. Counters and histograms go
//! as differences, all else as it is, as Logfire's Python SDK sends them. While Logfire cannot be
//! reached, batches wait in a spool, so no difference is lost; what a refusal or a full spool means is
//! in [`OtlpBuilder`](typed_metrics_otel::OtlpBuilder). Histograms have the buckets of their
//! declaration, where Python makes all of them exponential.
//!
//! The resource has `service.name` and `service.instance.id`, `process.pid`, and `host.name`,
//! `host.id`, `host.arch` and `os.type`, which Logfire's page of hosts goes by.
//!
//! # Settings
//!
//! Code wins over `LOGFIRE_…`, those over `OTEL_…`, those over the credentials file:
//!
//! | method | variable | default |
//! |---|---|---|
//! | [`token`](LogfireBuilder::token) | `LOGFIRE_TOKEN` | that of the credentials file |
//! | [`credentials_folder`](LogfireBuilder::credentials_folder) | `LOGFIRE_CREDENTIALS_DIR` | `.logfire` |
//! | [`base_url`](LogfireBuilder::base_url) | `LOGFIRE_BASE_URL` | of the credentials file, or the token's region |
//! | [`send`](LogfireBuilder::send) | `LOGFIRE_SEND_TO_LOGFIRE` | yes |
//! | [`service_name`](LogfireBuilder::service_name) | `LOGFIRE_SERVICE_NAME`, `OTEL_SERVICE_NAME` | `unknown_service:` and the program |
//! | [`service_version`](LogfireBuilder::service_version) | `LOGFIRE_SERVICE_VERSION`, `OTEL_SERVICE_VERSION` | |
//! | [`environment`](LogfireBuilder::environment) | `LOGFIRE_ENVIRONMENT` | |
//! | [`resource`](LogfireBuilder::resource) | `OTEL_RESOURCE_ATTRIBUTES` | service, host, process, OS |
//! | [`interval`](LogfireBuilder::interval) | `OTEL_METRIC_EXPORT_INTERVAL` (ms) | 60 s |
//! | [`system_metrics`](LogfireBuilder::system_metrics) | | the basic ones |
//! | | `OTEL_SDK_DISABLED` | `false` |
//!
//! `OTEL_EXPORTER_OTLP_…` are for another collector, and do not count here: neither its address nor
//! its credentials get mixed up with Logfire's.
//!
//! # Beside the `logfire` crate
//!
//! That crate sends traces and logs, and leaves metrics off unless it is told otherwise; so leave them
//! off, and let this one send them. Both read the same variables, so both send for the same service.
//! They have different versions of OpenTelemetry inside, which do not get into each other's way: this
//! crate sets nothing globally.
//!
//! ```ignore
//! let logfire = logfire::configure().finish()?; // traces and logs; no `with_metrics`
//! let _logfire = logfire.shutdown_guard();
//! let _metrics = typed_metrics::shutdown_guard();
//! typed_metrics::set_metric_handlers("logfire")?;
//! ```
//!
//! `e2e/logfire` of the repository is such a program.
//!
//! [Pydantic Logfire]: https://pydantic.dev/logfire
//! [typed-metrics]: https://docs.rs/typed-metrics

mod builder;
mod credentials;
mod error;
mod handler;
mod named;
mod send;
mod settings;
mod token;

pub use builder::LogfireBuilder;
pub use error::LogfireError;
pub use handler::LogfireHandler;
pub use send::Send;
pub use typed_metrics_system::Set;
