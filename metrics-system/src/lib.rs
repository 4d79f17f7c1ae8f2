//! Metrics of the process and of its host, for [typed-metrics].
//!
//! [`install`] a [`Set`], and every collection of every handler contains its metrics. Their names,
//! types, units and attributes are those of [Logfire]'s `instrument_system_metrics`, so Logfire's
//! dashboards show them. Use this crate through the feature `system` of the facade:
//! `typed_metrics::system::install`.
//!
//! # Basic
//!
//! | metric | kind, unit | labels |
//! |---|---|---|
//! | `process.cpu.utilization` | gauge, `1` | |
//! | `system.cpu.simple_utilization` | gauge, `1` | |
//! | `system.memory.utilization` | gauge, `1` | `state`: `available` |
//! | `system.swap.utilization` | gauge, `1` | `state`: `used` |
//! | `system.cpu.load_average.1m` | gauge, `{thread}` | |
//! | `system.process.count` | up-down counter, `{process}` | |
//!
//! On Linux, their sources are:
//!
//! - `process.cpu.utilization`: user and system time of the process (`getrusage`), per second and
//!   per CPU.
//! - `system.cpu.simple_utilization`: the fraction of all CPUs' time that is neither idle nor
//!   iowait (`/proc/stat`).
//! - `system.memory.utilization`: `MemAvailable` / `MemTotal` (`/proc/meminfo`), or less below a
//!   cgroup's limit.
//! - `system.swap.utilization`: the used fraction of the swap space; 0 without swap space.
//! - `system.cpu.load_average.1m`: the first number of `/proc/loadavg`.
//! - `system.process.count`: the processes that `/proc` shows.
//!
//! # Full
//!
//! The basic metrics, and:
//!
//! | metric | kind, unit | labels |
//! |---|---|---|
//! | `process.cpu.core_utilization` | gauge, `core` | |
//! | `process.cpu.time` | counter, `s` | `type`: `user`, `system` |
//! | `process.context_switches` | counter | `type`: `voluntary`, `involuntary` |
//! | `process.disk.io` | counter, `By` | `direction`: `read`, `write` |
//! | `process.memory.usage`, `process.memory.virtual` | up-down counter, `By` | |
//! | `process.open_file_descriptor.count` | up-down counter | |
//! | `process.thread.count` | up-down counter | |
//! | `system.thread_count` | gauge | |
//! | `system.cpu.time` | counter, `s` | `state`, `cpu` (from 1) |
//! | `system.cpu.utilization` | gauge, `1` | `state`, `cpu` |
//! | `system.memory.usage` | gauge, `By` | `state` |
//! | `system.memory.utilization` | gauge, `1` | `state` |
//! | `system.swap.usage` | gauge, `By` | `state`: `used`, `free` |
//! | `system.disk.io` | counter, `By` | `device`, `direction` |
//! | `system.disk.operations` | counter, `operations` | `device`, `direction` |
//! | `system.disk.time` | counter, `s` | `device`, `direction` |
//! | `system.network.io` | counter, `By` | `device`, `direction`: `transmit`, `receive` |
//! | `system.network.packets` | counter, `packets` | `device`, `direction` |
//! | `system.network.errors` | counter, `errors` | `device`, `direction` |
//! | `system.network.dropped_packets` | counter, `packets` | `device`, `direction` |
//! | `system.network.connections` | up-down counter | `family`, `type`, `protocol`, `state` |
//!
//! The unit of `system.network.connections` is `connections`. Devices and connections are those of
//! the process's network namespace. `family` and `type` are the numbers of `AF_INET` or `AF_INET6`
//! and of `SOCK_STREAM` or `SOCK_DGRAM`, as in Python.
//!
//! Python differs in four places:
//!
//! - The unit of its `system.swap.usage` is `pages`, though its values are bytes. Here the unit is
//!   `By`.
//! - Its context switches are those of the main thread. Here they are those of all threads.
//! - Its `system.thread_count` counts Python's threads. Here it equals `process.thread.count`.
//! - Its open file descriptors include the descriptor that reads them.
//!
//! Metrics of Python itself (`cpython.*`, `process.runtime.cpython.*`) do not exist here. Neither
//! do states that Linux does not have: `wired`, `interrupt` and `dpc`.
//!
//! # Readings
//!
//! One sampler for the whole process reads at the beginning of a collection. A utilization is that
//! of the time since the last reading. Readings are at least 200 ms apart: a collection that comes
//! sooner sees the values of the last reading, so neither two readers nor a flush split the window.
//! A reader that comes during a reading waits for it, and sees the same values. Until the first
//! window after [`install`] is long enough, utilizations are those of the time before: of the
//! process since its start, of the CPUs since boot.
//!
//! The error of [`install`] names the metrics that cannot be read. If reading fails later, a
//! warning is reported once; until reading works again, gauges and up-down counters are missing,
//! never zero.
//!
//! `cargo bench -p typed-metrics-system` measures a collection. The kernel's list of TCP sockets
//! takes most of the time of the full set, and grows with the number of sockets.
//!
//! # Containers
//!
//! - **CPUs** are those of the host: all CPUs with a line in `/proc/stat`, whatever quota or CPU
//!   set the container has. `process.cpu.utilization` is a fraction of the host, as in Python. A
//!   quota of two CPUs is used up when `process.cpu.core_utilization` is 2.
//! - **Memory** respects limits. If the process's cgroup, or a cgroup around it, has a limit below
//!   the host's memory, `total` is the lowest such limit. `available` is that limit less the
//!   working set, and at most the host's available memory. The working set is `memory.current` less
//!   `inactive_file` of `memory.stat`, by which kubelet evicts. The other states are those of the
//!   cgroup, without `buffers`. Python reports the host's memory instead. Both versions of cgroups
//!   are read: `memory.max` or `memory.limit_in_bytes`, of the cgroup itself and of the mounted
//!   cgroups around it.
//! - **Swap** is limited by `memory.swap.max` in the same way. Version 1 limits only the sum of
//!   memory and swap, so the host's swap is reported.
//! - All other metrics show the container's `/proc`.
//!
//! # Platforms
//!
//! Linux has all metrics. macOS and Windows have the basic metrics, except for the load average on
//! Windows, and `process.cpu.core_utilization`, through `sysinfo`. There, utilizations are missing
//! until the first window is over. The code for macOS and Windows was compiled, but not run so far.
//! Other systems have no metrics. The error of [`install`] names the missing metrics of the
//! platform.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
//! [Logfire]: https://logfire.pydantic.dev/docs/integrations/system-metrics/

// Generated code uses the facade's name.
extern crate typed_metrics_core as typed_metrics;

mod basic;
mod install;
#[cfg(target_os = "linux")]
mod linux;
mod metrics;
#[cfg(not(target_os = "linux"))]
mod missing;
mod platform;
mod set;
mod source;
mod sum;
#[cfg(any(target_os = "macos", windows))]
mod sysinfo;
mod unavailable;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod unsupported;
mod window;

pub use install::{install, uninstall};
#[doc(hidden)]
pub use install::{installed, restore};
pub use set::Set;
pub use unavailable::Unavailable;
