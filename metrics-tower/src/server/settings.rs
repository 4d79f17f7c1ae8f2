//! The settings of a layer for servers.

use crate::method::KnownMethods;
use crate::protocol::Scheme;

/// The measurements of a layer for servers, and their manner.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) known_methods: KnownMethods,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) sizes: bool,
    /// Whether the class of the status is recorded.
    pub(crate) status_class: bool,
}
