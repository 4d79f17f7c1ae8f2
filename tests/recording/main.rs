//! Recording beside other threads, inside of captures, and beside removals. Apart from `series`,
//! for these tests collect often, which takes long where there are many series.
#![allow(clippy::float_cmp, reason = "the values are exact")]

mod captures;
mod removal;
mod removal_races;
mod threads;
