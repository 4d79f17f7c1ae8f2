//! A process of the fleet that `e2e/fleet` starts: it records, exports by the variables, forks
//! workers that do the same, and ends. The argument is its name. Each process prints what it
//! recorded, in one line of JSON.

#[cfg(unix)]
fn main() {
    fleet::main();
}

#[cfg(not(unix))]
fn main() {
    eprintln!("only Unix has forks");
}

#[cfg(unix)]
mod fleet {
    use std::io::Write;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    use std::thread;
    use std::time::Duration;

    use nix::sys::wait::{WaitStatus, waitpid};
    use nix::unistd::{ForkResult, Pid, fork};
    use typed_metrics::{Label, Metrics, fork_guard, set_metric_handlers, shutdown};

    #[derive(Clone, Copy, Label)]
    enum Kind {
        Mail,
        Report,
    }

    #[derive(Metrics)]
    #[metrics(prefix = "fleet")]
    enum Fleet<'a> {
        #[counter]
        Jobs { process: &'a str, kind: Kind },
        #[histogram(unit = "s", buckets = [1, 2, 4])]
        Time { process: &'a str },
        #[counter]
        Ticks { process: &'a str },
        #[up_down_counter]
        Open { process: &'a str },
    }

    pub(super) fn main() {
        let name = std::env::args().nth(1).expect("the name of the process");
        let before = Work::new(&name);
        // Recorded before the handler is there, and exported too.
        before.jobs(3);
        let early = worker(&format!("{name}.1"));
        set_metric_handlers("otel").unwrap();
        // Forked from a process that exports.
        let late = worker(&format!("{name}.2"));
        before.run();
        before.end();
        for worker in [early, late] {
            assert_eq!(waitpid(worker, None).unwrap(), WaitStatus::Exited(worker, 0));
        }
    }

    /// Forks a worker.
    fn worker(name: &str) -> Pid {
        let guard = fork_guard();
        // SAFETY: The guard keeps the metrics whole, and no other code of this program has threads
        // or locks.
        match unsafe { fork() }.unwrap() {
            ForkResult::Child => {
                drop(guard);
                let ended = catch_unwind(AssertUnwindSafe(|| {
                    let work = Work::new(name);
                    set_metric_handlers("otel").unwrap();
                    work.run();
                    work.end();
                }));
                std::process::exit(i32::from(ended.is_err()));
            }
            ForkResult::Parent { child } => child,
        }
    }

    /// The work of a process, and what it has recorded.
    struct Work<'a> {
        process: &'a str,
        jobs: AtomicU64,
        times: AtomicU64,
        /// Of quarters of a second.
        quarters: AtomicU64,
        ticks: Arc<AtomicU64>,
        open: AtomicU64,
    }

    impl<'a> Work<'a> {
        fn new(process: &'a str) -> Self {
            let zero = AtomicU64::default;
            let (jobs, times, quarters, open) = (zero(), zero(), zero(), zero());
            Self { process, jobs, times, quarters, ticks: Arc::default(), open }
        }

        fn jobs(&self, count: u64) {
            for kind in [Kind::Mail, Kind::Report] {
                Fleet::jobs(self.process, kind).add(count);
                self.jobs.fetch_add(count, Relaxed);
            }
        }

        /// Records from two threads for about a second and a half.
        fn run(&self) {
            let ticks = Arc::clone(&self.ticks);
            let observation = Fleet::ticks(self.process).observe(move || ticks.load(Relaxed));
            thread::scope(|scope| {
                for thread in 1..=2 {
                    scope.spawn(move || {
                        for round in 0..15_u64 {
                            self.jobs(thread * round);
                            Fleet::time(self.process).record(round as f64 / 4.0);
                            self.times.fetch_add(1, Relaxed);
                            self.quarters.fetch_add(round, Relaxed);
                            self.ticks.fetch_add(thread, Relaxed);
                            Fleet::open(self.process).add(1);
                            self.open.fetch_add(1, Relaxed);
                            thread::sleep(Duration::from_millis(90 + 10 * thread));
                        }
                    });
                }
            });
            // The last value of a callback is the one at the shutdown.
            std::mem::forget(observation);
        }

        /// Exports the last values, and prints what was recorded.
        fn end(&self) {
            shutdown().unwrap();
            let Self { process, jobs, times, quarters, ticks, open } = self;
            let sum = quarters.load(Relaxed) as f64 / 4.0;
            let line = format!(
                "{{\"process\": \"{process}\", \"jobs\": {jobs:?}, \"count\": {times:?}, \
                 \"sum\": {sum}, \"ticks\": {ticks:?}, \"open\": {open:?}}}\n"
            );
            // One write, because the processes share the file.
            std::io::stdout().write_all(line.as_bytes()).unwrap();
        }
    }
}
