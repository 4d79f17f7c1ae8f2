//! Every mistake that the compiler rejects, with the message it gives: `tests/ui/<area>/<mistake>.rs`.
//!
//! The texts are those of the compiler that CI uses; `just bless` writes them anew. Some list the
//! handlers that are compiled in, so they are those of all features.

#[test]
#[cfg_attr(not(all(feature = "console", feature = "otel")), ignore = "needs --all-features")]
fn mistakes_are_rejected_where_they_are_made() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
