//! Settings: from the values given in code, the variables and the credentials file to checked
//! settings.
//!
//! All mistakes are collected and returned as one error. This layer builds the `OtlpBuilder` of
//! each pipeline, and uses nothing else of this crate.

mod credentials;
pub(crate) mod error;
pub(crate) mod given;
pub(crate) mod send;
pub(crate) mod settings;
mod token;
