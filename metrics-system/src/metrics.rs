//! The metrics: names, kinds, units and labels as Logfire's Python SDK 5.4.0 exports them, with one
//! exception that says so.

#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "little is read there"))]

use typed_metrics_derive::{Label, Metrics};

#[derive(Metrics)]
#[metrics(prefix = "process.cpu")]
pub(crate) enum ProcessCpu {
    /// CPU time of this process per second, as a fraction of what all CPUs of the host have.
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
    /// How often this process was switched away from a CPU.
    #[counter]
    ContextSwitches {
        #[label(name = "type")]
        reason: Switch,
    },
    /// What this process caused to be read from and written to storage.
    #[counter(unit = "By", name = "disk.io")]
    DiskIo { direction: Access },
    /// Physical memory in use.
    #[up_down_counter(unit = "By", name = "memory.usage")]
    MemoryUsage,
    /// Virtual memory, in use or not.
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
    /// Processes of the host, as far as its `/proc` shows them.
    #[up_down_counter(unit = "{process}", name = "process.count")]
    Processes,
    /// Threads of this process, under the name that Python's are counted by.
    #[gauge(value = u64)]
    ThreadCount,
}

#[derive(Metrics)]
#[metrics(prefix = "system.cpu")]
pub(crate) enum SystemCpu {
    /// The part of all CPU time in which a CPU was neither idle nor waiting for storage.
    #[gauge(unit = "1")]
    SimpleUtilization,
    /// The part of a CPU's time that it spent in a state.
    #[gauge(unit = "1")]
    Utilization { state: CpuState, cpu: u16 },
    /// Time that a CPU spent in a state.
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
    /// Memory in a state, as a fraction of all there is.
    #[gauge(unit = "1")]
    Utilization { state: MemoryState },
}

#[derive(Metrics)]
#[metrics(prefix = "system.swap")]
pub(crate) enum Swap {
    // Python says `pages` and exports bytes.
    /// Swap space in a state.
    #[gauge(unit = "By", value = u64)]
    Usage { state: SwapState },
    /// Swap space in a state, as a fraction of all there is; 0 if there is none.
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
    /// Time that reads and writes took, added up.
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
    /// Sockets in a state; of UDP all are in none.
    #[up_down_counter(unit = "connections")]
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
