//! A connection that a measured pool lent.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use ::sqlx::pool::PoolConnection;
use ::sqlx::{Database as Sqlx, Error, Transaction};

use super::annotated::{Annotated, Annotations};
use super::executor::{MeasuredExecutor, delegate};
use super::transaction::SqlxTransaction;
use crate::database::Database;
use crate::pool::MeasuredConnection;

/// A connection of a [`SqlxPool`](crate::SqlxPool). `&mut SqlxConnection` is an executor whose
/// queries are measured, and the drop records the use time.
///
/// It dereferences to the connection of sqlx, whose queries are not measured.
pub struct SqlxConnection<DB: Sqlx> {
    connection: MeasuredConnection<PoolConnection<DB>>,
    database: Arc<Database>,
}

impl<DB: Sqlx> SqlxConnection<DB> {
    pub(super) fn new(
        connection: MeasuredConnection<PoolConnection<DB>>,
        database: Arc<Database>,
    ) -> Self {
        Self { connection, database }
    }

    /// Begins a transaction, which ends before the loan of this connection.
    ///
    /// # Errors
    ///
    /// The error of the statement `BEGIN`.
    pub async fn begin(&mut self) -> Result<SqlxTransaction<'_, DB>, Error> {
        let connection: &mut DB::Connection = &mut self.connection;
        let begin = Transaction::begin(connection, None);
        let transaction = self.database.operation("BEGIN").measure(begin).await?;
        Ok(SqlxTransaction::borrowed(transaction, Arc::clone(&self.database)))
    }

    /// Begins a transaction, and keeps the loan.
    pub(super) async fn into_transaction(self) -> Result<SqlxTransaction<'static, DB>, Error> {
        let Self { connection, database } = self;
        let begin =
            |connection| database.operation("BEGIN").measure(Transaction::begin(connection, None));
        let transaction = connection.try_map(begin).await?;
        Ok(SqlxTransaction::lent(transaction, database))
    }

    pub(super) fn executor(&mut self, annotations: Annotations) -> MeasuredExecutor<'_, DB> {
        let Self { connection, database } = self;
        MeasuredExecutor { connection, database, annotations }
    }

    /// Sets the label `db.operation.name` of one query.
    pub fn operation(&mut self, name: &'static str) -> Annotated<&mut Self> {
        Annotated::new(self).operation(name)
    }

    /// Sets the label `db.collection.name` of one query.
    pub fn collection(&mut self, name: &'static str) -> Annotated<&mut Self> {
        Annotated::new(self).collection(name)
    }

    /// Sets the label `db.query.summary` of one query.
    pub fn summary(&mut self, summary: &'static str) -> Annotated<&mut Self> {
        Annotated::new(self).summary(summary)
    }
}

delegate!(&'c mut SqlxConnection<DB>, executor => Annotated::new(executor));
delegate!(Annotated<&'c mut SqlxConnection<DB>>, annotated => {
    annotated.executor.executor(annotated.annotations)
});

impl<DB: Sqlx> Deref for SqlxConnection<DB> {
    type Target = PoolConnection<DB>;

    fn deref(&self) -> &Self::Target {
        &self.connection
    }
}

impl<DB: Sqlx> DerefMut for SqlxConnection<DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.connection
    }
}

impl<DB: Sqlx> fmt::Debug for SqlxConnection<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxConnection").field("database", &self.database).finish_non_exhaustive()
    }
}
