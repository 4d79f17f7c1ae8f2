//! The rules for names, units and buckets, and the defaults that follow from a unit.
//!
//! The derive applies them at the literal, while it compiles; registration applies the same
//! functions at run time. This layer uses nothing else of the crate.

pub mod buckets;
pub mod name;
pub mod unit;
