//! Move to this crate from `metrics`, `prometheus`, `prometheus-client`, OpenTelemetry's API,
//! autometrics, or ragbits in Python.
//!
//! Each section has a program before and after. [`porting`](super::porting) has the words of other
//! crates, and tells how to keep the names of dashboards.
//!
//! # In steps
//!
//! A large application moves bit by bit, with one endpoint all the time:
//!
//! 1. Install a handler of this crate, and the [bridge](super::bridges) for what the application
//!    has. Nothing else changes: dashboards find the old names.
//! 2. Declare an enum for one part of the application, and replace its calls. A metric that gets a
//!    better name keeps the old one beside it with `was = "…"`: see
//!    [Renaming](super::declaring#renaming).
//! 3. When nothing records through the old crate any more, remove the bridge. Dependencies that
//!    record with `metrics`, `tracing` or OpenTelemetry's API keep theirs.
//!
//! # From `metrics`
//!
//! Before. The recorder of the bridge takes the place of `PrometheusBuilder`, and the program stays
//! as it is:
//!
//! ```
//! use metrics::{Unit, counter, describe_histogram, gauge, histogram};
//! use typed_metrics::bridge::MetricsRecorder;
//!
//! fn handle(route: &'static str, status: u16) {
//!     gauge!("old_in_flight").increment(1.0);
//!     counter!("old_requests", "route" => route, "status" => status.to_string()).increment(1);
//!     histogram!("old_duration", "route" => route).record(0.25);
//!     gauge!("old_in_flight").decrement(1.0);
//! }
//!
//! MetricsRecorder::install().unwrap();
//! describe_histogram!("old_duration", Unit::Seconds, "Duration of requests.");
//! handle("/a", 200);
//!
//! let snapshot = typed_metrics::snapshot();
//! let requests = snapshot.get("old_requests").unwrap();
//! let found = requests.series_with(&[("route", "/a"), ("status", "200")]).unwrap();
//! assert_eq!(found.value.as_f64(), 1.0);
//! assert_eq!(snapshot.get("old_in_flight").unwrap().series[0].value.as_f64(), 0.0);
//! ```
//!
//! After. Names, kinds and labels are checked by the compiler, the status is a number, and the
//! guard also counts down when the function panics:
//!
//! ```
//! use std::time::Duration;
//! use typed_metrics::Metrics;
//! use typed_metrics::testing::capture;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "from_metrics")]
//! enum Http<'a> {
//!     /// Requests in progress.
//!     #[up_down_counter]
//!     InFlight,
//!     /// Requests.
//!     #[counter]
//!     Requests { route: &'a str, status: u16 },
//!     /// Duration of requests.
//!     #[histogram(unit = "s")]
//!     Duration { route: &'a str },
//! }
//!
//! fn handle(route: &str, status: u16) {
//!     let _in_flight = Http::in_flight().enter();
//!     Http::requests(route, status).inc();
//!     Http::duration(route).record(Duration::from_millis(250));
//! }
//!
//! let seen = capture(|| handle("/a", 200));
//! seen.assert_counter(Http::Requests { route: "/a", status: 200 }, 1);
//! seen.assert_up_down_counter(Http::InFlight, 0);
//! assert_eq!(seen.histogram(Http::Duration { route: "/a" }).sum, 0.25);
//! ```
//!
//! # From `prometheus`
//!
//! Before, with its registry read by the bridge:
//!
//! ```
//! use prometheus::{
//!     HistogramVec, IntCounterVec, IntGauge, default_registry, register_histogram_vec,
//!     register_int_counter_vec, register_int_gauge,
//! };
//! use std::sync::LazyLock;
//! use typed_metrics::bridge::observe_prometheus;
//!
//! static JOBS: LazyLock<IntCounterVec> = LazyLock::new(|| {
//!     register_int_counter_vec!("old_jobs_total", "Jobs.", &["queue", "result"]).unwrap()
//! });
//! static WAIT: LazyLock<HistogramVec> = LazyLock::new(|| {
//!     let buckets = vec![0.1, 1.0, 10.0];
//!     register_histogram_vec!("old_wait_seconds", "Wait.", &["queue"], buckets).unwrap()
//! });
//! static WAITING: LazyLock<IntGauge> =
//!     LazyLock::new(|| register_int_gauge!("old_waiting", "Jobs that wait.").unwrap());
//!
//! fn work(queue: &str) {
//!     let timer = WAIT.with_label_values(&[queue]).start_timer();
//!     WAITING.set(3);
//!     timer.observe_duration();
//!     JOBS.with_label_values(&[queue, "ok"]).inc();
//! }
//!
//! let _observation = observe_prometheus(default_registry());
//! work("mail");
//! let snapshot = typed_metrics::snapshot();
//! let jobs = snapshot.get("old_jobs_total").unwrap();
//! let done = jobs.series_with(&[("queue", "mail"), ("result", "ok")]).unwrap();
//! assert_eq!(done.value.as_f64(), 1.0);
//! assert_eq!(snapshot.get("old_wait_seconds").unwrap().descriptor.boundaries(), [0.1, 1.0, 10.0]);
//! ```
//!
//! After. Nothing is registered, label values have names and types, and a `static` is not needed.
//! Prometheus scrapes `from_prometheus_jobs_total`:
//!
//! ```
//! use typed_metrics::testing::capture;
//! use typed_metrics::{Label, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! enum JobResult {
//!     Ok,
//!     Failed,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "from_prometheus")]
//! enum Worker<'a> {
//!     /// Jobs.
//!     #[counter]
//!     Jobs { queue: &'a str, result: JobResult },
//!     /// Wait.
//!     #[histogram(unit = "s", buckets = [0.1, 1, 10])]
//!     Wait { queue: &'a str },
//!     /// Jobs that wait.
//!     #[gauge]
//!     Waiting,
//! }
//!
//! fn work(queue: &str) {
//!     let timer = Worker::wait(queue).start_timer();
//!     Worker::waiting().set(3);
//!     timer.stop();
//!     Worker::jobs(queue, JobResult::Ok).inc();
//! }
//!
//! let seen = capture(|| work("mail"));
//! seen.assert_counter(Worker::Jobs { queue: "mail", result: JobResult::Ok }, 1);
//! seen.assert_counter(Worker::Jobs { queue: "mail", result: JobResult::Failed }, 0);
//! seen.assert_histogram_count(Worker::Wait { queue: "mail" }, 1);
//! seen.assert_gauge(Worker::Waiting, 3.0);
//! ```
//!
//! # From `prometheus-client`
//!
//! Before, with its registry read by the bridge:
//!
//! ```
//! use prometheus_client::encoding::{EncodeLabelSet, EncodeLabelValue};
//! use prometheus_client::metrics::counter::Counter;
//! use prometheus_client::metrics::family::Family;
//! use prometheus_client::metrics::gauge::Gauge;
//! use prometheus_client::registry::Registry;
//! use std::sync::Arc;
//! use typed_metrics::bridge::observe_prometheus_client;
//!
//! #[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelValue)]
//! enum Method {
//!     Get,
//!     Put,
//! }
//!
//! #[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
//! struct Labels {
//!     method: Method,
//!     path: String,
//! }
//!
//! let mut registry = Registry::with_prefix("old");
//! let calls = Family::<Labels, Counter>::default();
//! registry.register("calls", "Calls", calls.clone());
//! let open: Gauge = Gauge::default();
//! registry.register("open", "Open files", open.clone());
//! let _observation = observe_prometheus_client(Arc::new(registry));
//!
//! calls.get_or_create(&Labels { method: Method::Get, path: "/a".to_owned() }).inc();
//! calls.get_or_create(&Labels { method: Method::Put, path: "/a".to_owned() }).inc_by(2);
//! open.inc();
//!
//! let snapshot = typed_metrics::snapshot();
//! let calls = snapshot.get("old_calls").unwrap();
//! let get = calls.series_with(&[("method", "Get"), ("path", "/a")]).unwrap();
//! assert_eq!(get.value.as_f64(), 1.0);
//! ```
//!
//! After. A struct of labels is a [group](super::labels#groups-of-labels), which borrows:
//!
//! ```
//! use typed_metrics::testing::capture;
//! use typed_metrics::{Label, LabelGroup, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! #[label(rename_all = "PascalCase")]
//! enum Method {
//!     Get,
//!     Put,
//! }
//!
//! #[derive(Clone, Copy, LabelGroup)]
//! struct Call<'a> {
//!     method: Method,
//!     path: &'a str,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "from_client")]
//! enum Server<'a> {
//!     /// Calls.
//!     #[counter]
//!     Calls(Call<'a>),
//!     /// Open files.
//!     #[up_down_counter]
//!     Open,
//! }
//!
//! let seen = capture(|| {
//!     Server::calls(Call { method: Method::Get, path: "/a" }).inc();
//!     Server::calls(Call { method: Method::Put, path: "/a" }).add(2);
//!     Server::open().inc();
//! });
//! seen.assert_counter(Server::Calls(Call { method: Method::Put, path: "/a" }), 2);
//! let calls = seen.snapshot.get("from_client.calls").unwrap();
//! assert_eq!(calls.series[0].labels.to_string(), "method=Get path=/a");
//! ```
//!
//! # From OpenTelemetry's API
//!
//! Before. With the feature `otel`, the provider of this crate takes the place of the SDK's:
//!
//! ```
//! use opentelemetry::{KeyValue, global};
//!
//! global::set_meter_provider(typed_metrics::otel::meter_provider());
//!
//! let meter = global::meter("shop");
//! let orders = meter.u64_counter("old.orders").with_unit("{order}").build();
//! let value = meter.f64_histogram("old.order.value").with_unit("EUR").build();
//! let country = [KeyValue::new("country", "at")];
//! orders.add(1, &country);
//! value.record(49.5, &country);
//!
//! let snapshot = typed_metrics::snapshot();
//! let orders = snapshot.get("old.orders").unwrap();
//! assert_eq!(orders.series_with(&[("country", "at")]).unwrap().value.as_f64(), 1.0);
//! ```
//!
//! After:
//!
//! ```
//! use typed_metrics::Metrics;
//! use typed_metrics::testing::capture;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "from_otel")]
//! enum Shop<'a> {
//!     /// Orders.
//!     #[counter(unit = "{order}")]
//!     Orders { country: &'a str },
//!     /// Value of an order.
//!     #[histogram(name = "order.value", unit = "EUR")]
//!     OrderValue { country: &'a str },
//! }
//!
//! let seen = capture(|| {
//!     Shop::orders("at").inc();
//!     Shop::order_value("at").record(49.5);
//! });
//! seen.assert_counter(Shop::Orders { country: "at" }, 1);
//! assert_eq!(seen.histogram(Shop::OrderValue { country: "at" }).sum, 49.5);
//! ```
//!
//! | of the API and the SDK | here |
//! |---|---|
//! | `u64_counter`, `i64_up_down_counter`, `f64_gauge`, `f64_histogram` | `#[counter]`, `#[up_down_counter]`, `#[gauge]`, `#[histogram]` |
//! | `u64_observable_gauge(…).with_callback(…)` | `.observe(…)` of a handle, [`observe`](crate::observe()) |
//! | `counter.bind(&attributes)` | a [handle](super::recording#handles) that is kept |
//! | a view with boundaries | [`override_metric`](crate::override_metric), `TYPED_METRICS_BUCKETS` |
//! | `PeriodicReader`, `MetricExporter` | [`set_metric_handlers("otel")`](crate::set_metric_handlers), by the same variables |
//! | `provider.shutdown()` | [`shutdown_guard`](crate::shutdown_guard()) |
//!
//! # From autometrics
//!
//! Before, with its feature `metrics-0_24` and the recorder of the bridge:
//!
//! ```
//! use autometrics::autometrics;
//! use typed_metrics::bridge::MetricsRecorder;
//!
//! #[autometrics]
//! fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
//!     text.parse()
//! }
//!
//! MetricsRecorder::install().unwrap();
//! parse("7").unwrap();
//! parse("x").unwrap_err();
//!
//! let snapshot = typed_metrics::snapshot();
//! let calls = &snapshot.get("function_calls_total").unwrap().series;
//! let failed = calls.iter().find(|series| series.labels.to_string().contains("result=error"));
//! assert_eq!(failed.unwrap().value.as_f64(), 1.0);
//! assert_eq!(calls.iter().map(|series| series.value.as_f64()).sum::<f64>(), 2.0);
//! ```
//!
//! After. The histogram `function.duration` has the count of calls, by `outcome`, which also knows
//! panics and futures that were dropped:
//!
//! ```
//! use typed_metrics::testing::capture;
//! use typed_metrics::timed;
//!
//! #[timed]
//! fn parse(text: &str) -> Result<u8, std::num::ParseIntError> {
//!     text.parse()
//! }
//!
//! let seen = capture(|| {
//!     parse("7").unwrap();
//!     parse("x").unwrap_err();
//! });
//! let calls = seen.snapshot.get("function.duration").unwrap();
//! let failed = calls.series.iter().find(|s| s.labels.to_string().contains("outcome=error"));
//! assert_eq!(failed.unwrap().value.as_histogram().unwrap().count, 1);
//! ```
//!
//! | autometrics | here |
//! |---|---|
//! | `#[autometrics]` | [`#[timed]`](super::timed) |
//! | `#[autometrics]` above an `impl` | `#[timed]` above each function |
//! | `track_concurrency` | `in_flight` of `#[timed]` |
//! | `objective = API_SLO` | `objective` of `#[timed]`, from which the catalog makes alerts |
//! | `ok_if`, `error_if` | an outcome from the result: see [`timed`](super::timed) |
//! | `result="ok"`, `result="error"` | `outcome="ok"`, `error`, `cancelled`, `panicked` |
//! | `prometheus_exporter::init()` | `set_metric_handlers("prometheus")` |
//!
//! # From ragbits
//!
//! The functions of `ragbits.core.audit.metrics`, and their form here:
//!
//! | ragbits | here |
//! |---|---|
//! | `MetricType.HISTOGRAM`, `.COUNTER`, `.GAUGE` | [`MetricType::Histogram`](crate::MetricType), `::Counter`, `::Gauge` |
//! | `class MyCounterMetrics(str, Enum)` | an enum with [`#[derive(Metrics)]`](macro@crate::Metrics) |
//! | `Metric(name=…, description=…, unit=…, type=…)` | [`Metric::counter("…")`](crate::Metric) with `.description("…")` and `.unit("…")` |
//! | `register_metric(key, metric)` | [`register_metric(key, metric)`](crate::register_metric), or a variant, which needs no call |
//! | `record_metric(key, value, metric_type=…, **attributes)` | [`record_metric(key, value, type, attributes!(…))`](crate::record_metric()), or `Shop::request_count("/a").inc()` |
//! | `set_metric_handlers("otel")` | [`set_metric_handlers("otel")`](crate::set_metric_handlers) |
//! | `set_metric_handlers("logfire")` | `set_metric_handlers("logfire")`, with the feature `logfire` and `LOGFIRE_TOKEN` |
//! | `set_metric_handlers(OtelMetricHandler(provider))` | `set_metric_handlers(OtelHandler::new(provider))` |
//! | `set_metric_handlers([a, b])` | `set_metric_handlers((a, b))` |
//! | `clear_metric_handlers()` | [`clear_metric_handlers()`](crate::clear_metric_handlers) |
//! | `input_tokens`, `prompt_throughput`, `token_throughput`, `time_to_first_token` | the same names, by `llm::LlmCall` with the feature `llm` |
//! | `OTLPMetricExporter(endpoint=…)`, `Resource(…)` | `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTEL_SERVICE_NAME`, or [the builder](super::handlers) |
//!
//! The program of ragbits' page on metrics, with metrics that are known at run time. `"requests"`
//! is no UCUM unit: a count of things is written in braces, which the error would say:
//!
//! ```
//! use typed_metrics::{Metric, MetricType, attributes, record_metric, register_metric};
//!
//! // register_metric(MyHistogramMetrics.REQUEST_DURATION, Metric(name="request_duration", …))
//! register_metric(
//!     "request_duration",
//!     Metric::histogram("request_duration")
//!         .description("Duration of requests in milliseconds")
//!         .unit("ms"),
//! )?;
//! // register_metric(MyCounterMetrics.REQUEST_COUNT, Metric(name="request_count", …))
//! register_metric(
//!     "request_count",
//!     Metric::counter("request_count")
//!         .description("Number of requests processed")
//!         .unit("{request}"),
//! )?;
//!
//! // record_metric(MyHistogramMetrics.REQUEST_DURATION, 150, metric_type=MetricType.HISTOGRAM,
//! //               endpoint="/api/search")
//! let attributes = attributes!("endpoint" => "/api/search");
//! record_metric("request_duration", 150, MetricType::Histogram, attributes)?;
//! // record_metric(MyCounterMetrics.REQUEST_COUNT, 1, metric_type=MetricType.COUNTER,
//! //               endpoint="/api/search", status_code=200)
//! let attributes = attributes!("endpoint" => "/api/search", "status_code" => 200);
//! record_metric("request_count", 1, MetricType::Counter, attributes)?;
//!
//! let snapshot = typed_metrics::snapshot();
//! let count = snapshot.get("request_count").unwrap();
//! let labels = [("endpoint", "/api/search"), ("status_code", "200")];
//! assert_eq!(count.series_with(&labels).unwrap().value.as_f64(), 1.0);
//!
//! // A metric that is recorded with another type is an error, and not a second metric.
//! let error = record_metric("request_count", 1, MetricType::Gauge, attributes!()).unwrap_err();
//! assert!(error.to_string().contains("registered as a counter, not as a gauge"));
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! The same, typed:
//!
//! ```
//! use std::time::Duration;
//! use typed_metrics::testing::capture;
//! use typed_metrics::{Label, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! enum Endpoint {
//!     #[label(name = "/api/search")]
//!     Search,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "from_ragbits")]
//! enum My {
//!     /// Duration of requests.
//!     #[histogram(unit = "ms")]
//!     RequestDuration { endpoint: Endpoint },
//!     /// Number of requests processed.
//!     #[counter(unit = "{request}")]
//!     RequestCount { endpoint: Endpoint, status_code: u16 },
//!     /// Memory in use. Gauges work, too.
//!     #[gauge(unit = "By")]
//!     Memory,
//! }
//!
//! let seen = capture(|| {
//!     My::request_duration(Endpoint::Search).record(Duration::from_millis(150));
//!     My::request_count(Endpoint::Search, 200).inc();
//!     My::memory().set(1 << 20);
//! });
//! seen.assert_counter(My::RequestCount { endpoint: Endpoint::Search, status_code: 200 }, 1);
//! assert_eq!(seen.histogram(My::RequestDuration { endpoint: Endpoint::Search }).sum, 150.0);
//! seen.assert_gauge(My::Memory, f64::from(1 << 20));
//! ```
//!
//! Handlers, by name, by instance, several, and none:
//!
//! ```
//! use std::time::Duration;
//! use typed_metrics::{
//!     InMemoryHandler, OtelHandler, clear_metric_handlers, set_metric_handlers,
//! };
//!
//! // set_metric_handlers("otel"): the endpoint and the service come from OTEL_… variables.
//! set_metric_handlers("otel")?;
//! // set_metric_handlers(OtelMetricHandler(provider))
//! let handler = OtelHandler::otlp()
//!     .endpoint("http://localhost:4318")
//!     .service_name("ragbits-example")
//!     .interval(Duration::from_secs(1))
//!     .build()?;
//! set_metric_handlers(handler)?;
//! // set_metric_handlers(["otel", my_handler])
//! set_metric_handlers(("console", InMemoryHandler::new()))?;
//! // clear_metric_handlers()
//! clear_metric_handlers();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The metrics of LLM calls, which ragbits records by default:
//!
//! ```
//! use typed_metrics::llm::{LlmCall, Usage};
//! use typed_metrics::testing::capture;
//!
//! let seen = capture(|| {
//!     let call = LlmCall::start("gpt-5");
//!     // … the request …
//!     call.finish(Usage::new(120, 40));
//! });
//! for name in ["input_tokens", "prompt_throughput", "token_throughput"] {
//!     let metric = seen.snapshot.get(name).unwrap();
//!     assert_eq!(metric.series[0].value.as_histogram().unwrap().count, 1, "{name}");
//! }
//! ```
//!
//! `LlmCall::stream` wraps the stream of any client, and adds `time_to_first_token`.
