//! CPU time of the process, by `getrusage`, and of the CPUs, from `/proc/stat`.

use std::ops::Range;

use typed_metrics_core::unit::Seconds;

use super::usage::{STATES, Shares, Usages};
use crate::basic;
use crate::metrics::{Mode, Process, ProcessCpu, Switch, SystemCpu};
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::sum::Total;

pub(crate) struct Cpu {
    /// The beginning of the next window.
    before: Option<Usages>,
    /// The shares of the last window.
    shares: Option<Shares>,
    /// The number of CPUs whose states are exported.
    exported: usize,
    user: Total<f64, Seconds>,
    system: Total<f64, Seconds>,
    voluntary: Total<u64>,
    involuntary: Total<u64>,
    /// The times of each CPU, by state.
    times: Vec<[Total<f64, Seconds>; STATES.len()]>,
}

impl Cpu {
    pub(crate) fn new() -> Self {
        Self {
            before: None,
            shares: None,
            exported: 0,
            user: Total::new(ProcessCpu::time(Mode::User)),
            system: Total::new(ProcessCpu::time(Mode::System)),
            voluntary: Total::new(Process::context_switches(Switch::Voluntary)),
            involuntary: Total::new(Process::context_switches(Switch::Involuntary)),
            times: Vec::new(),
        }
    }

    fn record_shares(&mut self, set: Set) {
        let Some(shares) = &self.shares else { return };
        ProcessCpu::utilization().set(shares.process / shares.cpus as f64);
        SystemCpu::simple_utilization().set(shares.busy);
        if set == Set::Full {
            ProcessCpu::core_utilization().set(shares.process);
            for (i, parts) in shares.states.iter().enumerate() {
                STATES.iter().zip(parts).for_each(|(state, part)| {
                    SystemCpu::utilization(*state, label(i)).set(*part);
                });
            }
            hide_states(shares.states.len()..self.exported);
            self.exported = shares.states.len();
        }
    }

    fn record_totals(&mut self, now: &Usages) {
        self.user.follow(now.user.as_secs_f64());
        self.system.follow(now.system.as_secs_f64());
        self.voluntary.follow(now.voluntary_switches);
        self.involuntary.follow(now.involuntary_switches);
        for (i, ticks) in now.cpus.iter().enumerate() {
            if self.times.len() == i {
                self.times.push(STATES.map(|state| Total::new(SystemCpu::time(state, label(i)))));
            }
            // `iowait` may fall, by the kernel's documentation.
            let seconds = ticks.seconds();
            self.times[i].iter_mut().zip(seconds).for_each(|(time, now)| time.follow_up(now));
        }
    }
}

fn hide_states(cpus: Range<usize>) {
    for cpu in cpus {
        STATES.iter().for_each(|state| SystemCpu::utilization(*state, label(cpu)).remove());
    }
}

/// CPUs are numbered from 1.
fn label(place: usize) -> u16 {
    u16::try_from(place + 1).unwrap_or(u16::MAX)
}

impl Source for Cpu {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &basic::CPU,
            Set::Full => &[
                basic::CPU[0],
                basic::CPU[1],
                "process.cpu.core_utilization",
                "process.cpu.time",
                "process.context_switches",
                "system.cpu.time",
                "system.cpu.utilization",
            ],
        }
    }

    fn record(&mut self, set: Set) -> Result<(), Cause> {
        let now = Usages::now()?;
        if set == Set::Full {
            self.record_totals(&now);
        }
        match &self.before {
            // The first window begins now. Until it is long enough, utilizations are those of the
            // time before it.
            None => {
                self.shares = now.since_the_beginning();
                self.before = Some(now);
            }
            Some(before) => {
                if let Some(shares) = now.since(before) {
                    self.shares = Some(shares);
                    self.before = Some(now);
                }
            }
        }
        self.record_shares(set);
        Ok(())
    }

    fn hide(&mut self) {
        ProcessCpu::utilization().remove();
        SystemCpu::simple_utilization().remove();
        ProcessCpu::core_utilization().remove();
        hide_states(0..std::mem::take(&mut self.exported));
    }
}
