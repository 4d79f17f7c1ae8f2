//! Handlers: the back ends that are told of metrics, how they are named, installed and removed, and
//! the two that this crate brings.
//!
//! Recording does not depend on this layer: a handler reads snapshots when it wants to. So
//! installing, replacing or removing a handler costs the recording side nothing, and loses nothing
//! that was recorded before. This layer may use `collect` and everything below it.

mod calls;
#[cfg(feature = "console")]
pub(crate) mod console;
pub(crate) mod guard;
pub(crate) mod handler;
pub(crate) mod in_memory;
pub(crate) mod install;
mod installed;
pub(crate) mod list;
mod mistakes;
pub(crate) mod names;
pub(crate) mod table;
mod wanted;
