//! A handler that is to be installed.

use std::sync::Arc;

use super::handler::{HandlerError, MetricHandler};
use super::installed::{Installed, Key, failed};
use super::names::{BackEnd, Chosen, HandlerChoice, named};
use crate::error::Error;
use crate::foreign::{self, Foreign};

/// A handler that is to be installed.
pub(super) struct Wanted {
    pub(super) key: Option<Key>,
    origin: Origin,
}

enum Origin {
    BackEnd(&'static BackEnd),
    Instance { handler: Foreign<Arc<dyn MetricHandler>>, name: String },
}

/// A handler that is built, and not installed yet.
pub(super) struct Built {
    handler: Foreign<Arc<dyn MetricHandler>>,
    name: String,
    key: Option<Key>,
}

impl Wanted {
    /// Finds the chosen back end, or asks the instance for its name and identity.
    pub(super) fn new(HandlerChoice(chosen): HandlerChoice) -> Result<Self, Error> {
        match chosen {
            Chosen::Name(name) => {
                let back_end = named(&name)?;
                let key = Some(Key::BackEnd(back_end.name));
                Ok(Self { key, origin: Origin::BackEnd(back_end) })
            }
            Chosen::Instance(handler) => {
                let name = name_of(&**handler)?;
                let identity = guarded(|| Ok(handler.identity()));
                let identity =
                    identity.map_err(|source| failed(&name, "tell its identity", source))?;
                let key = identity.map(Key::Instance);
                Ok(Self { key, origin: Origin::Instance { handler, name } })
            }
        }
    }

    pub(super) fn name(&self) -> &str {
        match &self.origin {
            Origin::BackEnd(back_end) => back_end.name,
            Origin::Instance { name, .. } => name,
        }
    }

    /// Builds a back end that was chosen by name.
    pub(super) fn build(self) -> Result<Built, Error> {
        let (handler, name) = match self.origin {
            Origin::Instance { handler, name } => (handler, name),
            Origin::BackEnd(back_end) => {
                let built = guarded(|| (back_end.build)());
                let handler = built.map_err(|source| failed(back_end.name, "be built", source))?;
                let handler = Foreign::new(handler);
                let name = name_of(&**handler)?;
                (handler, name)
            }
        };
        Ok(Built { handler, name, key: self.key })
    }
}

impl Built {
    pub(super) fn install(self) -> Result<Arc<Installed>, Error> {
        Installed::new(self.handler, self.name, self.key)
    }
}

/// The name that a handler gives itself.
fn name_of(handler: &dyn MetricHandler) -> Result<String, Error> {
    let name = guarded(|| Ok(handler.name().to_owned()));
    name.map_err(|source| failed("without a name", "tell its name", source))
}

/// Calls foreign code; a panic becomes an error.
fn guarded<R>(f: impl FnOnce() -> Result<R, HandlerError>) -> Result<R, HandlerError> {
    foreign::call(f).unwrap_or_else(|panicked| Err(panicked.into()))
}
