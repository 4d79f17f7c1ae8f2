//! The instrumentation scopes of a pipeline, and which of them have an installed handler.

use std::sync::{Arc, Mutex};

use opentelemetry::InstrumentationScope;

use crate::lock::lock;

/// The scopes of all handlers that were ever installed, each with the number of its installed
/// handlers.
#[derive(Debug, Default)]
pub(crate) struct Scopes(Mutex<Vec<(InstrumentationScope, usize)>>);

/// Keeps an installed handler counted as a user of its scope.
#[derive(Debug)]
pub(crate) struct ScopeUse {
    scopes: Arc<Scopes>,
    scope: InstrumentationScope,
}

impl Scopes {
    pub(crate) fn enter(self: &Arc<Self>, scope: &InstrumentationScope) -> ScopeUse {
        let mut all = lock(&self.0);
        match all.iter_mut().find(|(known, _)| known == scope) {
            Some((_, installed)) => *installed += 1,
            None => all.push((scope.clone(), 1)),
        }
        ScopeUse { scopes: Arc::clone(self), scope: scope.clone() }
    }

    /// Whether all handlers of all scopes are cleared.
    pub(crate) fn are_unused(&self) -> bool {
        lock(&self.0).iter().all(|(_, installed)| *installed == 0)
    }

    /// Whether all handlers of this scope are cleared. Such a scope is not exported: the SDK would
    /// export its last values for ever.
    pub(crate) fn is_inactive(&self, name: &str, version: &str) -> bool {
        lock(&self.0).iter().any(|(scope, installed)| {
            let same = scope.name() == name && scope.version().unwrap_or_default() == version;
            same && *installed == 0
        })
    }
}

impl Drop for ScopeUse {
    fn drop(&mut self) {
        let mut all = lock(&self.scopes.0);
        if let Some((_, installed)) = all.iter_mut().find(|(known, _)| *known == self.scope) {
            *installed -= 1;
        }
    }
}
