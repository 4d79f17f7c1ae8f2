//! The metrics of connection pools.

use typed_metrics_derive::{Label, Metrics};

/// The state of a pool's connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(crate = typed_metrics_core)]
pub enum ConnectionState {
    /// In the pool.
    Idle,
    /// Lent to the program.
    Used,
}

/// The metrics of connection pools by [OpenTelemetry's conventions][conventions], which give no
/// buckets for these durations.
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/db/database-metrics/#connection-pools
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "db.client.connection", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum PoolMetrics<'a> {
    /// Number of connections of the pool, by their state.
    #[up_down_counter(name = "count", unit = "{connection}")]
    Count {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
        /// In the pool, or lent to the program.
        #[label(name = "db.client.connection.state")]
        state: ConnectionState,
    },

    /// Largest number of connections that the pool may open.
    #[up_down_counter(name = "max", unit = "{connection}")]
    Max {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
    },

    /// Smallest number of idle connections that the pool keeps.
    #[up_down_counter(name = "idle.min", unit = "{connection}")]
    IdleMin {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
    },

    /// Number of requests that wait for a connection.
    #[up_down_counter(name = "pending_requests", unit = "{request}")]
    PendingRequests {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
    },

    /// Number of requests that timed out while they waited for a connection.
    #[counter(name = "timeouts", unit = "{timeout}")]
    Timeouts {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
    },

    /// Time that it took to open a connection.
    #[histogram(
        name = "create_time",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
    )]
    CreateTime {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
    },

    /// Time that it took to get a connection from the pool.
    #[histogram(
        name = "wait_time",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
    )]
    WaitTime {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
    },

    /// Time from the loan of a connection to its return.
    #[histogram(
        name = "use_time",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
    )]
    UseTime {
        /// The name of the pool.
        #[label(name = "db.client.connection.pool.name")]
        pool: &'a str,
    },
}
