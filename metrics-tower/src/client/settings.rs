//! The settings of a layer for clients.

use crate::method::KnownMethods;
use crate::peer::Peer;

/// The measurements of a layer for clients, and their manner.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) known_methods: KnownMethods,
    pub(crate) peer: Option<Peer>,
    pub(crate) sizes: bool,
    /// Whether the class of the status is recorded.
    pub(crate) status_class: bool,
}
