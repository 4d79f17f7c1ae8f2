//! The metrics of operations.

use typed_metrics_derive::{LabelGroup, Metrics};

use crate::system::System;

/// The labels of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, LabelGroup)]
#[label(crate = typed_metrics_core)]
pub struct DbOperation<'a> {
    /// The product.
    #[label(name = "db.system.name")]
    pub system: System<'a>,
    /// The name of the database within its server.
    #[label(name = "db.namespace")]
    pub namespace: Option<&'a str>,
    /// The operation, such as `SELECT`.
    #[label(name = "db.operation.name")]
    pub operation: Option<&'a str>,
    /// The table, collection or key space.
    #[label(name = "db.collection.name")]
    pub collection: Option<&'a str>,
    /// A short text that describes the query: one of the program, or the operations of a query of
    /// `SqlxPool`.
    #[label(name = "db.query.summary")]
    pub summary: Option<&'a str>,
    /// The code of an error that the database answered; absent without an error.
    #[label(name = "db.response.status_code")]
    pub status: Option<&'a str>,
    /// See [`Failure`](crate::Failure); absent if the operation succeeded.
    #[label(name = "error.type")]
    pub error_type: Option<&'a str>,
    /// The server's name, its address, or the path of its socket.
    #[label(name = "server.address")]
    pub address: Option<&'a str>,
    /// The server's port.
    #[label(name = "server.port")]
    pub port: Option<u16>,
}

impl<'a> DbOperation<'a> {
    /// The labels of an operation on this system; all others are absent.
    #[must_use]
    pub const fn of(system: System<'a>) -> Self {
        Self {
            system,
            namespace: None,
            operation: None,
            collection: None,
            summary: None,
            status: None,
            error_type: None,
            address: None,
            port: None,
        }
    }
}

/// The metrics of operations by [OpenTelemetry's conventions][conventions].
///
/// [conventions]: https://opentelemetry.io/docs/specs/semconv/db/database-metrics/
#[derive(Metrics, Debug, Clone, Copy)]
#[metrics(prefix = "db.client", crate = typed_metrics_core)]
#[non_exhaustive]
pub enum DbMetrics<'a> {
    /// Duration of database client operations.
    #[histogram(
        name = "operation.duration",
        unit = "s",
        buckets = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10]
    )]
    OperationDuration(DbOperation<'a>),

    /// Number of rows that operations returned.
    #[histogram(
        name = "response.returned_rows",
        unit = "{row}",
        buckets = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000]
    )]
    ReturnedRows(DbOperation<'a>),
}
