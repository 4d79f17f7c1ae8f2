//! Labels that the program gives a query.

use std::fmt;

use super::dialect::Dialect;
use super::recent_texts::summary_of;
use crate::database::Database;
use crate::operation::Operation;
use crate::target::Naming;

/// The operation of a query. Its text is read only if the program names it in no way, and if its
/// dialect is known.
#[inline]
pub(super) fn operation_of<'d>(
    database: &'d Database,
    mut naming: Naming,
    text: &str,
    dialect: impl FnOnce() -> Option<Dialect>,
) -> Operation<'d> {
    if naming.operation.is_none() && naming.summary.is_none() {
        naming.summary = dialect().and_then(|dialect| summary_of(text, dialect));
    }
    database.named(naming)
}

/// The operation of a call that has this name if the program gives no other.
pub(super) fn call<'d>(
    database: &'d Database,
    naming: Naming,
    name: &'static str,
) -> Operation<'d> {
    database.named(Naming { operation: naming.operation.or(Some(name)), ..naming })
}

/// An executor with labels for one query: a `&SqlxPool` or a `&mut SqlxConnection`. Their methods
/// `operation`, `collection` and `summary` make it; a `SqlxPoolConnection` and a `SqlxTransaction`
/// dereference to the connection, so they have these methods too.
#[must_use = "give it to a query in place of the executor"]
pub struct Annotated<X> {
    pub(super) executor: X,
    pub(super) naming: Naming,
}

impl<X> Annotated<X> {
    pub(super) fn new(executor: X) -> Self {
        Self { executor, naming: Naming::default() }
    }

    /// Sets the label `db.operation.name`, and no label comes from the text of the query.
    pub fn operation(mut self, name: &'static str) -> Self {
        self.naming.operation = Some(name);
        self
    }

    /// Sets the label `db.collection.name`: the table.
    pub fn collection(mut self, name: &'static str) -> Self {
        self.naming.collection = Some(name);
        self
    }

    /// Sets the label `db.query.summary`: a short text of the program, such as `find user by id`,
    /// in place of the operations in the text of the query.
    pub fn summary(mut self, summary: &'static str) -> Self {
        self.naming.summary = Some(summary);
        self
    }
}

impl<X> fmt::Debug for Annotated<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Annotated").field("naming", &self.naming).finish_non_exhaustive()
    }
}
