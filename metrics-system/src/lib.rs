//! Metrics of the process and of the host it runs on, for [typed-metrics].
//!
//! [`install`] a [`Set`], and every collection of every handler has them, under the names, types,
//! units and attributes of [Logfire]'s `instrument_system_metrics`, so that its dashboards work.
//! Use it through the feature `system` of the facade: `typed_metrics::system::install`.
//!
//! # Basic
//!
//! | metric | kind, unit | labels | what it is on Linux |
//! |---|---|---|---|
//! | `process.cpu.utilization` | gauge, `1` | | user and system time of the process (`getrusage`), per second and per CPU |
//! | `system.cpu.simple_utilization` | gauge, `1` | | the part of all CPUs' time that is neither idle nor iowait (`/proc/stat`) |
//! | `system.memory.utilization` | gauge, `1` | `state=available` | `MemAvailable` / `MemTotal` (`/proc/meminfo`), or what a limit leaves |
//! | `system.swap.utilization` | gauge, `1` | `state=used` | the used part of the swap space; 0 if there is none |
//! | `system.cpu.load_average.1m` | gauge, `{thread}` | | the first number of `/proc/loadavg` |
//! | `system.process.count` | up-down counter, `{process}` | | the processes that `/proc` shows |
//!
//! # Full
//!
//! Those, and
//!
//! | metric | kind, unit | labels |
//! |---|---|---|
//! | `process.cpu.core_utilization` | gauge, `core` | |
//! | `process.cpu.time` | counter, `s` | `type`: `user`, `system` |
//! | `process.context_switches` | counter | `type`: `voluntary`, `involuntary` |
//! | `process.disk.io` | counter, `By` | `direction`: `read`, `write` |
//! | `process.memory.usage`, `process.memory.virtual` | up-down counter, `By` | |
//! | `process.open_file_descriptor.count`, `process.thread.count` | up-down counter | |
//! | `system.thread_count` | gauge | |
//! | `system.cpu.time` | counter, `s` | `state`, `cpu` (from 1) |
//! | `system.cpu.utilization` | gauge, `1` | `state`, `cpu` |
//! | `system.memory.usage`, `system.memory.utilization` | gauge, `By`, `1` | `state` |
//! | `system.swap.usage` | gauge, `By` | `state`: `used`, `free` |
//! | `system.disk.io`, `.operations`, `.time` | counter, `By`, `operations`, `s` | `device`, `direction` |
//! | `system.network.io`, `.packets`, `.errors`, `.dropped_packets` | counter, `By`, `packets`, `errors`, `packets` | `device`, `direction`: `transmit`, `receive` |
//! | `system.network.connections` | up-down counter, `connections` | `family`, `type`, `protocol`, `state` |
//!
//! Devices and connections are those of the process's network namespace. `family` and `type` are the
//! numbers of `AF_INET` or `AF_INET6` and of `SOCK_STREAM` or `SOCK_DGRAM`, as Python sends them.
//!
//! Python differs in four places. Its `system.swap.usage` says `pages` and means bytes, so here the
//! unit is `By`. Its context switches are those of the main thread, here they are of all threads. Its
//! `system.thread_count` counts Python's threads, here it is `process.thread.count` again. And its open
//! file descriptors count the one that it reads them with. What is Python's own (`cpython.*`,
//! `process.runtime.cpython.*`) is not there; nor are the states that Linux does not have: `wired`,
//! `interrupt` and `dpc`.
//!
//! # When it is read
//!
//! At the beginning of a collection, by one sampler for the whole process. A utilization is that of the
//! time since the reading before. Readings are 200 ms apart at least: whoever collects sooner sees the
//! values of the last one again, so neither two readers nor a flush split the window. A reader that
//! comes while another one reads waits for it, and sees the same. Until the first window after
//! [`install`] is long enough, utilizations are of the time before it: of the process since it began,
//! of the CPUs since boot.
//!
//! What cannot be read is named by [`install`]'s error. If that happens later, gauges and up-down
//! counters are missing, never zero, as long as it lasts, and it is warned of once.
//!
//! `cargo bench -p typed-metrics-system` says what a collection costs. Of the full set, the kernel's
//! list of TCP sockets takes most, and grows with them.
//!
//! # In containers
//!
//! - **CPUs** are the host's, those that `/proc/stat` has a line for, whatever quota or CPU set the
//!   container has: `process.cpu.utilization` is a fraction of the host, as in Python. A quota of two
//!   CPUs is used up when `process.cpu.core_utilization` is 2.
//! - **Memory** is what can still be had. If the process's cgroup, or one around it, limits memory to
//!   less than the host has, `total` is the lowest such limit, `available` is that limit less the
//!   working set (`memory.current` less `inactive_file` of `memory.stat`, by which kubelet evicts), and
//!   at most what the host has available; the other states are the cgroup's, without `buffers`. This
//!   is where Python shows the host. Both versions of cgroups are read: `memory.max`, or
//!   `memory.limit_in_bytes`, of the cgroup itself and of those around it that are mounted.
//! - **Swap** is limited by `memory.swap.max` in the same way. Version 1 only limits memory and swap
//!   together; there it is the host's.
//! - All else is what the container's `/proc` shows.
//!
//! # Platforms
//!
//! Everything on Linux. On macOS and Windows, by way of `sysinfo`, the basic metrics (but for the load
//! average, which Windows does not keep) and `process.cpu.core_utilization`; there, utilizations are
//! missing until the first window is over. Neither was run so far, only compiled. On other systems nothing. [`install`] names
//! what is missing on the platform at hand.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
//! [Logfire]: https://logfire.pydantic.dev/docs/integrations/system-metrics/

// The derive names the facade.
extern crate typed_metrics_core as typed_metrics;

#[cfg(any(target_os = "macos", windows))]
mod elsewhere;
mod install;
#[cfg(target_os = "linux")]
mod linux;
mod metrics;
#[cfg(not(target_os = "linux"))]
mod missing;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod nowhere;
mod set;
mod source;
mod sum;
mod unavailable;

#[cfg(any(target_os = "macos", windows))]
use elsewhere as platform;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
use nowhere as platform;

pub use install::{install, uninstall};
pub use set::Set;
pub use unavailable::Unavailable;
