//! An operation, and the ways to measure it.

use std::fmt;

use futures_core::Stream;

use crate::by_type::ByType;
use crate::failure::NameError;
use crate::measured::{MeasuredFuture, MeasuredStream};
use crate::running::Running;
use crate::target::{Naming, Target};

/// An operation on a database: its labels are complete, but for its end.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_db as db;
/// use db::{Database, DbMetrics, DbOperation, System};
/// use typed_metrics::testing::capture_async;
///
/// static SHOP: Database = Database::new(System::POSTGRESQL);
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # async fn query() -> Result<u32, std::io::Error> { Ok(3) }
/// let seen = capture_async(async {
///     let users = SHOP.operation("SELECT").collection("users");
///     assert_eq!(users.measure(query()).await.unwrap(), 3);
/// })
/// .await;
/// let labels = DbOperation {
///     operation: Some("SELECT"),
///     collection: Some("users"),
///     ..DbOperation::of(System::POSTGRESQL)
/// };
/// seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
/// # }
/// ```
#[must_use = "an operation measures nothing until something runs in it"]
pub struct Operation<'d, N = ByType> {
    target: &'d Target,
    naming: Naming,
    names: &'d N,
}

impl<'d, N> Operation<'d, N> {
    pub(crate) fn new(target: &'d Target, naming: Naming, names: &'d N) -> Self {
        Self { target, naming, names }
    }

    /// Sets the label `db.collection.name`: the table, collection or key space.
    pub fn collection(mut self, name: &'static str) -> Self {
        self.naming.collection = Some(name);
        self
    }

    /// Sets the label `db.query.summary`: a short text that describes the query, such as
    /// `SELECT users JOIN orders`. It is a text of the program: nothing is read from a query.
    pub fn summary(mut self, summary: &'static str) -> Self {
        self.naming.summary = Some(summary);
        self
    }

    /// Begins the operation. The guard records it when it is ended or dropped. This is for code
    /// that no other method fits.
    ///
    /// ```
    /// use typed_metrics_db::{Database, Failure, System};
    ///
    /// let cache = Database::new(System::MEMCACHED);
    /// let running = cache.operation("get").start();
    /// let answer: Result<&str, u16> = Err(133); // of the server
    /// match answer {
    ///     Ok(_) => running.succeed(),
    ///     Err(code) => running.fail(&Failure::status(code.to_string())),
    /// }
    /// ```
    pub fn start(self) -> Running<'d> {
        Running::held(self.target, self.naming)
    }

    /// Measures a blocking call.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_db as db;
    /// use db::{Database, DbMetrics, DbOperation, System};
    /// use rusqlite::Connection;
    /// use typed_metrics::testing::capture;
    ///
    /// static NOTES: Database = Database::new(System::SQLITE);
    ///
    /// let connection = Connection::open_in_memory()?;
    /// connection.execute_batch("CREATE TABLE note (text TEXT)")?;
    ///
    /// let seen = capture(|| {
    ///     let insert = NOTES.operation("INSERT").collection("note");
    ///     insert.run(|| connection.execute("INSERT INTO note VALUES (?1)", ["milk"]))
    /// });
    /// assert_eq!(seen.returned, Ok(1));
    /// let labels = DbOperation {
    ///     operation: Some("INSERT"),
    ///     collection: Some("note"),
    ///     ..DbOperation::of(System::SQLITE)
    /// };
    /// seen.assert_histogram_count(DbMetrics::OperationDuration(labels), 1);
    /// # Ok::<(), rusqlite::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The error of the call.
    pub fn run<T, E>(self, call: impl FnOnce() -> Result<T, E>) -> Result<T, E>
    where
        N: NameError<E>,
    {
        let mut running = self.not_begun();
        let result = running.inside(call);
        running.end(&result, self.names);
        result
    }

    /// Measures a future, from its first poll to its end. A future that is dropped after its first
    /// poll has the `error.type` [`CANCELLED`](crate::CANCELLED).
    pub fn measure<F, T, E>(self, future: F) -> MeasuredFuture<'d, F, N>
    where
        F: Future<Output = Result<T, E>>,
        N: NameError<E>,
    {
        MeasuredFuture::new(self.not_begun(), self.names, future)
    }

    /// Measures a stream, from its first poll to its end, and counts its items as rows.
    ///
    /// The operation ends with the first error as well, and when the stream is dropped: a program
    /// that drops a stream after its first row has seen enough, and an earlier drop has the
    /// `error.type` [`CANCELLED`](crate::CANCELLED).
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_db as db;
    /// use db::{Database, DbMetrics, DbOperation, System};
    /// use futures_util::{TryStreamExt, stream};
    /// use typed_metrics::testing::capture_async;
    ///
    /// static EVENTS: Database = Database::new(System::MONGODB);
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cursor = stream::iter([Ok::<_, std::io::Error>("opened"), Ok("closed")]);
    /// let seen = capture_async(async {
    ///     let find = EVENTS.operation("find").measure_stream(cursor);
    ///     assert_eq!(find.try_collect::<Vec<_>>().await.unwrap().len(), 2);
    /// })
    /// .await;
    /// let labels = DbOperation { operation: Some("find"), ..DbOperation::of(System::MONGODB) };
    /// assert_eq!(seen.histogram(DbMetrics::ReturnedRows(labels)).sum, 2.0);
    /// # }
    /// ```
    pub fn measure_stream<S, T, E>(self, stream: S) -> MeasuredStream<'d, S, T, N>
    where
        S: Stream<Item = Result<T, E>>,
        N: NameError<E>,
    {
        self.stream_of(stream, Some(|_| true))
    }

    /// Measures a stream; `is_row` tells which items are rows. Without it, no rows are counted.
    pub(crate) fn stream_of<S, T>(
        self,
        stream: S,
        is_row: Option<fn(&T) -> bool>,
    ) -> MeasuredStream<'d, S, T, N> {
        MeasuredStream::new(self.not_begun(), self.names, stream, is_row)
    }

    /// The operation before its first poll.
    pub(crate) fn not_begun(self) -> Running<'d> {
        Running::suspended(self.target, self.naming)
    }
}

impl<N> Copy for Operation<'_, N> {}

impl<N> Clone for Operation<'_, N> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<N> fmt::Debug for Operation<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.target.labels(self.naming)).finish()
    }
}
