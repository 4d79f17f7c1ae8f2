//! A pool as a measured executor: each query takes a connection, and then runs on it.

use ::sqlx::{Database as Sqlx, Describe, Either, Error, Execute, Executor, SqlStr};
use async_stream::try_stream;
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;

use super::annotated::Annotated;
use super::connection::SqlxConnection;
use super::executor::delegate;
use super::keyword::keyword;
use super::pool::SqlxPool;
use super::statement::ReadQuery;
use crate::failure::NameError;

delegate!(&'c SqlxPool<DB>, executor => Annotated::new(executor));

impl<DB: Sqlx> Annotated<&SqlxPool<DB>> {
    /// Takes a connection. The wait is not part of the operation, but its failure is one.
    async fn acquire(&self, keyword: &'static str) -> Result<SqlxConnection<DB>, Error> {
        let database = self.executor.database();
        let running = self.annotations.operation(database, || keyword).start();
        let connection = self.executor.acquire().await;
        match &connection {
            Ok(_) => running.discard(),
            Err(error) => running.fail(&database.names.failure(error)),
        }
        connection
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
        let query = ReadQuery::of(query);
        let keyword = keyword(query.text());
        Box::pin(try_stream! {
            let mut connection = self.acquire(keyword).await?;
            for await result in connection.executor(self.annotations).results(query) {
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
        let query = ReadQuery::of(query);
        let keyword = keyword(query.text());
        Box::pin(try_stream! {
            let mut connection = self.acquire(keyword).await?;
            for await row in connection.executor(self.annotations).rows(query) {
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
        let query = ReadQuery::of(query);
        let keyword = keyword(query.text());
        Box::pin(async move {
            let mut connection = self.acquire(keyword).await?;
            connection.executor(self.annotations).row(query).await
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
            let mut connection = self.acquire("PREPARE").await?;
            connection.executor(self.annotations).prepared(sql, parameters).await
        })
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'c: 'e,
    {
        let pool: &::sqlx::Pool<DB> = self.executor;
        pool.describe(sql)
    }
}
