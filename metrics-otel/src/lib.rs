//! OpenTelemetry for [typed-metrics]: exports through any meter provider.
//!
//! [`OtelHandler`] hands what is recorded to the SDK of OpenTelemetry, at the beginning of each of
//! its collections. So nothing of OpenTelemetry is on the recording path, and everything the SDK can
//! do with a metric, it can do with these: readers, temporalities, views, exporters.
//!
//! With [`OtelHandler::otlp`] there is a way without a provider of yours: a pipeline that collects, and
//! sends by OTLP over HTTP or gRPC, from a thread of its own. What cannot be sent waits in a spool.
//!
//! # What arrives
//!
//! Counters and up-down counters arrive as differences in sync instruments, gauges as observable
//! ones. Histograms are *replayed*: as many values are recorded as came, so that count, buckets,
//! minimum and maximum are exact and the sum is right to a relative error of 1e-12. That takes some
//! 15 ns a value, on the thread that collects: a million values a second take 2 % of a core. A provider
//! that comes late gets everything from the beginning, so its first collection takes 15 seconds for
//! each billion of values.
//!
//! Under delta temporality, minimum and maximum of an interval can be off, inside their buckets, by
//! what was recorded in the very moment of a collection; over the whole lifetime they never are.
//! Where a thread records several values in that moment, a few instructions of the collecting thread,
//! the sum of that replay can be off by a fraction of what those values differ.
//!
//! # What views can see
//!
//! Renamed streams and dropped attributes are exact. Under a view with other buckets, or with an
//! exponential histogram, count, sum, minimum and maximum are; the shape is as fine as the buckets of
//! the metric, because inside them the values' places are not known any more.
//!
//! # What does not go away
//!
//! The SDK forgets nothing under cumulative temporality: a counter or a histogram that is removed
//! here goes on being exported with its last value, and takes one of the places that the SDK has for
//! series; an up-down counter goes back to zero. Gauges go away.
//!
//! # What is lost, and when
//!
//! In a pipeline of [`OtelHandler::otlp`], by HTTP and by gRPC alike:
//!
//! - what a collector refuses for good, such as a wrong token or a malformed request (under cumulative
//!   temporality, later exports make up for it);
//! - the oldest batches of an outage that outgrows the spool;
//! - with a spool in memory, what could not be sent by the end of the shutdown; with one in a folder,
//!   nothing, as the next start sends it;
//! - what was recorded since the last collection, if the program ends without a shutdown.
//!
//! Each but the last is counted in the metric `typed_metrics.otlp.dropped` and logged, or in the error of
//! the shutdown. A batch whose answer was lost is sent again, so a collector may get it twice; its data
//! points have the same times then.
//!
//! With a provider of yours, its exporter decides. That of `opentelemetry-otlp` 0.33 tries again for as
//! long as its timeout and then drops the batch: under cumulative temporality the next one has
//! everything, under delta that interval is lost. Integers above `i64::MAX` arrive as 0, as OTLP has no
//! others.
//!
//! Use it through the feature `otel` of the facade. There, the handler is also known as `"otel"`: the
//! provider that is set globally, or else a pipeline from the environment.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![cfg_attr(docsrs, feature(doc_cfg))]

mod attributes;
mod bridge;
mod handler;
mod instrument;
mod late;
mod limit;
mod named;
mod otlp;
mod replay;

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

pub use handler::OtelHandler;
pub use limit::series_limits;
pub use opentelemetry_sdk::metrics::Temporality;
#[doc(hidden)]
pub use otlp::Vendor;
pub use otlp::{Compression, OtlpBuilder, OtlpError, Protocol};

/// Locks, whether or not a panic happened under the lock: no state here is left half-changed.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The same, unless somebody holds it.
fn try_lock<T: ?Sized>(mutex: &Mutex<T>) -> Option<MutexGuard<'_, T>> {
    match mutex.try_lock() {
        Ok(guard) => Some(guard),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}
