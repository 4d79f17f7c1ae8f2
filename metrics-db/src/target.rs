//! The database of an operation, and what the program calls the operation.

use std::sync::Arc;

use crate::metrics::DbOperation;
use crate::system::System;

/// A database, as labels name it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) system: System<'static>,
    pub(crate) namespace: Option<Arc<str>>,
    pub(crate) address: Option<Arc<str>>,
    pub(crate) port: Option<u16>,
}

/// The labels that the program gives an operation. Its code bounds them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Naming {
    pub(crate) operation: Option<&'static str>,
    pub(crate) collection: Option<&'static str>,
    pub(crate) summary: Option<&'static str>,
}

impl Target {
    /// The labels of an operation that succeeded.
    pub(crate) fn labels(&self, naming: Naming) -> DbOperation<'_> {
        let Naming { operation, collection, summary } = naming;
        DbOperation {
            namespace: self.namespace.as_deref(),
            operation,
            collection,
            summary,
            address: self.address.as_deref(),
            port: self.port,
            ..DbOperation::of(self.system)
        }
    }
}
