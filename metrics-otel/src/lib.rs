//! OpenTelemetry for [typed-metrics]: export through any meter provider.
//!
//! [`OtelHandler`] hands recorded values to the OpenTelemetry SDK at the beginning of each of the
//! SDK's collections. So recording never calls OpenTelemetry, and all features of the SDK apply to
//! typed metrics: readers, temporalities, views, exporters.
//!
//! [`OtelHandler::otlp`] needs no provider of yours: it builds a pipeline that collects, and sends
//! by OTLP over HTTP or gRPC from a thread of its own. Batches that cannot be sent wait in a spool.
//!
//! # How metrics arrive
//!
//! Counters and up-down counters arrive as differences in synchronous instruments, gauges in
//! observable instruments. Histograms are *replayed*: for each interval, as many values are
//! recorded as the histogram received. So count, buckets, minimum and maximum are exact, and the
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
//! # What views can see
//!
//! Renamed streams and dropped attributes are exact. Under a view with other buckets or with an
//! exponential histogram, count, sum, minimum and maximum are exact. The shape is only as fine as
//! the metric's own buckets, because the values' positions inside the buckets are not known.
//!
//! # Removed series
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
//! arrive as 0, because OTLP has no larger integers.
//!
//! Use this crate through the feature `otel` of the facade. There, the handler also has the name
//! `"otel"`: it takes the global provider if one is set, else a pipeline from the variables.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod destination;
mod handler;
mod lock;
mod named;
mod otlp;
mod process;
mod provider;
mod several;

pub use builder::OtlpBuilder;
pub use handler::OtelHandler;
pub use opentelemetry_sdk::metrics::Temporality;
pub use otlp::config::mistakes::OtlpError;
pub use otlp::config::protocol::{Compression, Protocol};
#[doc(hidden)]
pub use otlp::config::vendor::Vendor;
pub use provider::limit::series_limits;
