//! Compares typed-metrics with other metrics crates, in one run:
//!
//! ```console
//! $ just peers                     # tables, in cargo's release profile
//! $ just peers --json              # one object a line
//! $ just peers --svg peers.svg     # a chart as well
//! $ just peers --memory            # the memory of a series instead of the time of a record
//! $ just peers --rounds 3 open     # fewer rounds, one job
//! $ just peers --patience 600      # wait longer for the cores that other programs use
//! $ just peers-lto                 # with link-time optimization and one codegen unit
//! ```
//!
//! Every crate is used as its documentation recommends for speed. Where the documentation keeps
//! handles of the series, the crate keeps them for fixed labels. Labels that are looked up are
//! `(u16, &str)`, and the `&str` does not live for ever.
//!
//! - A round runs every crate, and every second round runs them in the reverse order. A time is the
//!   median of the rounds.
//! - A time is CPU time of the recording threads; the module `measure` says why.
//! - After each run the program reads the crate's total, and panics if a record is missing.
//! - Crates whose threads keep their records until they publish them ("local", "pushed") publish
//!   after every 512 records.
//! - The project promises ratios to the other crates, and the tables print whether the run kept
//!   them. Crates that publish later count like all others.
//!
//! There are two profiles: `release` as cargo defines it, without link-time optimization, and
//! `release-lto`. The first line of the output names the profile.

pub mod chart;
mod exposition;
pub mod input;
pub mod json;
pub mod measure;
pub mod memory;
pub mod peer;
pub mod peers;
pub mod promises;
pub mod results;
pub mod table;
pub mod version;
