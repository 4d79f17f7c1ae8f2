//! The rules for names, units, buckets and expiries, the kinds of metrics, and the defaults that
//! follow from a unit.
//!
//! The derive applies the rules to literals at compile time; registration applies the same
//! functions at run time. This layer uses no other layer of the crate, and is all of the crate
//! without the feature `engine`: so the macros do not wait for the engine, which the compiler would
//! otherwise build twice.

pub mod buckets;
pub(crate) mod const_text;
pub mod expiry;
pub mod exponential;
pub(crate) mod kind;
pub mod limits;
pub mod name;
pub mod unit;
