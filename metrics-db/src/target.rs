//! The database of an operation, and what the program calls the operation.

use std::sync::Arc;

use crate::interned::interned;
use crate::metrics::DbOperation;
use crate::system::System;

/// A database, as labels name it.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) system: System<'static>,
    namespace: Option<Name>,
    address: Option<Name>,
    pub(crate) port: Option<u16>,
}

/// A name of a database or of a server.
#[derive(Debug, Clone)]
enum Name {
    /// Threads remember the labels that have it.
    Kept(&'static str),
    /// One beyond the number that the process keeps.
    Owned(Arc<str>),
}

/// The labels that the program gives an operation. Its code bounds them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Naming {
    pub(crate) operation: Option<&'static str>,
    pub(crate) collection: Option<&'static str>,
    pub(crate) summary: Option<&'static str>,
}

impl Target {
    pub(crate) const fn new(system: System<'static>) -> Self {
        Self { system, namespace: None, address: None, port: None }
    }

    pub(crate) fn set_namespace(&mut self, name: Arc<str>) {
        self.namespace = Some(Name::new(name));
    }

    pub(crate) fn set_address(&mut self, address: Arc<str>) {
        self.address = Some(Name::new(address));
    }

    #[inline]
    pub(crate) fn namespace(&self) -> Option<&str> {
        self.namespace.as_ref().map(Name::text)
    }

    #[inline]
    pub(crate) fn address(&self) -> Option<&str> {
        self.address.as_ref().map(Name::text)
    }

    /// The labels of an operation that succeeded.
    pub(crate) fn labels(&self, naming: Naming) -> DbOperation<'_> {
        let Naming { operation, collection, summary } = naming;
        DbOperation {
            namespace: self.namespace(),
            operation,
            collection,
            summary,
            address: self.address(),
            port: self.port,
            ..DbOperation::of(self.system)
        }
    }

    /// The same labels, if the process keeps the names of the database.
    pub(crate) fn kept_labels(&self, naming: Naming) -> Option<DbOperation<'static>> {
        let Naming { operation, collection, summary } = naming;
        Some(DbOperation {
            namespace: match &self.namespace {
                Some(name) => Some(name.kept()?),
                None => None,
            },
            operation,
            collection,
            summary,
            address: match &self.address {
                Some(name) => Some(name.kept()?),
                None => None,
            },
            port: self.port,
            ..DbOperation::of(self.system)
        })
    }
}

impl Name {
    fn new(text: Arc<str>) -> Self {
        interned(&text).map_or(Self::Owned(text), Self::Kept)
    }

    #[inline]
    fn text(&self) -> &str {
        match self {
            Self::Kept(text) => text,
            Self::Owned(text) => text,
        }
    }

    /// The text of a name that the process keeps.
    fn kept(&self) -> Option<&'static str> {
        match self {
            Self::Kept(text) => Some(text),
            Self::Owned(_) => None,
        }
    }
}
