//! The compile time of 2,000 metrics: typed-metrics beside vise, in one run.
//!
//! `cargo run --release` writes one program for each crate, with the same metrics: 100 modules of
//! 20 metrics with 3 labels, each recorded once. It compiles the dependencies, and then only the
//! programs themselves, alternating, without debug information and incremental data. The figures
//! are the processor time of `cargo`, which other programs on the machine disturb least, and the
//! size of the stripped program. A ratio over its promise ends the run with an error.
//!
//! A second table has the first debug build of programs with other crates, from nothing: the number
//! of crates, the time, and the processor time, as a ratio to that of typed-metrics.

mod first;
mod measure;
mod programs;

use std::path::Path;
use std::process::ExitCode;

use measure::Command::{Check, Debug, Release};
use programs::PROGRAMS;

/// The modes of a program: what is measured, and the most that typed-metrics promises, as a ratio
/// to vise.
const PROMISES: [(measure::Command, f64); 3] = [(Check, 1.3), (Debug, 1.3), (Release, 1.0)];
const SIZE_PROMISE: f64 = 1.2;

fn main() -> ExitCode {
    let rounds = std::env::args().nth(1).map_or(3, |rounds| rounds.parse().expect("rounds"));
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join("target/programs");
    for program in &PROGRAMS {
        program.write(&folder, here);
    }
    println!(
        "{:<16}{:>14}{:>10}{:>10}{:>10}",
        "", PROGRAMS[0].name, PROGRAMS[1].name, "ratio", "promise"
    );
    let mut kept = true;
    let mut row = |name: &str, [ours, theirs]: [f64; 2], unit: &str, promise: f64| {
        let ratio = ours / theirs;
        let mark = if ratio > promise { "  MISSED" } else { "" };
        kept &= ratio <= promise;
        println!(
            "{name:<16}{:>14}{:>10}{:>9.2}x{:>9.1}x{mark}",
            format!("{ours:.2} {unit}"),
            format!("{theirs:.2} {unit}"),
            ratio,
            promise,
        );
    };
    for (command, promise) in PROMISES {
        row(command.name(), measure::seconds(command, &folder, rounds), "s", promise);
    }
    let sizes = PROGRAMS.each_ref().map(|program| measure::stripped_megabytes(&folder, program));
    row("stripped size", sizes, "MB", SIZE_PROMISE);
    first::compare(&here.join("target"), &here.join("../.."));
    if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
