//! macOS and Windows: sources that read through `sysinfo`.

use std::time::Instant;

use sysinfo::{ProcessRefreshKind, ProcessesToUpdate, System as Host};

use crate::basic;
use crate::metrics::{
    Memory as MemoryMetric, MemoryState, ProcessCpu, Swap, SwapState, System, SystemCpu,
};
use crate::missing::Missing;
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::sum::Level;
use crate::window::SHORTEST_WINDOW;

pub(crate) fn sources() -> Vec<Box<dyn Source>> {
    let load: Box<dyn Source> = if cfg!(windows) {
        let cause = "Windows has no load average";
        Box::new(Missing { set: Set::Basic, metrics: &basic::LOAD, cause })
    } else {
        Box::new(Load)
    };
    vec![
        Box::new(Cpu { host: Host::new(), window: None }),
        Box::new(Memory(Host::new())),
        load,
        Box::new(Processes { host: Host::new(), count: Level::new(System::processes()) }),
        Box::new(Missing::full()),
    ]
}

/// CPU time.
struct Cpu {
    host: Host,
    /// The start of the window, and the CPU time of this process at that moment, in milliseconds.
    window: Option<(Instant, u64)>,
}

impl Cpu {
    /// The CPU time of this process, in milliseconds.
    fn of_process(&mut self) -> Result<u64, Cause> {
        let this = sysinfo::get_current_pid()?;
        refresh(&mut self.host, ProcessesToUpdate::Some(&[this]), true);
        let process = self.host.process(this).ok_or("sysinfo does not find this process")?;
        Ok(process.accumulated_cpu_time())
    }
}

impl Source for Cpu {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &basic::CPU,
            Set::Full => &[basic::CPU[0], basic::CPU[1], "process.cpu.core_utilization"],
        }
    }

    fn record(&mut self, set: Set) -> Result<(), Cause> {
        if self.window.is_some_and(|(start, _)| start.elapsed() < SHORTEST_WINDOW) {
            return Ok(());
        }
        let used = self.of_process()?;
        let now = Instant::now();
        self.host.refresh_cpu_usage();
        // The first reading only starts the window.
        if let Some((start, before)) = self.window.replace((now, used)) {
            let elapsed = now.duration_since(start).as_secs_f64();
            let cores = used.saturating_sub(before) as f64 / 1000.0 / elapsed;
            ProcessCpu::utilization().set(cores / self.host.cpus().len() as f64);
            SystemCpu::simple_utilization().set(self.host.global_cpu_usage() / 100.0);
            if set == Set::Full {
                ProcessCpu::core_utilization().set(cores);
            }
        }
        Ok(())
    }

    fn hide(&mut self) {
        ProcessCpu::utilization().remove();
        SystemCpu::simple_utilization().remove();
        ProcessCpu::core_utilization().remove();
    }
}

/// Memory and swap.
struct Memory(Host);

impl Source for Memory {
    fn metrics(&self, _: Set) -> &'static [&'static str] {
        &basic::MEMORY
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        self.0.refresh_memory();
        let total = self.0.total_memory();
        if total == 0 {
            return Err("sysinfo reports no memory".into());
        }
        let available = self.0.available_memory() as f64 / total as f64;
        MemoryMetric::utilization(MemoryState::Available).set(available);
        let used = match self.0.total_swap() {
            0 => 0.0,
            total => self.0.used_swap() as f64 / total as f64,
        };
        Swap::utilization(SwapState::Used).set(used);
        Ok(())
    }

    fn hide(&mut self) {
        MemoryMetric::utilization(MemoryState::Available).remove();
        Swap::utilization(SwapState::Used).remove();
    }
}

/// The load average.
struct Load;

impl Source for Load {
    fn metrics(&self, _: Set) -> &'static [&'static str] {
        &basic::LOAD
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        SystemCpu::load_average().set(Host::load_average().one);
        Ok(())
    }

    fn hide(&mut self) {
        SystemCpu::load_average().remove();
    }
}

/// The number of processes.
struct Processes {
    host: Host,
    count: Level,
}

impl Source for Processes {
    fn metrics(&self, _: Set) -> &'static [&'static str] {
        &basic::PROCESSES
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        refresh(&mut self.host, ProcessesToUpdate::All, false);
        match self.host.processes().len() as u64 {
            // At least this process exists.
            0 => Err("sysinfo reports no processes".into()),
            count => {
                self.count.follow(count);
                Ok(())
            }
        }
    }

    fn hide(&mut self) {
        self.count.hide();
    }
}

fn refresh(host: &mut Host, processes: ProcessesToUpdate<'_>, cpu: bool) {
    let nothing = ProcessRefreshKind::nothing();
    let kind = if cpu { nothing.with_cpu() } else { nothing };
    host.refresh_processes_specifics(processes, true, kind);
}
