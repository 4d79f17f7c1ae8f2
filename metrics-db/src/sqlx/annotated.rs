//! Labels that the program gives a query.

use std::fmt;

use super::dialect::Dialect;
use super::summary::summary;
use crate::database::Database;
use crate::operation::Operation;

/// The labels of a query that the program gives.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Annotations {
    name: Option<&'static str>,
    collection: Option<&'static str>,
    summary: Option<&'static str>,
}

impl Annotations {
    /// The operation of a query. Its text is read only if the program names it in no way, and if
    /// its dialect is known.
    pub(super) fn operation<'d>(
        &self,
        database: &'d Database,
        text: &str,
        dialect: impl FnOnce() -> Option<Dialect>,
    ) -> Operation<'d> {
        let is_named = self.name.is_some() || self.summary.is_some();
        let read = || summary(text, dialect()?);
        self.labels(database, if is_named { self.summary } else { read() })
    }

    /// The operation of a call that has this name if the program gives no other.
    pub(super) fn call<'d>(mut self, database: &'d Database, name: &'static str) -> Operation<'d> {
        self.name = self.name.or(Some(name));
        self.labels(database, self.summary)
    }

    fn labels<'d>(&self, database: &'d Database, summary: Option<&'static str>) -> Operation<'d> {
        let mut operation = database.unnamed();
        if let Some(name) = self.name {
            operation = operation.named(name);
        }
        if let Some(collection) = self.collection {
            operation = operation.collection(collection);
        }
        if let Some(summary) = summary {
            operation = operation.summary(summary);
        }
        operation
    }
}

/// An executor with labels for one query: a `&SqlxPool` or a `&mut SqlxConnection`. Their methods
/// `operation`, `collection` and `summary` make it; a `SqlxPoolConnection` and a `SqlxTransaction`
/// dereference to the connection, so they have these methods too.
#[must_use = "give it to a query in place of the executor"]
pub struct Annotated<X> {
    pub(super) executor: X,
    pub(super) annotations: Annotations,
}

impl<X> Annotated<X> {
    pub(super) fn new(executor: X) -> Self {
        Self { executor, annotations: Annotations::default() }
    }

    /// Sets the label `db.operation.name`, and no label comes from the text of the query.
    pub fn operation(mut self, name: &'static str) -> Self {
        self.annotations.name = Some(name);
        self
    }

    /// Sets the label `db.collection.name`: the table.
    pub fn collection(mut self, name: &'static str) -> Self {
        self.annotations.collection = Some(name);
        self
    }

    /// Sets the label `db.query.summary`: a short text of the program, such as `find user by id`,
    /// in place of the operations in the text of the query.
    pub fn summary(mut self, summary: &'static str) -> Self {
        self.annotations.summary = Some(summary);
        self
    }
}

impl<X> fmt::Debug for Annotated<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Annotated").field("annotations", &self.annotations).finish_non_exhaustive()
    }
}
