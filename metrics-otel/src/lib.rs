//! OpenTelemetry for [typed-metrics]: export by OTLP, or through any meter provider.
//!
//! There are two ways, and recording calls OpenTelemetry in neither of them:
//!
//! - [`OtelHandler::otlp`] builds a pipeline that collects, encodes OTLP itself, and sends over
//!   HTTP or gRPC. Use it unless you need a provider. It costs less CPU, keeps batches during an
//!   outage under every temporality, exports removed series correctly, and needs no other crate.
//! - [`OtelHandler::new`] exports through a meter provider of yours, with its readers, views and
//!   exporters. Use it if your program has such a provider already, for views, or for an exporter
//!   other than OTLP. For the provider of OpenTelemetry's SDK, add the feature `sdk` (`otel-sdk` in
//!   the facade).
//!
//! [`meter_provider`] is the other direction: crates that record through OpenTelemetry's API reach
//! every handler of this framework.
//!
//! # How metrics arrive by OTLP
//!
//! Counters, up-down counters and gauges arrive as they are, histograms with count, sum, minimum,
//! maximum and the metric's own buckets: explicit ones, or those of an exponential histogram with
//! their scale. The scale of an interval is that of the series, so it only falls until the series
//! is removed. [`Temporality`] says since when values count. A cumulative
//! series begins at its creation, or at the removal after which it came back. A change begins where
//! the interval before ended.
//!
//! A removed counter or histogram is exported once more, with its last value, and then no more. A
//! removed up-down counter is exported once more as zero. A removed gauge disappears.
//!
//! Integers above `i64::MAX` arrive as `i64::MAX`, because OTLP has no larger integers; this is
//! reported once.
//!
//! With `base2_exponential_bucket_histogram` in
//! `OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION`, every histogram of the program is
//! exponential from the time when the pipeline is built, for all handlers. Histograms
//! that were recorded or read before keep the buckets of their definition, and a warning names
//! them. So set the handler first. Buckets that the program overrides stay as they are.
//!
//! # How metrics arrive through a provider
//!
//! At the beginning of each of the provider's collections, the handler hands recorded values on.
//! Counters and up-down counters arrive as differences in synchronous instruments, gauges in
//! observable instruments. Histograms are *replayed*: for each interval, as many values are
//! recorded as the histogram received, each in its bucket. So count, buckets, minimum and maximum
//! are exact, and the
//! sum has a relative error of at most 1e-12. A replay takes about 15 ns a value on the collecting
//! thread: a million values a second take 2 % of a core. A provider that is set late gets all
//! values from the start, so its first collection takes 15 seconds for each billion of values.
//!
//! Under delta temporality, an interval's minimum and maximum can deviate, inside their buckets,
//! because of values that were recorded during the collection. Over the whole lifetime they are
//! always exact. If a thread records several values within the few instructions in which the
//! collecting thread reads them, the sum of that replay can deviate by a fraction of the difference
//! between those values.
//!
//! The SDK decides how a histogram counts. With the view `series_limits` (feature `sdk`),
//! exponential histograms are exponential in the SDK too. Without the view, or in another SDK, they
//! have the default buckets for their unit.
//!
//! The SDK knows no `zero_threshold`: only 0 counts as zero there. The values that a histogram
//! counts in its zero bucket arrive in the SDK's buckets from `-zero_threshold` to
//! `zero_threshold`, so count, sum, minimum and maximum stay as exact as without a threshold.
//!
//! In views, renamed streams and dropped attributes are exact. Under a view with other buckets or
//! with an exponential histogram, count, sum, minimum and maximum are exact. The shape is only as
//! fine as the metric's own buckets, because the values' positions inside the buckets are not
//! known.
//!
//! Under cumulative temporality, the SDK never forgets a series. A removed counter or histogram is
//! still exported with its last value, and still counts towards the SDK's limit on series. A
//! removed up-down counter goes back to zero. A removed gauge disappears.
//!
//! # Lost data
//!
//! A pipeline of [`OtelHandler::otlp`] loses, by HTTP and by gRPC alike:
//!
//! - batches that a collector refuses for good, for example because of a wrong token or a malformed
//!   request (under cumulative temporality, later exports contain their values);
//! - the oldest batches of an outage that exceeds the spool's limit;
//! - a batch that the collector never accepts, while it accepts the batches behind it;
//! - with a spool in memory, batches that could not be sent by the end of the shutdown; with a
//!   spool in a folder, none of them that the disk has taken, because the next start sends them;
//! - the values recorded since the last collection, if the program ends without a shutdown.
//!
//! Each loss but the last is counted in the metric `typed_metrics.otlp.dropped`, and is logged or
//! reported in the error of the shutdown. In a program without a logger, each kind of loss is
//! written to standard error once. `typed_metrics::snapshot()` has the metric, also after the
//! shutdown. A batch whose answer was lost is sent again, so a collector may
//! receive it twice, with the same times.
//!
//! With a provider of yours, its exporter decides. The exporter of `opentelemetry-otlp` 0.33
//! retries until its timeout and then drops the batch: under cumulative temporality the next export
//! contains the values, under delta temporality the interval is lost. Integers above `i64::MAX`
//! arrive as 0.
//!
//! Use this crate through the feature `otel` of the facade. There, the handler also has the name
//! `"otel"`: it takes the global provider if one is set, else a pipeline from the variables.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod api;
mod builder;
mod collecting;
mod destination;
mod handler;
mod lock;
mod named;
mod otlp;
mod process;
mod provider;
mod several;
#[cfg(feature = "trace")]
mod span;

pub use api::provider::{TypedMeterProvider, meter_provider};
pub use builder::OtlpBuilder;
pub use handler::OtelHandler;
pub use otlp::config::mistakes::OtlpError;
pub use otlp::config::protocol::{Compression, Protocol};
pub use otlp::config::temporality::Temporality;
#[doc(hidden)]
pub use otlp::config::vendor::Vendor;
#[cfg(all(fuzzing, feature = "grpc"))]
#[doc(hidden)]
pub use otlp::{encoder, fuzzing};
#[cfg(feature = "sdk")]
pub use provider::view::series_limits;
#[cfg(feature = "trace")]
pub use span::current_span;
