//! All sources of Linux.

use super::connections::Connections;
use super::cpu::Cpu;
use super::disks::Disks;
use super::host::{Load, Processes};
use super::memory::Memory;
use super::network::Devices;
use super::process::{FileDescriptors, Io, Status};
use crate::source::Source;

/// The sources, those with basic metrics first.
pub(crate) fn sources() -> Vec<Box<dyn Source>> {
    vec![
        Box::new(Cpu::new()),
        Box::new(Memory::new()),
        Box::new(Load),
        Box::new(Processes::new()),
        Box::new(Status::new()),
        Box::new(Io::new()),
        Box::new(FileDescriptors::new()),
        Box::new(Disks::default()),
        Box::new(Devices::default()),
        Box::new(Connections::default()),
    ]
}
