//! The programs of the guide and the README about HTTP, which need crates that the facade does not
//! depend on: rustdoc tests the programs here.

#[cfg(doctest)]
#[path = "../../../src/guide/http.rs"]
mod guide;

#[cfg(doctest)]
#[doc = include_str!("../../../metrics-tower/README.md")]
struct Readme;
