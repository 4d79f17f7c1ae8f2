//! The message for a derive that does not find the facade, because the dependency is renamed.

use std::process::Command;

/// The compiler whose texts are kept, as in the facade's own ui tests.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn a_renamed_dependency_is_explained() {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().expect("cargo found it too").stdout;
    let version = String::from_utf8_lossy(&version);
    if !version.starts_with(COMPILER) {
        println!("not checked: the texts are those of {COMPILER}, and this is {version}");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
