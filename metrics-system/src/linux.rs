//! Linux: sources that read `/proc`, cgroups and `getrusage`.
//!
//! Each source reads one or a few files, and records their metrics. This layer uses the files of
//! the crate's root below `platform`, but not `install`, which decides when sources are read.

mod amounts;
mod cgroup;
mod connections;
mod cpu;
mod disks;
mod host;
mod memory;
mod network;
mod process;
pub(crate) mod sources;
mod usage;
