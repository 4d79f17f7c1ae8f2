//! The metrics do not change without intent: dashboards query them.

// tokio gives more metrics with that flag.
#![cfg(not(tokio_unstable))]

use typed_metrics_core::testing::assert_catalog;
use typed_metrics_tokio as _;

#[test]
fn the_metrics_are_those_of_the_catalog() {
    assert_catalog(env!("CARGO_PKG_NAME"), "tests/catalog.txt");
}
