//! Which instrumentation scopes of a pipeline are fed by handlers, and whether any is installed.

use std::sync::{Arc, Mutex};

use opentelemetry::InstrumentationScope;

use crate::lock;

/// The scopes that handlers had, each with how many of them are installed.
#[derive(Debug, Default)]
pub(crate) struct Scopes(Mutex<Vec<(InstrumentationScope, usize)>>);

/// What an installed handler holds.
#[derive(Debug)]
pub(crate) struct InUse {
    scopes: Arc<Scopes>,
    scope: InstrumentationScope,
}

impl Scopes {
    pub(crate) fn enter(self: &Arc<Self>, scope: &InstrumentationScope) -> InUse {
        let mut all = lock(&self.0);
        match all.iter_mut().find(|(known, _)| known == scope) {
            Some((_, installed)) => *installed += 1,
            None => all.push((scope.clone(), 1)),
        }
        InUse { scopes: Arc::clone(self), scope: scope.clone() }
    }

    /// Whether all handlers that fed this scope are cleared. It is not exported then: the same values
    /// would be, for ever.
    pub(super) fn is_resting(&self, name: &str, version: &str) -> bool {
        lock(&self.0).iter().any(|(scope, installed)| {
            let same = scope.name() == name && scope.version().unwrap_or_default() == version;
            same && *installed == 0
        })
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        let mut all = lock(&self.scopes.0);
        if let Some((_, installed)) = all.iter_mut().find(|(known, _)| *known == self.scope) {
            *installed -= 1;
        }
    }
}
