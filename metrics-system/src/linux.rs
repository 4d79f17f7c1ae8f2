//! Linux: what is read from `/proc`.

mod cgroup;
mod connections;
mod cpu;
mod disks;
mod host;
mod memory;
mod network;
mod process;
mod usage;

use crate::source::Source;

/// All sources. What is in several of the basic metrics' files comes first.
pub(crate) fn sources() -> Vec<Box<dyn Source>> {
    vec![
        Box::new(cpu::Cpu::new()),
        Box::new(memory::Memory::new()),
        Box::new(host::Load),
        Box::new(host::Processes::new()),
        Box::new(process::Status::new()),
        Box::new(process::Io::new()),
        Box::new(process::FileDescriptors::new()),
        Box::new(disks::Disks::default()),
        Box::new(network::Devices::default()),
        Box::new(connections::Connections::default()),
    ]
}
