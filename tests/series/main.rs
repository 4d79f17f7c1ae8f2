//! The series of a metric: with bad values, with several definitions, and past the series limit.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod bad_values;
mod definitions;
mod limits;
