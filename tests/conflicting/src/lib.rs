//! A dependency that defines metrics of `tests/conflict.rs` in another way.

use typed_metrics::Metrics;

/// What this library measures.
#[derive(Metrics)]
#[metrics(prefix = "conflict")]
pub enum Theirs<'a> {
    /// Time of a request.
    #[histogram(unit = "s", buckets = [1, 10])]
    Duration,
    /// Requests of the library.
    #[counter]
    Requests {
        /// The host that was asked.
        host: &'a str,
    },
}
