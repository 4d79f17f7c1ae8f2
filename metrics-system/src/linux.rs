//! Linux: sources that read `/proc`, cgroups and `getrusage`.
//!
//! Each source reads one or a few files, and sets the metrics that they give. This layer uses
//! `metrics`, `sum`, `source` and the names in `basic`; it does not know when it is read.

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
