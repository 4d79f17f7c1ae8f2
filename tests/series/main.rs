//! Which series a metric has: of bad values, of several definitions, past its limit.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod bad_values;
mod definitions;
mod limits;
