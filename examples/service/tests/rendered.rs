//! The committed documentation, dashboards and rules are those of the present declarations.

use std::path::Path;
use std::process::Command;

#[test]
fn the_committed_files_are_current() {
    let rendered = Path::new(env!("CARGO_MANIFEST_DIR")).join("rendered");
    let output = Command::new(env!("CARGO_BIN_EXE_render"))
        .args(["check".as_ref(), rendered.as_os_str()])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "`cargo run -p service --bin render -- write examples/service/rendered`\n{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_dashboards_ask_for_metrics_that_exist() {
    let rendered = Path::new(env!("CARGO_MANIFEST_DIR")).join("rendered");
    let output = Command::new(env!("CARGO_BIN_EXE_render"))
        .args(["audit".as_ref(), rendered.as_os_str()])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
