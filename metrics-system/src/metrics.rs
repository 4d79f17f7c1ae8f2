//! The metrics. Names, kinds, units and labels are those of Logfire's Python SDK 5.4.0, except for
//! one unit that a comment names.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "other platforms read only some of the metrics")
)]

use typed_metrics_derive::{Label, Metrics};

#[derive(Metrics)]
#[metrics(prefix = "process.cpu")]
pub(crate) enum ProcessCpu {
    /// CPU time of this process per second, as a fraction of the time of all CPUs.
    #[gauge(unit = "1")]
    Utilization,
    /// CPU time of this process per second: 2 means two full cores.
    #[gauge(unit = "core")]
    CoreUtilization,
    /// CPU time of this process.
    #[counter(unit = "s", value = f64)]
    Time {
        #[label(name = "type")]
        mode: Mode,
    },
}

#[derive(Metrics)]
#[metrics(prefix = "process")]
pub(crate) enum Process {
    /// Switches of this process away from a CPU.
    #[counter]
    ContextSwitches {
        #[label(name = "type")]
        reason: Switch,
    },
    /// Bytes that this process caused to be read from and written to storage.
    #[counter(unit = "By", name = "disk.io")]
    DiskIo { direction: Access },
    /// Physical memory in use.
    #[up_down_counter(unit = "By", name = "memory.usage")]
    MemoryUsage,
    /// Virtual memory, whether in use or not.
    #[up_down_counter(unit = "By", name = "memory.virtual")]
    MemoryVirtual,
    /// File descriptors in use.
    #[up_down_counter(name = "open_file_descriptor.count")]
    OpenFileDescriptors,
    /// Threads of this process.
    #[up_down_counter(name = "thread.count")]
    Threads,
}

#[derive(Metrics)]
#[metrics(prefix = "system")]
pub(crate) enum System {
    /// Processes that `/proc` shows.
    #[up_down_counter(unit = "{process}", name = "process.count")]
    Processes,
    /// Threads of this process, under the name of Python's thread count.
    #[gauge(value = u64)]
    ThreadCount,
}

#[derive(Metrics)]
#[metrics(prefix = "system.cpu")]
pub(crate) enum SystemCpu {
    /// The fraction of all CPU time in which a CPU was neither idle nor waiting for storage.
    #[gauge(unit = "1")]
    SimpleUtilization,
    /// The fraction of a CPU's time in a state.
    #[gauge(unit = "1")]
    Utilization { state: CpuState, cpu: u16 },
    /// Time of a CPU in a state.
    #[counter(unit = "s", value = f64)]
    Time { state: CpuState, cpu: u16 },
    /// Threads running or waiting for a CPU or storage, averaged over the last minute.
    #[gauge(unit = "{thread}", name = "load_average.1m")]
    LoadAverage,
}

#[derive(Metrics)]
#[metrics(prefix = "system.memory")]
pub(crate) enum Memory {
    /// Memory in a state; states overlap.
    #[gauge(unit = "By", value = u64)]
    Usage { state: MemoryState },
    /// Memory in a state, as a fraction of all memory.
    #[gauge(unit = "1")]
    Utilization { state: MemoryState },
}

#[derive(Metrics)]
#[metrics(prefix = "system.swap")]
pub(crate) enum Swap {
    // Python's unit is `pages`, though it exports bytes.
    /// Swap space in a state.
    #[gauge(unit = "By", value = u64)]
    Usage { state: SwapState },
    /// Swap space in a state, as a fraction of all swap space; 0 without swap space.
    #[gauge(unit = "1")]
    Utilization { state: SwapState },
}

#[derive(Metrics)]
#[metrics(prefix = "system.disk")]
pub(crate) enum Disk<'a> {
    /// Bytes read from and written to a device.
    #[counter(unit = "By")]
    Io { device: &'a str, direction: Access },
    /// Reads and writes that a device completed.
    #[counter(unit = "operations")]
    Operations { device: &'a str, direction: Access },
    /// Total time of reads and writes.
    #[counter(unit = "s", value = f64)]
    Time { device: &'a str, direction: Access },
}

#[derive(Metrics)]
#[metrics(prefix = "system.network")]
pub(crate) enum Network<'a> {
    /// Packets that a device dropped.
    #[counter(unit = "packets")]
    DroppedPackets { device: &'a str, direction: Transfer },
    /// Packets that a device transferred.
    #[counter(unit = "packets")]
    Packets { device: &'a str, direction: Transfer },
    /// Errors of a device.
    #[counter(unit = "errors")]
    Errors { device: &'a str, direction: Transfer },
    /// Bytes that a device transferred.
    #[counter(unit = "By")]
    Io { device: &'a str, direction: Transfer },
    /// Sockets by state. The state of UDP sockets is `NONE`.
    #[up_down_counter(unit = "connections", positional)]
    Connections {
        /// `AF_INET` or `AF_INET6`.
        family: u8,
        /// `SOCK_STREAM` or `SOCK_DGRAM`.
        #[label(name = "type")]
        socket: u8,
        protocol: Protocol,
        state: ConnectionState,
    },
}

#[derive(Clone, Copy, Label)]
pub(crate) enum Mode {
    User,
    System,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum Switch {
    Voluntary,
    Involuntary,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum Access {
    Read,
    Write,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum Transfer {
    Transmit,
    Receive,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum CpuState {
    User,
    Nice,
    System,
    Idle,
    Iowait,
    Irq,
    Softirq,
    Steal,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum MemoryState {
    Available,
    Used,
    Free,
    Active,
    Inactive,
    Buffers,
    Cached,
    Shared,
    Slab,
    Total,
}

#[derive(Clone, Copy, Label)]
pub(crate) enum SwapState {
    Used,
    Free,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Label)]
pub(crate) enum Protocol {
    Tcp,
    Udp,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Label)]
#[label(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ConnectionState {
    Established,
    SynSent,
    SynRecv,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
    None,
}
