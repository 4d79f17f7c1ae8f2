//! The settings of a layer for servers.

use crate::method::KnownMethods;
use crate::protocol::Scheme;

/// What a layer for servers measures, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Settings {
    pub(crate) known_methods: KnownMethods,
    pub(crate) scheme: Option<Scheme>,
    pub(crate) sizes: bool,
}
