//! The programs of the guide and the README about other crates, which the facade does not depend
//! on: rustdoc tests the programs here.

#[cfg(doctest)]
#[path = "../../../src/guide/bridges.rs"]
mod bridges;

#[cfg(doctest)]
#[path = "../../../src/guide/migrating.rs"]
mod migrating;

#[cfg(doctest)]
#[doc = include_str!("../../../metrics-bridge/README.md")]
struct Readme;
