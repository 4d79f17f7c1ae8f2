//! Every mistake that the compiler rejects, with the message it gives: `ui/<area>/<mistake>.rs`.
//!
//! The expected texts are those of the compiler that CI uses; `just bless` rewrites them. Other
//! compilers word some messages differently, so with them the test only prints that it is skipped.

use std::process::Command;

/// The compiler that produces the expected texts.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn mistakes_are_rejected_where_they_are_made() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("cargo runs it too").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(COMPILER) {
        println!("not checked: the expected texts are those of {COMPILER}, this is {version}");
        return;
    }
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
}
