//! The rules for names, units, buckets and expiries, and the defaults that follow from a unit.
//!
//! The derive applies the rules to literals at compile time; registration applies the same
//! functions at run time. This layer uses no other layer of the crate.

pub mod buckets;
pub(crate) mod const_text;
pub mod expiry;
pub mod exponential;
pub mod name;
pub mod unit;
