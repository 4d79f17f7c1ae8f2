//! Recording beside other threads, inside of captures, and beside removals. Apart from `series`,
//! for these tests collect often, which takes long where there are many series.
//! Tests that collect in a loop take turns, because a collection waits for every other collection.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod captures;
mod removal;
mod removal_races;
mod threads;
