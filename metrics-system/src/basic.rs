//! The names of the basic metrics, by the source that reads them.

/// CPU time of the process and of all CPUs.
pub(crate) const CPU: [&str; 2] = ["process.cpu.utilization", "system.cpu.simple_utilization"];

/// Memory and swap.
pub(crate) const MEMORY: [&str; 2] = ["system.memory.utilization", "system.swap.utilization"];

/// The load average.
pub(crate) const LOAD: [&str; 1] = ["system.cpu.load_average.1m"];

/// The number of processes.
pub(crate) const PROCESSES: [&str; 1] = ["system.process.count"];

/// All basic metrics.
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(crate) const ALL: [&str; 6] = [CPU[0], CPU[1], MEMORY[0], MEMORY[1], LOAD[0], PROCESSES[0]];
