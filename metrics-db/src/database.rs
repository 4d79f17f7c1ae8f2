//! A database, as labels name it.

use std::fmt;
use std::sync::Arc;

use crate::by_type::ByType;
use crate::failure::Failure;
use crate::operation::Operation;
use crate::system::System;
use crate::target::{Naming, Target};

/// A database, as labels name it, and the names of its client's errors.
///
/// All texts come from the program or from its configuration. No label is ever the text of a query.
/// The process keeps the first 1000 different names of databases and servers for ever; operations
/// with another one cost more.
///
/// ```
/// use typed_metrics_db::{Database, System};
///
/// static CACHE: Database = Database::new(System::REDIS);
///
/// let host = String::from("db.internal"); // from the configuration
/// let shop = Database::new(System::POSTGRESQL).namespace("shop").server(host, 6432);
/// # let _ = shop.operation("SELECT");
/// ```
#[derive(Clone)]
#[must_use = "a database measures nothing by itself"]
pub struct Database<N = ByType> {
    target: Target,
    pub(crate) names: N,
}

impl Database {
    /// A database of this system. Its errors are named [by their types](ByType).
    pub const fn new(system: System<'static>) -> Self {
        Self { target: Target::new(system), names: ByType }
    }
}

impl<N> Database<N> {
    /// Sets the label `db.namespace`: the name of the database within its server.
    pub fn namespace(mut self, name: impl Into<Arc<str>>) -> Self {
        self.target.set_namespace(name.into());
        self
    }

    /// Sets the labels `server.address` and `server.port`. A server that listens on a Unix socket
    /// has the socket's path as its address, and `None` as its port.
    ///
    /// The label `server.port` is absent if the port is the [default](System::default_port) of the
    /// system, by [OpenTelemetry's conventions][conventions].
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_db as db;
    /// use db::{Database, DbMetrics, DbOperation, System};
    /// use typed_metrics::testing::capture;
    ///
    /// let local = Database::new(System::POSTGRESQL).server("/run/postgresql", None);
    /// let proxied = Database::new(System::POSTGRESQL).server("db.internal", 6432);
    /// let direct = Database::new(System::POSTGRESQL).server("db.internal", 5432);
    ///
    /// let seen = capture(|| {
    ///     for database in [local, proxied, direct] {
    ///         database.operation("SELECT").start().succeed();
    ///     }
    /// });
    /// for (address, port) in
    ///     [("/run/postgresql", None), ("db.internal", Some(6432)), ("db.internal", None)]
    /// {
    ///     let labels = DbOperation {
    ///         operation: Some("SELECT"),
    ///         address: Some(address),
    ///         port,
    ///         ..DbOperation::of(System::POSTGRESQL)
    ///     };
    ///     seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
    /// }
    /// ```
    ///
    /// [conventions]: https://opentelemetry.io/docs/specs/semconv/db/database-metrics/
    pub fn server(mut self, address: impl Into<Arc<str>>, port: impl Into<Option<u16>>) -> Self {
        let default_port = self.target.system.default_port();
        self.target.set_address(address.into());
        self.target.port = port.into().filter(|&port| default_port != Some(port));
        self
    }

    /// Names the errors of the client.
    ///
    /// ```
    /// use rusqlite::Error;
    /// use typed_metrics_db::{Database, Failure, System};
    ///
    /// let database = Database::new(System::SQLITE).errors(|error: &Error| match error {
    ///     Error::SqliteFailure(failure, _) => Failure::status(failure.extended_code.to_string()),
    ///     Error::QueryReturnedNoRows => Failure::none(),
    ///     _ => Failure::of_type("rusqlite"),
    /// });
    /// # let _ = database.operation("SELECT");
    /// ```
    pub fn errors<E, F>(self, name: F) -> Database<F>
    where
        F: for<'e> Fn(&'e E) -> Failure<'e>,
    {
        Database { target: self.target, names: name }
    }

    /// An operation, such as `SELECT` or `HGET`: the label `db.operation.name`. The name is a text
    /// of the program, so the number of series is bounded by its code. A batch of operations of one
    /// name is named such as `BATCH INSERT`, and a batch of others `BATCH`.
    pub fn operation(&self, name: &'static str) -> Operation<'_, N> {
        self.named(Naming { operation: Some(name), ..Naming::default() })
    }

    /// An operation that a [summary](Operation::summary) describes, and that has no name.
    pub fn summary(&self, summary: &'static str) -> Operation<'_, N> {
        self.named(Naming { summary: Some(summary), ..Naming::default() })
    }

    pub(crate) fn named(&self, naming: Naming) -> Operation<'_, N> {
        Operation::new(&self.target, naming, &self.names)
    }
}

impl<N> fmt::Debug for Database<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database")
            .field("system", &self.target.system.name())
            .field("namespace", &self.target.namespace())
            .field("address", &self.target.address())
            .field("port", &self.target.port)
            .finish_non_exhaustive()
    }
}
