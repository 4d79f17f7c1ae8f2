//! The metrics do not change without intent: dashboards query them.

use typed_metrics_core::testing::assert_catalog;
use typed_metrics_db as _;

#[test]
fn the_metrics_are_those_of_the_catalog() {
    assert_catalog(env!("CARGO_PKG_NAME"), "tests/catalog.txt");
}
