//! How CPUs spent their time, and how much of it this process had.

use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use procfs::process::Process;
use procfs::{CpuTime, Current, CurrentSI, KernelStats, Uptime};

use crate::install::SHORTEST_WINDOW;
use crate::metrics::CpuState;
use crate::source::Cause;

/// Everything at one moment.
#[derive(Debug)]
pub(crate) struct Usages {
    at: Instant,
    /// User and system time of this process, all threads, ended ones too.
    pub(crate) user: Duration,
    pub(crate) system: Duration,
    pub(crate) voluntary_switches: u64,
    pub(crate) involuntary_switches: u64,
    /// In clock ticks since boot: all CPUs, and each that is online.
    total: Ticks,
    pub(crate) cpus: Vec<Ticks>,
}

/// Clock ticks by state.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Ticks {
    states: [u64; STATES.len()],
    /// Counted in user and nice as well, and no state of its own.
    guest: u64,
}

/// In the order of `/proc/stat`.
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

/// What was used between two moments.
#[derive(Debug)]
pub(crate) struct Shares {
    /// Of this process, in cores.
    pub(crate) process: f64,
    /// How many CPUs there are.
    pub(crate) cpus: usize,
    /// The part of all CPUs' time that is neither idle nor iowait.
    pub(crate) busy: f64,
    /// For each CPU the part of its time that it spent in each state.
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

    /// What was used from `before` to now; `None` if that is too short to tell.
    pub(crate) fn since(&self, before: &Self) -> Option<Shares> {
        let elapsed = self.at.duration_since(before.at);
        (elapsed >= SHORTEST_WINDOW).then(|| self.shares(Some(before), elapsed))
    }

    /// What was used from the beginning to now: by the process, and since boot of the CPUs; `None`
    /// if `/proc` cannot be read.
    pub(crate) fn since_the_beginning(&self) -> Option<Shares> {
        let started = Process::myself().and_then(|process| process.stat()).ok()?.starttime as f64;
        let age = Uptime::current().ok()?.uptime - started / procfs::ticks_per_second() as f64;
        // Both are in hundredths of a second: a process that just started has had one, or none.
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
        // A CPU that went offline or came back shifts the others' places.
        let same = before.filter(|before| before.cpus.len() == self.cpus.len());
        let earlier = |i: usize| same.map_or(&nothing, |before| &before.cpus[i]);
        let cpus = self.cpus.iter().enumerate();
        Shares {
            process: used.as_secs_f64() / elapsed.as_secs_f64(),
            cpus: self.cpus.len(),
            busy: total.busy(),
            states: cpus.map(|(i, cpu)| cpu.since(earlier(i)).parts()).collect(),
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

    /// In seconds by state.
    pub(crate) fn seconds(&self) -> [f64; STATES.len()] {
        let per_second = procfs::ticks_per_second() as f64;
        self.states.map(|ticks| ticks as f64 / per_second)
    }

    /// The difference. Idle and iowait are known to fall at times; then nothing was spent there.
    fn since(&self, before: &Self) -> Self {
        let states = std::array::from_fn(|i| self.states[i].saturating_sub(before.states[i]));
        Self { states, guest: self.guest.saturating_sub(before.guest) }
    }

    /// What psutil divides by: guests' time is in user and nice already, and does not count.
    fn all(&self) -> f64 {
        self.states.iter().sum::<u64>().saturating_sub(self.guest) as f64
    }

    fn busy(&self) -> f64 {
        let idle = (self.states[3] + self.states[4]) as f64;
        let all = self.all();
        if all > 0.0 { ((all - idle) / all).max(0.0) } else { 0.0 }
    }

    fn parts(&self) -> [f64; STATES.len()] {
        let all = self.all().max(1.0);
        self.states.map(|ticks| (ticks as f64 / all).min(1.0))
    }
}

fn duration(time: nix::sys::time::TimeVal) -> Duration {
    let seconds = Duration::from_secs(unsigned(time.tv_sec()));
    seconds + Duration::from_micros(unsigned(time.tv_usec()))
}

/// Of what the kernel counts up from zero.
fn unsigned(count: impl TryInto<u64>) -> u64 {
    count.try_into().unwrap_or_default()
}
