//! Labels that the program gives a query.

use std::fmt;

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
    /// The operation of a statement; `keyword` names it if the program does not.
    pub(super) fn operation<'d>(
        &self,
        database: &'d Database,
        keyword: impl FnOnce() -> &'static str,
    ) -> Operation<'d> {
        let mut operation = database.operation(self.name.unwrap_or_else(keyword));
        if let Some(collection) = self.collection {
            operation = operation.collection(collection);
        }
        if let Some(summary) = self.summary {
            operation = operation.summary(summary);
        }
        operation
    }
}

/// An executor with labels for one query: a `&SqlxPool`, `&mut SqlxConnection` or
/// `&mut SqlxTransaction`. Their methods `operation`, `collection` and `summary` make it.
#[must_use = "give it to a query in place of the executor"]
pub struct Annotated<X> {
    pub(super) executor: X,
    pub(super) annotations: Annotations,
}

impl<X> Annotated<X> {
    pub(super) fn new(executor: X) -> Self {
        Self { executor, annotations: Annotations::default() }
    }

    /// Sets the label `db.operation.name`, in place of the statement's first keyword.
    pub fn operation(mut self, name: &'static str) -> Self {
        self.annotations.name = Some(name);
        self
    }

    /// Sets the label `db.collection.name`: the table.
    pub fn collection(mut self, name: &'static str) -> Self {
        self.annotations.collection = Some(name);
        self
    }

    /// Sets the label `db.query.summary`: a short text of the program.
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
