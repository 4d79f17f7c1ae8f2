//! Lead from a metric to a trace: exemplars.
//!
//! An exemplar is one measurement of a series, with its value, its time and the ids of the span in
//! which it was made. A dashboard shows it as a point on the graph, and links the point to the
//! trace: so a slow bucket of a histogram leads to a request that was slow.
//!
//! # Switch them on
//!
//! Exemplars are off until the program or a handler switches them on. Then recording costs more
//! ([Cost](#cost)).
//!
//! - The handler `otel`: set `OTEL_METRICS_EXEMPLAR_FILTER=trace_based`, or call
//!   [`OtlpBuilder::exemplars`][builder]. The feature `otel-trace` brings the current span of
//!   OpenTelemetry's context. A span of the crate `tracing` is there too, if the program has a
//!   layer of `tracing-opentelemetry`.
//! - Programs that Prometheus scrapes: call [`set_exemplars`](crate::set_exemplars) with
//!   `typed_metrics::otel::current_span` of the feature `otel-trace`.
//! - Other tracing libraries: call [`set_exemplars`](crate::set_exemplars) with a function that
//!   returns the current span of its thread. It is a plain `fn() -> Option<CurrentSpan>`, which
//!   captures nothing: the span is in a `static` or in thread-local storage.
//!
//! The filter `trace_based` of the handler `otel` needs the feature `otel-trace`; `always_on` does
//! not, and then exemplars have no span. A call of `set_exemplars` wins over the handler and its
//! variable, whichever comes first.
//!
//! [builder]: https://docs.rs/typed-metrics-otel/latest/typed_metrics_otel/struct.OtlpBuilder.html
//!
//! ```
//! use std::cell::Cell;
//! use typed_metrics::{CurrentSpan, ExemplarFilter, Metrics, Reader, set_exemplars};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "canteen")]
//! enum Kitchen {
//!     #[histogram(unit = "min", buckets = [5, 30])]
//!     Cooking,
//! }
//!
//! thread_local! {
//!     static ORDER: Cell<Option<u128>> = const { Cell::new(None) };
//! }
//!
//! fn current_span() -> Option<CurrentSpan> {
//!     let order = ORDER.get()?;
//!     Some(CurrentSpan::new(order.to_be_bytes(), [1; 8], true).label("table", 12))
//! }
//!
//! let reader = Reader::new();
//! set_exemplars(ExemplarFilter::TraceBased, current_span);
//! ORDER.set(Some(4711));
//! Kitchen::cooking().record(3.0);
//! Kitchen::cooking().record(45.0);
//!
//! let snapshot = reader.collect();
//! let [fast, slow] = &*snapshot.get("canteen.cooking").unwrap().series[0].exemplars else {
//!     panic!("one for each bucket with values")
//! };
//! assert_eq!((fast.value.as_f64(), slow.value.as_f64()), (3.0, 45.0));
//! assert_eq!(slow.trace_id, Some(4711_u128.to_be_bytes()));
//! assert_eq!(slow.labels.to_string(), "table=12");
//! # set_exemplars(ExemplarFilter::AlwaysOff, || None);
//! ```
//!
//! [`ExemplarFilter`](crate::ExemplarFilter) has the filters of OpenTelemetry: `trace_based` for
//! measurements inside of sampled spans, `always_on` for all measurements, and `always_off`.
//!
//! # Which measurements are chosen
//!
//! Counters and histograms have exemplars; up-down counters and gauges have none. At each
//! collection, a reader gets at most one exemplar for each counter series, for each bucket of a
//! histogram series, and for each exponential histogram series. It is chosen among the measurements
//! since the reader's last collection, each with the same chance: by reservoir sampling, with the
//! skips of Li's Algorithm L. [`set_exemplars`](crate::set_exemplars) names the few exceptions.
//!
//! - A reader that collects seldom is not disturbed by one that collects often: its choice is as
//!   even over its own interval.
//! - Prometheus has no intervals. A scrape shows the last exemplar of each series and bucket.
//! - A removed series hands over its exemplars with its last value.
//! - A [capture](crate::testing::capture) has no exemplars. The readers of the process get those of
//!   its measurements.
//! - A forked process has exemplars of its own measurements only.
//! - A series whose cells are beyond the [memory of a thread](super::cost#memory) has none.
//!
//! # Labels
//!
//! The labels of the series are not repeated. The function of the current span may add labels of
//! the measurement that are no labels of the series, such as the id of a user:
//! [`CurrentSpan::label`](crate::CurrentSpan::label). They arrive as filtered attributes over OTLP.
//!
//! # Where they arrive
//!
//! - Over OTLP, in the data points of counters and histograms.
//! - In OpenMetrics, behind the samples `_total` and `_bucket`, and in Prometheus' protobuf format.
//!   The text formats 0.0.4 and 1.0.0 have none. `trace_id`, `span_id` and the added labels may
//!   have 128 characters together; a label that does not fit is left out. Prometheus stores
//!   exemplars with `--enable-feature=exemplar-storage`. To look at them, ask for OpenMetrics:
//!   `curl -H 'Accept: application/openmetrics-text; version=1.0.0' 127.0.0.1:9464/metrics`.
//! - In [`SeriesSnapshot::exemplars`](crate::SeriesSnapshot::exemplars).
//! - Not through a meter provider of OpenTelemetry's API, which takes no exemplars.
//!
//! # Cost
//!
//! Switched off, exemplars cost nothing: the machine code of a record is the same. While they are
//! on, a record makes one more call and one subtraction; few measurements of a busy series ask for
//! the current span. The first measurement of a series in each interval asks. `cargo bench -p
//! typed-metrics-core --bench exemplars` compares the costs on your machine. Memory: 4 KiB for each
//! thread and 512 cells, and about 250 bytes for each counter or bucket that had a candidate.
