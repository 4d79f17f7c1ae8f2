//! Compiling a program and measuring the time.

use std::fs::{self, File};
use std::path::Path;
use std::process;
use std::time::SystemTime;

use crate::programs::{PROGRAMS, Program};

/// A command of cargo.
#[derive(Clone, Copy)]
pub enum Command {
    Check,
    Debug,
    Release,
}

impl Command {
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Debug => "debug build",
            Self::Release => "release build",
        }
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Self::Check => &["check"],
            Self::Debug => &["build"],
            Self::Release => &["build", "--release"],
        }
    }
}

/// The seconds of processor time that each program takes: the least of `rounds` rounds, in which
/// the programs alternate.
pub fn seconds(command: Command, folder: &Path, rounds: usize) -> [f64; 2] {
    let mut least = [f64::INFINITY; 2];
    // The first round compiles the dependencies and is not counted.
    for round in 0..=rounds {
        for (program, least) in PROGRAMS.iter().zip(&mut least) {
            let main = folder.join(program.name).join("src/main.rs");
            File::options()
                .append(true)
                .open(&main)
                .and_then(|main| main.set_modified(SystemTime::now()))
                .expect("touch");
            let before = children();
            run(command, folder, program);
            if round > 0 {
                *least = least.min(children() - before);
            }
        }
    }
    least
}

fn run(command: Command, folder: &Path, program: &Program) {
    let status = process::Command::new(env!("CARGO"))
        .args(command.arguments())
        .args(["--quiet", "--target-dir"])
        .arg(folder.join("target"))
        .current_dir(folder.join(program.name))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "false")
        .status()
        .expect("cargo");
    assert!(status.success(), "{} does not compile", program.name);
}

/// The processor time of all ended children of this process, in seconds: see `man 5 proc_pid_stat`.
pub fn children() -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux");
    let (_, fields) = stat.rsplit_once(')').expect("the name is in parentheses");
    // `cutime` and `cstime`, the 16th and the 17th of the line.
    let times = fields.split_whitespace().skip(13).take(2);
    times.map(|ticks| ticks.parse::<f64>().expect("a number")).sum::<f64>() / TICKS_PER_SECOND
}

/// The size of the release build without symbols.
pub fn stripped_megabytes(folder: &Path, program: &Program) -> f64 {
    let built = folder.join("target/release").join(program.name);
    let stripped = built.with_extension("stripped");
    let status = process::Command::new("strip").arg("-o").arg(&stripped).arg(&built).status();
    assert!(status.expect("strip, of binutils").success());
    fs::metadata(stripped).expect("a file").len() as f64 / 1e6
}
