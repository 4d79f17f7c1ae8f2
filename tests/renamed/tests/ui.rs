//! The messages of derives that do not find the facade, because the dependency is renamed.

use std::process::Command;

/// The compiler that produced the expected texts, as in the facade's own ui tests.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn a_renamed_dependency_is_explained() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("cargo runs it too").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(COMPILER) {
        println!("not checked: the expected texts are those of {COMPILER}, this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
