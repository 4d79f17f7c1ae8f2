//! A dependency that defines the metrics of `tests/conflict.rs` in another way.

use typed_metrics::Metrics;

/// The metrics of this library.
#[derive(Metrics)]
#[metrics(prefix = "conflict")]
pub enum Theirs<'a> {
    /// Time of a request.
    #[histogram(unit = "s", buckets = [1, 10])]
    Duration,
    /// Requests of the library.
    #[counter]
    Requests {
        /// The host of the request.
        host: &'a str,
    },
}
