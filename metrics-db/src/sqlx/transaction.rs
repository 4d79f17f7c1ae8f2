//! A transaction whose queries are measured.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use ::sqlx::{Connection, Database as Sqlx, Error, Transaction};

use super::annotated::Annotated;
use super::executor::{MeasuredExecutor, delegate};
use crate::database::Database;
use crate::pool::MeasuredConnection;

/// A transaction of a [`SqlxPool`](crate::SqlxPool) or of its connection.
/// `&mut SqlxTransaction` is an executor whose queries are measured.
///
/// `BEGIN`, `COMMIT` and `ROLLBACK` are operations too. A transaction that is dropped is rolled
/// back by sqlx when its connection is used again, and that is not measured. The transaction
/// dereferences to that of sqlx, whose queries are not measured.
pub struct SqlxTransaction<'c, DB: Sqlx> {
    transaction: Lent<'c, DB>,
    database: Arc<Database>,
}

enum Lent<'c, DB: Sqlx> {
    /// Of a connection whose loan goes on.
    Borrowed(Transaction<'c, DB>),
    /// With the loan of its connection.
    Owned(MeasuredConnection<Transaction<'c, DB>>),
}

impl<'c, DB: Sqlx> SqlxTransaction<'c, DB> {
    pub(super) fn borrowed(transaction: Transaction<'c, DB>, database: Arc<Database>) -> Self {
        Self { transaction: Lent::Borrowed(transaction), database }
    }

    pub(super) fn lent(
        transaction: MeasuredConnection<Transaction<'c, DB>>,
        database: Arc<Database>,
    ) -> Self {
        Self { transaction: Lent::Owned(transaction), database }
    }

    /// Commits the transaction.
    ///
    /// # Errors
    ///
    /// The error of the statement `COMMIT`.
    pub async fn commit(self) -> Result<(), Error> {
        let Self { transaction, database } = self;
        let commit = database.operation("COMMIT");
        match transaction {
            Lent::Borrowed(transaction) => commit.measure(transaction.commit()).await,
            Lent::Owned(transaction) => {
                let end = |transaction: Transaction<'c, DB>| commit.measure(transaction.commit());
                transaction.try_map(end).await.map(drop)
            }
        }
    }

    /// Takes the changes of the transaction back.
    ///
    /// # Errors
    ///
    /// The error of the statement `ROLLBACK`.
    pub async fn rollback(self) -> Result<(), Error> {
        let Self { transaction, database } = self;
        let rollback = database.operation("ROLLBACK");
        match transaction {
            Lent::Borrowed(transaction) => rollback.measure(transaction.rollback()).await,
            Lent::Owned(transaction) => {
                let end =
                    |transaction: Transaction<'c, DB>| rollback.measure(transaction.rollback());
                transaction.try_map(end).await.map(drop)
            }
        }
    }

    /// Begins a transaction within this one: a savepoint, which is measured as `SAVEPOINT`.
    ///
    /// # Errors
    ///
    /// The error of the statement `SAVEPOINT`.
    pub async fn begin(&mut self) -> Result<SqlxTransaction<'_, DB>, Error> {
        let database = Arc::clone(&self.database);
        let transaction: &mut Transaction<'c, DB> = self;
        let begin = database.operation("SAVEPOINT").measure(transaction.begin());
        let transaction = begin.await?;
        Ok(SqlxTransaction::borrowed(transaction, database))
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

delegate!(&'c mut SqlxTransaction<'_, DB>, executor => Annotated::new(executor));
delegate!(Annotated<&'c mut SqlxTransaction<'_, DB>>, annotated => {
    let SqlxTransaction { transaction, database } = annotated.executor;
    let transaction = match transaction {
        Lent::Borrowed(transaction) => transaction,
        Lent::Owned(transaction) => &mut **transaction,
    };
    let annotations = annotated.annotations;
    MeasuredExecutor::<DB> { connection: transaction, database, annotations }
});

impl<'c, DB: Sqlx> Deref for SqlxTransaction<'c, DB> {
    type Target = Transaction<'c, DB>;

    fn deref(&self) -> &Self::Target {
        match &self.transaction {
            Lent::Borrowed(transaction) => transaction,
            Lent::Owned(transaction) => transaction,
        }
    }
}

impl<DB: Sqlx> DerefMut for SqlxTransaction<'_, DB> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match &mut self.transaction {
            Lent::Borrowed(transaction) => transaction,
            Lent::Owned(transaction) => transaction,
        }
    }
}

impl<DB: Sqlx> fmt::Debug for SqlxTransaction<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlxTransaction").field("database", &self.database).finish_non_exhaustive()
    }
}
