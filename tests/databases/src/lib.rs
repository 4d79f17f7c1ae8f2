//! The programs of the guide and the README about databases, which need crates that the facade does
//! not depend on: rustdoc tests the programs here.

#[cfg(doctest)]
#[path = "../../../src/guide/databases.rs"]
mod guide;

#[cfg(doctest)]
#[doc = include_str!("../../../metrics-db/README.md")]
struct Readme;
