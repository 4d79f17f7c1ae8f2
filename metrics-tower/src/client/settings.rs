//! The settings of a layer for clients.

use crate::method::KnownMethods;
use crate::peer::Peer;

/// What a layer for clients measures, and how.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) known_methods: KnownMethods,
    pub(crate) peer: Option<Peer>,
    pub(crate) sizes: bool,
}
