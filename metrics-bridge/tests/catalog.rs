//! The metrics do not change without intent: dashboards query them.

use typed_metrics_bridge as _;
use typed_metrics_core::testing::assert_catalog;

#[test]
fn the_metrics_are_those_of_the_catalog() {
    assert_catalog(env!("CARGO_PKG_NAME"), "tests/catalog.txt");
}
