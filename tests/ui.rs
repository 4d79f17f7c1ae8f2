//! Every mistake that the compiler rejects, with its message: `tests/ui/<area>/<mistake>.rs`.
//!
//! The expected texts are those of one compiler, which CI uses; `just bless` rewrites them. Other
//! compilers word some texts differently, so the test skips itself there. Some messages list the
//! compiled-in handlers, so the expected texts need all features.

use std::process::Command;

/// The compiler that produces the expected texts.
const COMPILER: &str = "rustc 1.95.";

#[test]
#[cfg_attr(
    not(all(feature = "console", feature = "llm", feature = "logfire")),
    ignore = "needs --all-features"
)]
fn mistakes_are_rejected_where_they_are_made() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("cargo found it too").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(COMPILER) {
        println!("not checked: the expected texts are those of {COMPILER}, this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}

/// A separate test: programs that run are built and not only checked, and then the compiler adds
/// text to some messages of mistakes.
#[test]
#[cfg_attr(not(all(feature = "console", feature = "otel")), ignore = "needs --all-features")]
fn unsafe_functions_can_be_measured() {
    trybuild::TestCases::new().pass("tests/pass/*.rs");
}
