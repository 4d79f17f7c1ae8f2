//! Every mistake that the compiler rejects, with the message it gives: `ui/<area>/<mistake>.rs`.
//!
//! The texts are those of one compiler, the one that CI uses; `just bless` writes them anew. Other
//! compilers word some of them differently, so there the test says that it does not apply.

use std::process::Command;

/// The compiler that produces the expected texts.
const COMPILER: &str = "rustc 1.95.";

#[test]
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
