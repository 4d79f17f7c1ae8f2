//! Runs the observed callbacks, and waits for them only so long.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread;
use std::time::Duration;

use log::Level;
use typed_metrics_core::{observe_now, report};

/// How long a scrape waits for the callbacks. Their values arrive with the next scrape if they take
/// longer.
pub(crate) const PATIENCE: Duration = Duration::from_millis(300);

/// The most threads that run callbacks. A callback that hangs keeps its thread; another thread is
/// then tried, and passes over the callback if it observes a series.
const MOST_THREADS: usize = 4;

/// The threads that run callbacks. They end when this is dropped, unless their callbacks hang.
#[derive(Debug, Default)]
pub(crate) struct Callbacks {
    runners: Vec<Runner>,
    /// Whether the callbacks did not return in time when they ran last.
    are_late: bool,
}

/// A thread that runs all callbacks when it is asked.
#[derive(Debug)]
struct Runner {
    ask: Sender<()>,
    done: Receiver<()>,
    is_running: bool,
}

impl Callbacks {
    /// Runs the callbacks. Returns when they have returned, or after [`PATIENCE`].
    pub(crate) fn run(&mut self) {
        let in_time = self.idle().is_some_and(Runner::run);
        if !in_time && !self.are_late {
            let text = format_args!(
                "observed callbacks have not returned within {PATIENCE:?}, so a scrape has the \
                 values that they gave before; make the callbacks faster, or record the values \
                 from a thread of your own"
            );
            report(Level::Warn, "handler `prometheus`: observed callbacks are late", text);
        }
        self.are_late = !in_time;
    }

    /// A runner that waits to be asked. `None` if all of them hang, or no thread can be started.
    fn idle(&mut self) -> Option<&mut Runner> {
        self.runners.retain_mut(Runner::is_alive);
        let idle = self.runners.iter().position(|runner| !runner.is_running);
        if idle.is_none() && self.runners.len() < MOST_THREADS {
            self.runners.extend(Runner::start());
        }
        self.runners.iter_mut().find(|runner| !runner.is_running)
    }
}

impl Runner {
    fn start() -> Option<Self> {
        let (ask, asked) = channel::<()>();
        let (tell, done) = channel();
        let thread = thread::Builder::new().name("metrics-observe".to_owned());
        let run = move || {
            // Ends when the scraper is dropped.
            while asked.recv().is_ok() {
                observe_now();
                if tell.send(()).is_err() {
                    return;
                }
            }
        };
        thread.spawn(run).ok()?;
        Some(Self { ask, done, is_running: false })
    }

    /// Whether the thread is there. Takes note if the callbacks have returned meanwhile.
    fn is_alive(&mut self) -> bool {
        match self.done.try_recv() {
            Ok(()) => self.is_running = false,
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return false,
        }
        true
    }

    /// Whether the callbacks have returned in time.
    fn run(&mut self) -> bool {
        self.is_running = self.ask.send(()).is_ok();
        match self.done.recv_timeout(PATIENCE) {
            Ok(()) => {
                self.is_running = false;
                true
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        }
    }
}
