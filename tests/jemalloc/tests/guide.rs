//! The program of the guide.

use std::process::Command;

#[test]
fn the_program_observes_its_allocator() {
    let output = Command::new(env!("CARGO_BIN_EXE_typed-metrics-jemalloc")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn the_guide_shows_the_program() {
    let (_, program) = include_str!("../src/main.rs").split_once("\n\n").unwrap();
    let guide = include_str!("../../../src/guide/tokio.rs").lines();
    let texts = guide.filter_map(|line| line.strip_prefix("//!"));
    let texts: Vec<&str> = texts.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
    assert!(texts.join("\n").contains(program), "copy `tests/jemalloc/src/main.rs` to the guide");
}
