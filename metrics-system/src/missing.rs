//! Metrics that a platform does not provide.

use crate::set::Set;
use crate::source::{Cause, Source};

/// A source of metrics that cannot be read on this platform, with the reason.
pub(crate) struct Missing {
    pub(crate) set: Set,
    pub(crate) metrics: &'static [&'static str],
    pub(crate) cause: &'static str,
}

impl Missing {
    /// All basic metrics.
    #[cfg(not(any(target_os = "macos", windows)))]
    pub(crate) fn basic() -> Self {
        let cause = "they are read on Linux, macOS and Windows only";
        Self { set: Set::Basic, metrics: &crate::basic::ALL, cause }
    }

    /// The metrics of the full set that are read on Linux only.
    pub(crate) fn full() -> Self {
        let metrics = &[
            "process.cpu.time",
            "process.context_switches",
            "process.disk.io",
            "process.memory.usage",
            "process.memory.virtual",
            "process.open_file_descriptor.count",
            "process.thread.count",
            "system.thread_count",
            "system.cpu.time",
            "system.cpu.utilization",
            "system.memory.usage",
            "system.swap.usage",
            "system.disk.io",
            "system.disk.operations",
            "system.disk.time",
            "system.network.io",
            "system.network.packets",
            "system.network.errors",
            "system.network.dropped_packets",
            "system.network.connections",
        ];
        Self { set: Set::Full, metrics, cause: "they are read on Linux only" }
    }
}

impl Source for Missing {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        if set >= self.set { self.metrics } else { &[] }
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        Err(format!("{}; this is {}", self.cause, std::env::consts::OS).into())
    }

    fn hide(&mut self) {}
}
