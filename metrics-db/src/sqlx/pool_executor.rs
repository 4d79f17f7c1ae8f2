//! A pool as a measured executor: each query takes a connection, and then runs on it.
//!
//! The wait for the connection is no part of the operation. If it fails, there was no operation:
//! the metrics of the pool have the wait.

use ::sqlx::{Database as Sqlx, Describe, Either, Error, Execute, Executor, SqlStr};
use async_stream::try_stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;

use super::annotated::Annotated;
use super::executor::{MeasuredExecutor, delegate};
use super::lending::Lent;
use super::pool::SqlxPool;

delegate!(&'c SqlxPool<DB>, executor => Annotated::new(executor));

impl<'c, DB: Sqlx> Annotated<&'c SqlxPool<DB>> {
    /// The executor of a connection that the pool lent.
    fn on<'l>(&self, lent: &'l mut Lent<DB>) -> MeasuredExecutor<'l, DB>
    where
        'c: 'l,
    {
        let database = &self.executor.database;
        MeasuredExecutor { connection: &mut ***lent, database, naming: self.naming }
    }
}

impl<'c, DB: Sqlx> Executor<'c> for Annotated<&'c SqlxPool<DB>>
where
    for<'a> &'a mut DB::Connection: Executor<'a, Database = DB>,
{
    type Database = DB;

    fn execute_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<DB::QueryResult, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(try_stream! {
            let mut lent = self.executor.lend().await?;
            for await result in self.on(&mut lent).results(query) {
                yield result?;
            }
        })
    }

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<DB::QueryResult, DB::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(try_stream! {
            let mut lent = self.executor.lend().await?;
            for await row in self.on(&mut lent).rows(query) {
                yield row?;
            }
        })
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(async move {
            let mut lent = self.executor.lend().await?;
            self.on(&mut lent).row(query).await
        })
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut lent = self.executor.lend().await?;
            self.on(&mut lent).prepared(sql, parameters).await
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'c: 'e,
    {
        Box::pin(async move {
            let mut lent = self.executor.lend().await?;
            self.on(&mut lent).described(sql).await
        })
    }
}
