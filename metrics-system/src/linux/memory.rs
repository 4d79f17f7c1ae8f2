//! Memory and swap: the host's from `/proc/meminfo`, or what the cgroup of this process leaves of it.

use procfs::{Current, Meminfo};

use crate::Set;
use crate::metrics::{Memory as Metric, MemoryState, Swap as SwapMetric, SwapState};
use crate::source::{Cause, Source};

use super::cgroup::Cgroup;

pub(crate) struct Memory {
    cgroup: Option<Cgroup>,
}

/// Memory by state, in bytes; `None` where it is not known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Amounts {
    pub(crate) total: u64,
    pub(crate) available: u64,
    pub(crate) free: u64,
    pub(crate) active: Option<u64>,
    pub(crate) inactive: Option<u64>,
    pub(crate) buffers: Option<u64>,
    pub(crate) cached: Option<u64>,
    pub(crate) shared: Option<u64>,
    pub(crate) slab: Option<u64>,
}

/// Swap space, in bytes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Swap {
    pub(crate) total: u64,
    pub(crate) used: u64,
}

impl Amounts {
    /// As psutil takes them.
    fn of_host(info: &Meminfo) -> Self {
        let (total, free) = (info.mem_total, info.mem_free);
        Self {
            total,
            // Some containers show a total that is smaller than what is available to the host.
            available: info.mem_available.filter(|bytes| *bytes <= total).unwrap_or(free),
            free,
            active: Some(info.active),
            inactive: Some(info.inactive),
            buffers: Some(info.buffers),
            cached: Some(info.cached + info.s_reclaimable.unwrap_or_default()),
            shared: info.shmem,
            slab: Some(info.slab),
        }
    }

    fn states(&self) -> [(MemoryState, Option<u64>); 10] {
        [
            (MemoryState::Available, Some(self.available)),
            (MemoryState::Used, Some(self.total.saturating_sub(self.available))),
            (MemoryState::Free, Some(self.free)),
            (MemoryState::Active, self.active),
            (MemoryState::Inactive, self.inactive),
            (MemoryState::Buffers, self.buffers),
            (MemoryState::Cached, self.cached),
            (MemoryState::Shared, self.shared),
            (MemoryState::Slab, self.slab),
            (MemoryState::Total, Some(self.total)),
        ]
    }

    fn record(&self, set: Set) {
        for (state, bytes) in self.states() {
            let is_basic = matches!(state, MemoryState::Available);
            let is_total = matches!(state, MemoryState::Total);
            match bytes {
                Some(_) if set == Set::Basic && !is_basic => {}
                Some(bytes) => {
                    if set == Set::Full {
                        Metric::usage(state).set(bytes);
                    }
                    // Of the total it would always be 1.
                    if !is_total {
                        Metric::utilization(state).set(bytes as f64 / self.total as f64);
                    }
                }
                None => hide(state),
            }
        }
    }
}

fn hide(state: MemoryState) {
    Metric::usage(state).remove();
    Metric::utilization(state).remove();
}

impl Swap {
    fn record(self, set: Set) {
        let used = if self.total == 0 { 0.0 } else { self.used as f64 / self.total as f64 };
        SwapMetric::utilization(SwapState::Used).set(used);
        if set == Set::Full {
            SwapMetric::usage(SwapState::Used).set(self.used);
            SwapMetric::usage(SwapState::Free).set(self.total.saturating_sub(self.used));
        }
    }
}

impl Memory {
    pub(crate) fn new() -> Self {
        Self { cgroup: Cgroup::of_this_process() }
    }
}

impl Source for Memory {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        const ALL: &[&str] = &[
            "system.memory.utilization",
            "system.swap.utilization",
            "system.memory.usage",
            "system.swap.usage",
        ];
        match set {
            Set::Basic => &ALL[..2],
            Set::Full => ALL,
        }
    }

    fn record(&mut self, set: Set) -> Result<(), Cause> {
        let info = Meminfo::current()?;
        let memory = Amounts::of_host(&info);
        let swap =
            Swap { total: info.swap_total, used: info.swap_total.saturating_sub(info.swap_free) };
        let cgroup = self.cgroup.as_ref();
        cgroup.and_then(|cgroup| cgroup.memory(&memory)).unwrap_or(memory).record(set);
        cgroup.and_then(|cgroup| cgroup.swap(swap)).unwrap_or(swap).record(set);
        Ok(())
    }

    fn hide(&mut self) {
        let nothing = Amounts {
            total: 0,
            available: 0,
            free: 0,
            active: None,
            inactive: None,
            buffers: None,
            cached: None,
            shared: None,
            slab: None,
        };
        nothing.states().into_iter().for_each(|(state, _)| hide(state));
        SwapMetric::utilization(SwapState::Used).remove();
        SwapMetric::usage(SwapState::Used).remove();
        SwapMetric::usage(SwapState::Free).remove();
    }
}
