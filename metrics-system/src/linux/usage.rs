//! CPU time by state, and the share of this process.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use procfs::process::Process;
use procfs::{CpuTime, Current, CurrentSI, KernelStats, Uptime};

use crate::metrics::CpuState;
use crate::source::Cause;
use crate::window::SHORTEST_WINDOW;

/// All totals at one moment.
#[derive(Debug)]
pub(crate) struct Usages {
    at: Instant,
    /// User and system time of this process: of all threads, including ended ones.
    pub(crate) user: Duration,
    pub(crate) system: Duration,
    pub(crate) voluntary_switches: u64,
    pub(crate) involuntary_switches: u64,
    /// Clock ticks since boot, of all CPUs together.
    total: Ticks,
    /// Clock ticks since boot, of each CPU that is online.
    pub(crate) cpus: Vec<Ticks>,
}

/// Clock ticks by state.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ticks {
    states: [u64; STATES.len()],
    /// Time of guests, which is also part of `user` and `nice`.
    guest: u64,
}

/// The states in the order of `/proc/stat`.
pub(crate) const STATES: [CpuState; 8] = [
    CpuState::User,
    CpuState::Nice,
    CpuState::System,
    CpuState::Idle,
    CpuState::Iowait,
    CpuState::Irq,
    CpuState::Softirq,
    CpuState::Steal,
];

/// CPU usage between two moments.
#[derive(Debug)]
pub(crate) struct Shares {
    /// Usage of this process, in cores.
    pub(crate) process: f64,
    /// The number of CPUs.
    pub(crate) cpus: usize,
    /// The fraction of all CPUs' time that is neither `idle` nor `iowait`.
    pub(crate) busy: f64,
    /// For each CPU, the fraction of its time in each state.
    pub(crate) states: Vec<[f64; STATES.len()]>,
}

impl Usages {
    pub(crate) fn now() -> Result<Self, Cause> {
        let stats = KernelStats::current()?;
        let usage = getrusage(UsageWho::RUSAGE_SELF)?;
        Ok(Self {
            at: Instant::now(),
            user: duration(usage.user_time()),
            system: duration(usage.system_time()),
            voluntary_switches: unsigned(usage.voluntary_context_switches()),
            involuntary_switches: unsigned(usage.involuntary_context_switches()),
            total: Ticks::of(&stats.total),
            cpus: stats.cpu_time.iter().map(Ticks::of).collect(),
        })
    }

    /// The usage from `before` to now; `None` if the window is too short.
    pub(crate) fn since(&self, before: &Self) -> Option<Shares> {
        let elapsed = self.at.duration_since(before.at);
        (elapsed >= SHORTEST_WINDOW).then(|| self.shares(Some(before), elapsed))
    }

    /// The usage of the process since its start, and of the CPUs since boot; `None` if `/proc`
    /// cannot be read.
    pub(crate) fn since_the_beginning(&self) -> Option<Shares> {
        let started = Process::myself().and_then(|process| process.stat()).ok()?.starttime as f64;
        let age = Uptime::current().ok()?.uptime - started / procfs::ticks_per_second() as f64;
        // Both times have a resolution of 10 ms, so the age of a new process may be 0.
        let mut shares = self.shares(None, Duration::from_secs_f64(age.max(0.01)));
        // A container's `/proc/uptime` can be younger than its processes.
        shares.process = shares.process.min(shares.cpus as f64);
        Some(shares)
    }

    fn of_process(&self) -> Duration {
        self.user + self.system
    }

    fn shares(&self, before: Option<&Self>, elapsed: Duration) -> Shares {
        let nothing = Ticks::default();
        let earlier = before.map_or(Duration::ZERO, Self::of_process);
        let used = self.of_process().saturating_sub(earlier);
        let total = self.total.since(before.map_or(&nothing, |before| &before.total));
        // The positions of CPUs change when one goes offline or comes back.
        let same = before.filter(|before| before.cpus.len() == self.cpus.len());
        let earlier = |i: usize| same.map_or(&nothing, |before| &before.cpus[i]);
        let cpus = self.cpus.iter().enumerate();
        Shares {
            process: used.as_secs_f64() / elapsed.as_secs_f64(),
            cpus: self.cpus.len(),
            busy: total.busy(),
            states: cpus.map(|(i, cpu)| cpu.since(earlier(i)).fractions()).collect(),
        }
    }
}

impl Ticks {
    fn of(time: &CpuTime) -> Self {
        let [iowait, irq, softirq, steal] =
            [time.iowait, time.irq, time.softirq, time.steal].map(Option::unwrap_or_default);
        Self {
            states: [time.user, time.nice, time.system, time.idle, iowait, irq, softirq, steal],
            guest: time.guest.unwrap_or_default() + time.guest_nice.unwrap_or_default(),
        }
    }

    /// Seconds by state.
    pub(crate) fn seconds(&self) -> [f64; STATES.len()] {
        let per_second = procfs::ticks_per_second() as f64;
        self.states.map(|ticks| ticks as f64 / per_second)
    }

    /// The difference. `idle` and `iowait` may fall; a negative difference counts as 0.
    fn since(&self, before: &Self) -> Self {
        let states = std::array::from_fn(|i| self.states[i].saturating_sub(before.states[i]));
        Self { states, guest: self.guest.saturating_sub(before.guest) }
    }

    /// The sum that psutil divides by: without the time of guests, which is part of `user` and
    /// `nice`.
    fn all(&self) -> f64 {
        self.states.iter().sum::<u64>().saturating_sub(self.guest) as f64
    }

    fn busy(&self) -> f64 {
        let idle = (self.states[3] + self.states[4]) as f64;
        let all = self.all();
        if all > 0.0 { ((all - idle) / all).max(0.0) } else { 0.0 }
    }

    fn fractions(&self) -> [f64; STATES.len()] {
        let all = self.all().max(1.0);
        self.states.map(|ticks| (ticks as f64 / all).min(1.0))
    }
}

fn duration(time: nix::sys::time::TimeVal) -> Duration {
    let seconds = Duration::from_secs(unsigned(time.tv_sec()));
    seconds + Duration::from_micros(unsigned(time.tv_usec()))
}

/// Converts a number that the kernel counts up from zero.
fn unsigned(count: impl TryInto<u64>) -> u64 {
    count.try_into().unwrap_or_default()
}
