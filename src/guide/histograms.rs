//! Histograms: buckets that are declared, and buckets that adapt to the values.
//!
//! # Buckets
//!
//! `buckets` takes a list, a [constant](super::declaring#constants), or one of the generators
//! `exponential(start, factor, count)` and `linear(start, width, count)`:
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! enum Sizes {
//!     #[histogram(unit = "By", buckets = [1024, 65536, 1048576])]
//!     Upload,
//!     #[histogram(unit = "By", buckets = exponential(64, 4, 5))]
//!     Download,
//!     #[histogram(unit = "%", buckets = linear(0, 25, 5))]
//!     Fill,
//!     #[histogram(unit = "s")]
//!     Wait,
//! }
//!
//! let buckets: Vec<_> = Sizes::descriptors().iter().map(|d| d.boundaries()).collect();
//! assert_eq!(buckets[1], [64.0, 256.0, 1024.0, 4096.0, 16384.0]);
//! assert_eq!(buckets[2], [0.0, 25.0, 50.0, 75.0, 100.0]);
//! assert_eq!(buckets[3][..3], [0.005, 0.01, 0.025]);
//! ```
//!
//! Without `buckets`, a histogram with a unit of time (`ns`, `us`, `ms`, `s`, `min`, `h`, `d`) gets
//! buckets in that unit, made from OpenTelemetry's buckets for request durations. Any other
//! histogram gets OpenTelemetry's default buckets.
//! [`buckets::default_for`](crate::buckets::default_for) returns both.
//!
//! `buckets` on the enum is for all of its histograms that have no `buckets` of their own and are
//! not [exponential](#exponential-histograms). The
//! boundaries are numbers of one unit, so these histograms must have the same unit:
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "barge", buckets = [60, 300, 900])]
//! enum Barge {
//!     #[histogram(unit = "s")]
//!     Loading,
//!     #[histogram(unit = "s")]
//!     Crossing,
//!     #[histogram(unit = "t", buckets = exponential(1, 2, 6))]
//!     Cargo,
//! }
//!
//! let buckets: Vec<_> = Barge::descriptors().iter().map(|d| d.boundaries()).collect();
//! assert_eq!(buckets[..2], [[60.0, 300.0, 900.0]; 2]);
//! assert_eq!(buckets[2], [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]);
//! ```
//!
//! # Exponential histograms
//!
//! The buckets of an exponential histogram adapt to the values that it records. So nobody has to
//! know the range of the values beforehand, and percentiles have a small relative error.
//!
//! ```
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "depot")]
//! enum Depot {
//!     #[histogram(unit = "s", exponential)]
//!     Loading,
//!     /// How late trains are. Half a second is on time.
//!     #[histogram(unit = "s", exponential, max_size = 80, zero_threshold = 0.5)]
//!     Delay,
//! }
//!
//! for tenths in 1..=800 {
//!     Depot::loading().record(f64::from(tenths) / 10.0);
//! }
//! Depot::delay().record(0.25);
//!
//! let snapshot = typed_metrics::snapshot();
//! let histogram = |name: &str| {
//!     snapshot.get(name).unwrap().series[0].value.as_histogram().unwrap().clone()
//! };
//! let loading = histogram("depot.loading");
//! assert_eq!(loading.exponential.as_ref().unwrap().scale, 4);
//! // At the scale 4, the error is below 4.5 %. The exact value is 79.2 s.
//! assert!((loading.quantile(0.99) - 79.2).abs() < 0.045 * 79.2);
//! assert_eq!(histogram("depot.delay").exponential.unwrap().zeros, 1);
//! ```
//!
//! The buckets are those of OpenTelemetry's [exponential histogram]. Their limits are the powers of
//! `2^(2^-scale)`. A series begins at the scale 20. When the values need more buckets than
//! `max_size`, the scale falls: each step joins two buckets into one, and no value is lost. The
//! scale rises only when the series is removed and comes back. Values from `-zero_threshold` to
//! `zero_threshold` are in a bucket of their own. A pipeline and Prometheus export the threshold;
//! OpenTelemetry's SDK knows none, so there these values are in buckets near zero. `max_size` is
//! from 4 to 496. It counts the buckets of positive and of negative values together, while
//! OpenTelemetry's SDKs count each of them alone: so a histogram with values of both signs may have
//! a scale that is one step lower here.
//!
//! The error of a percentile is below `2^(2^-scale) - 1` of the value, which is the width of one
//! bucket. With 160 buckets, the ratio of the largest to the smallest positive value determines the
//! scale, as `log2(ratio) * 2^scale` may be at most 158:
//!
//! | largest value / smallest value | scale | error of percentiles |
//! |---|---|---|
//! | up to 5 | 6 | below 1.1 % |
//! | up to 30 | 5 | below 2.2 % |
//! | up to 900 | 4 | below 4.5 % |
//! | up to 880,000 | 3 | below 9.1 % |
//! | up to 10^11 | 2 | below 19 % |
//!
//! When to use which:
//!
//! - `exponential`, if the range of the values is not known or is large, and if percentiles matter.
//!   The back end must take such histograms: OTLP and newer Prometheus servers do.
//! - `buckets`, if the number of values up to certain limits matters, as for an objective such as
//!   "99 % of the requests within 250 ms". Fixed buckets also take less memory:
//!   [`cost`](super::cost#memory) compares both.
//!
//! [exponential histogram]: https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
