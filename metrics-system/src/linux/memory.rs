//! Memory and swap: of the host, from `/proc/meminfo`, or of the cgroup of this process if it has a
//! lower limit.

use procfs::{Current, Meminfo};

use super::amounts::{Amounts, Swap};
use super::cgroup::Cgroup;
use crate::basic;
use crate::metrics::{Memory as Metric, MemoryState, Swap as SwapMetric, SwapState};
use crate::set::Set;
use crate::source::{Cause, Source};

pub(crate) struct Memory {
    cgroup: Option<Cgroup>,
}

impl Amounts {
    /// The amounts, by the rules of psutil.
    fn of_host(info: &Meminfo) -> Self {
        let (total, free) = (info.mem_total, info.mem_free);
        Self {
            total,
            // In some containers, the total is smaller than the memory available to the host.
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
                    // The utilization of the total would always be 1.
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
        match set {
            Set::Basic => &basic::MEMORY,
            Set::Full => {
                &[basic::MEMORY[0], basic::MEMORY[1], "system.memory.usage", "system.swap.usage"]
            }
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
