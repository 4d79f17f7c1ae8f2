//! One connection as a measured executor.

use std::fmt;

use ::sqlx::{Database as Sqlx, Describe, Either, Error, Execute, Executor, SqlStr};
use futures_core::future::BoxFuture;
use futures_core::stream::BoxStream;

use super::annotated::{call, operation_of};
use super::dialect::Dialect;
use super::statement::ReadQuery;
use crate::by_type::ByType;
use crate::database::Database;
use crate::measured::{MeasuredOption, MeasuredStream};
use crate::operation::Operation;
use crate::target::Naming;

/// A connection whose queries are measured.
pub(super) struct MeasuredExecutor<'c, DB: Sqlx> {
    pub(super) connection: &'c mut DB::Connection,
    pub(super) database: &'c Database,
    pub(super) naming: Naming,
}

/// The stream of a driver, measured.
pub(super) type MeasuredResults<'e, T> =
    MeasuredStream<'e, BoxStream<'e, Result<T, Error>>, T, ByType>;

/// The future of a driver, measured with its row.
pub(super) type MeasuredRow<'e, DB> =
    MeasuredOption<'e, BoxFuture<'e, Result<Option<<DB as Sqlx>::Row>, Error>>, ByType>;

impl<'c, DB: Sqlx> MeasuredExecutor<'c, DB> {
    #[inline]
    fn operation(&self, query: &ReadQuery<DB>) -> Operation<'c> {
        let dialect = || Dialect::of::<DB>(self.connection);
        operation_of(self.database, self.naming, query.text(), dialect)
    }
}

/// The same as the methods of [`Executor`], without a box around the future or stream.
impl<'c, DB: Sqlx> MeasuredExecutor<'c, DB>
where
    for<'a> &'a mut DB::Connection: Executor<'a, Database = DB>,
{
    /// The results of an execution. Its rows are not asked for, so it has no number of rows.
    pub(super) fn results<'e, 'q: 'e>(
        self,
        query: impl Execute<'q, DB> + 'q,
    ) -> MeasuredResults<'e, DB::QueryResult>
    where
        'c: 'e,
    {
        let query = ReadQuery::of(query);
        let operation = self.operation(&query);
        operation.stream_of(self.connection.execute_many(query), None)
    }

    pub(super) fn rows<'e, 'q: 'e>(
        self,
        query: impl Execute<'q, DB> + 'q,
    ) -> MeasuredResults<'e, Either<DB::QueryResult, DB::Row>>
    where
        'c: 'e,
    {
        let query = ReadQuery::of(query);
        let operation = self.operation(&query);
        operation.stream_of(self.connection.fetch_many(query), Some(Either::is_right))
    }

    pub(super) fn row<'e, 'q: 'e>(self, query: impl Execute<'q, DB> + 'q) -> MeasuredRow<'e, DB>
    where
        'c: 'e,
    {
        let query = ReadQuery::of(query);
        let running = self.operation(&query).not_begun();
        MeasuredOption::new(running, &self.database.names, self.connection.fetch_optional(query))
    }

    pub(super) fn prepared<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> impl Future<Output = Result<DB::Statement, Error>> + Send + 'e
    where
        'c: 'e,
    {
        let operation = call(self.database, self.naming, "PREPARE");
        operation.measure(self.connection.prepare_with(sql, parameters))
    }

    pub(super) fn described<'e>(
        self,
        sql: SqlStr,
    ) -> impl Future<Output = Result<Describe<DB>, Error>> + Send + 'e
    where
        'c: 'e,
    {
        let operation = call(self.database, self.naming, "DESCRIBE");
        operation.measure(self.connection.describe(sql))
    }
}

impl<'c, DB: Sqlx> Executor<'c> for MeasuredExecutor<'c, DB>
where
    for<'a> &'a mut DB::Connection: Executor<'a, Database = DB>,
{
    type Database = DB;

    fn execute_many<'e, 'q: 'e, E>(self, query: E) -> BoxStream<'e, Result<DB::QueryResult, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(self.results(query))
    }

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<DB::QueryResult, DB::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(self.rows(query))
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<DB::Row>, Error>>
    where
        'c: 'e,
        E: 'q + Execute<'q, DB>,
    {
        Box::pin(self.row(query))
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, Error>>
    where
        'c: 'e,
    {
        Box::pin(self.prepared(sql, parameters))
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, Error>>
    where
        'c: 'e,
    {
        Box::pin(self.described(sql))
    }
}

impl<DB: Sqlx> fmt::Debug for MeasuredExecutor<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredExecutor").finish_non_exhaustive()
    }
}

/// Implements [`Executor`] for a type by the executor that `$measured` makes of it.
macro_rules! delegate {
    ($type:ty, $executor:ident => $measured:expr) => {
        impl<'c, DB: ::sqlx::Database> ::sqlx::Executor<'c> for $type
        where
            for<'a> &'a mut DB::Connection: ::sqlx::Executor<'a, Database = DB>,
        {
            type Database = DB;

            fn execute_many<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> ::futures_core::stream::BoxStream<'e, Result<DB::QueryResult, ::sqlx::Error>>
            where
                'c: 'e,
                E: 'q + ::sqlx::Execute<'q, DB>,
            {
                let $executor = self;
                ::sqlx::Executor::execute_many($measured, query)
            }

            fn fetch_many<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> ::futures_core::stream::BoxStream<
                'e,
                Result<::sqlx::Either<DB::QueryResult, DB::Row>, ::sqlx::Error>,
            >
            where
                'c: 'e,
                E: 'q + ::sqlx::Execute<'q, DB>,
            {
                let $executor = self;
                ::sqlx::Executor::fetch_many($measured, query)
            }

            fn fetch_optional<'e, 'q: 'e, E>(
                self,
                query: E,
            ) -> ::futures_core::future::BoxFuture<'e, Result<Option<DB::Row>, ::sqlx::Error>>
            where
                'c: 'e,
                E: 'q + ::sqlx::Execute<'q, DB>,
            {
                let $executor = self;
                ::sqlx::Executor::fetch_optional($measured, query)
            }

            fn prepare_with<'e>(
                self,
                sql: ::sqlx::SqlStr,
                parameters: &'e [DB::TypeInfo],
            ) -> ::futures_core::future::BoxFuture<'e, Result<DB::Statement, ::sqlx::Error>>
            where
                'c: 'e,
            {
                let $executor = self;
                ::sqlx::Executor::prepare_with($measured, sql, parameters)
            }

            fn describe<'e>(
                self,
                sql: ::sqlx::SqlStr,
            ) -> ::futures_core::future::BoxFuture<'e, Result<::sqlx::Describe<DB>, ::sqlx::Error>>
            where
                'c: 'e,
            {
                let $executor = self;
                ::sqlx::Executor::describe($measured, sql)
            }
        }
    };
}

pub(super) use delegate;
