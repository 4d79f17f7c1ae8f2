//! The host's load and processes.

use std::fs;
use std::io;

use crate::basic;
use crate::metrics::{System, SystemCpu};
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::sum::Level;

/// The load average.
pub(crate) struct Load;

/// Parsed here, because `procfs` parses an `f32`, and 0.07 as an `f32` becomes another `f64`.
const LOAD_FILE: &str = "/proc/loadavg";

impl Source for Load {
    fn metrics(&self, _: Set) -> &'static [&'static str] {
        &basic::LOAD
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        let text =
            fs::read_to_string(LOAD_FILE).map_err(|error| format!("{LOAD_FILE}: {error}"))?;
        let load: f64 = text.split(' ').next().unwrap_or_default().parse()?;
        SystemCpu::load_average().set(load);
        Ok(())
    }

    fn hide(&mut self) {
        SystemCpu::load_average().remove();
    }
}

/// The number of processes: the folders of `/proc` whose name is a number.
pub(crate) struct Processes(Level);

impl Processes {
    pub(crate) fn new() -> Self {
        Self(Level::new(System::processes()))
    }
}

impl Source for Processes {
    fn metrics(&self, _: Set) -> &'static [&'static str] {
        &basic::PROCESSES
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        self.0.follow(count().map_err(|error| format!("/proc: {error}"))?);
        Ok(())
    }

    fn hide(&mut self) {
        self.0.hide();
    }
}

fn count() -> io::Result<u64> {
    let mut processes = 0;
    for entry in fs::read_dir("/proc")? {
        let is_process = entry?.file_name().as_encoded_bytes().iter().all(u8::is_ascii_digit);
        processes += u64::from(is_process);
    }
    Ok(processes)
}
