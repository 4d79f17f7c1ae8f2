//! Every mistake that the compiler rejects, with the message it gives: `tests/ui/<area>/<mistake>.rs`.
//!
//! The texts are those of one compiler, the one that CI uses; `just bless` writes them anew. Other
//! compilers word some of them differently, so there the test says that it does not apply. Some list
//! the handlers that are compiled in, so they are those of all features.

use std::process::Command;

/// The compiler whose texts are kept.
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
        println!("not checked: the texts are those of {COMPILER}, and this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}

/// Apart from the mistakes: programs that run are built and not only checked, and then the compiler says
/// more of some mistakes.
#[test]
#[cfg_attr(not(all(feature = "console", feature = "otel")), ignore = "needs --all-features")]
fn unsafe_functions_can_be_measured() {
    trybuild::TestCases::new().pass("tests/pass/*.rs");
}
