//! Recording in several threads, inside captures, and during removals.
//!
//! These tests are not part of `series`, because they collect often, and a collection of many
//! series takes long. Tests that collect in a loop take turns, because a collection waits for every
//! other collection.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod captures;
mod durations;
mod gauges;
mod lives;
mod numbers;
mod record_many;
mod removal;
mod removal_races;
mod storm;
mod threads;
