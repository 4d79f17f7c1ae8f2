//! The series of a metric: with bad values, with chosen labels, with constants, with several
//! definitions, with groups of labels, and past the series limit.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod bad_values;
mod collisions;
mod constants;
mod definitions;
mod label_groups;
mod label_types;
mod limits;
