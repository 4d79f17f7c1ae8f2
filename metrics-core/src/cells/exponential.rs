//! Exponential histograms: the index of a value's bucket, and buckets whose scale falls as the
//! range of the values grows.
//!
//! The buckets are those of OpenTelemetry's [exponential histogram]. Their limits are the powers of
//! a base, `2^(2^-scale)`, and the bucket with the index `i` holds the values in
//! `(base^i, base^(i + 1)]`. One step of the scale joins two buckets: the index is halved. So
//! histograms of different scales can be added and subtracted exactly, at the lower scale.
//!
//! [exponential histogram]: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram

pub(crate) mod buckets;
pub(crate) mod index;
mod limits;
pub(crate) mod spans;
pub(crate) mod window;
