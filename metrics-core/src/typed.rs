//! Typed recording: the trait of metrics enums, the handles that their constructors return, and the
//! values that each kind of metric takes.
//!
//! This layer may use `collect` and the layers below it. It does not know handlers.

pub(crate) mod any;
pub(crate) mod any_number;
pub(crate) mod group;
pub(crate) mod handle;
pub(crate) mod metrics;
mod other_words;
pub(crate) mod resolve;
pub(crate) mod state;
pub(crate) mod state_index;
pub mod value;
pub(crate) mod wrong_kind;
