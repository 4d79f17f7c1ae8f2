//! The host's load and processes.

use std::fs;
use std::io;

use crate::Set;
use crate::metrics::{System, SystemCpu};
use crate::source::{Cause, Source};
use crate::sum::Level;

/// From [`LOAD`].
pub(crate) struct Load;

/// By hand: the type of `procfs` has `f32`, in which 0.07 is another number.
const LOAD: &str = "/proc/loadavg";

impl Source for Load {
    fn metrics(&self, _: Set) -> &'static [&'static str] {
        &["system.cpu.load_average.1m"]
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        let text = fs::read_to_string(LOAD).map_err(|error| format!("{LOAD}: {error}"))?;
        let load: f64 = text.split(' ').next().unwrap_or_default().parse()?;
        SystemCpu::load_average().set(load);
        Ok(())
    }

    fn hide(&mut self) {
        SystemCpu::load_average().remove();
    }
}

/// The folders of `/proc` that are named by a number.
pub(crate) struct Processes(Level);

impl Processes {
    pub(crate) fn new() -> Self {
        Self(Level::new(System::processes()))
    }
}

impl Source for Processes {
    fn metrics(&self, _: Set) -> &'static [&'static str] {
        &["system.process.count"]
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
