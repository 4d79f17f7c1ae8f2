//! The thread that collects, encodes, and hands batches to the sender.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use log::Level;
use opentelemetry::{Context, InstrumentationScope};
use typed_metrics_core::{foreign, report};

use super::source::Source;
use crate::collecting;
use crate::lock::lock;
use crate::otlp::config::mistakes::OtlpError;
use crate::otlp::config::settings::Settings;
use crate::otlp::send::sender::Sender;

/// The sources of a pipeline, and the thread that exports them. On drop, the thread ends.
#[derive(Debug)]
pub(crate) struct Exporter(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    sender: Arc<Sender>,
    sources: Mutex<Vec<Arc<Source>>>,
    state: Mutex<State>,
    /// Notified when the state changes.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How many exports were asked for.
    asked: u64,
    /// How many of them are done.
    done: u64,
    is_ending: bool,
    /// Whether a panic was reported.
    has_panicked: bool,
}

/// An export was not done in time.
#[derive(Debug)]
pub(crate) struct NotInTime;

impl Exporter {
    /// Starts the thread.
    pub(crate) fn start(interval: Duration, sender: Arc<Sender>) -> Result<Self, OtlpError> {
        let shared = Arc::new(Shared {
            sender,
            sources: Mutex::default(),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let worker = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("typed-metrics-export".to_owned());
        let spawned = thread.spawn(move || {
            // The thread's own activity is not telemetry of the program.
            let _suppressed = Context::enter_telemetry_suppressed_scope();
            worker.work(interval);
        });
        spawned.map_err(|error| {
            OtlpError::new(format!("the thread that collects metrics cannot be started: {error}"))
        })?;
        Ok(Self(shared))
    }

    /// The source of this scope and prefix, if a handler was ever installed with them.
    pub(crate) fn find(
        &self,
        scope: &InstrumentationScope,
        prefix: Option<&str>,
    ) -> Option<Arc<Source>> {
        lock(&self.0.sources).iter().find(|source| source.is_of(scope, prefix)).cloned()
    }

    /// The source of this scope and prefix.
    pub(crate) fn source(
        &self,
        scope: &InstrumentationScope,
        prefix: Option<&str>,
        settings: &Settings,
    ) -> Arc<Source> {
        let mut sources = lock(&self.0.sources);
        if let Some(known) = sources.iter().find(|source| source.is_of(scope, prefix)) {
            return Arc::clone(known);
        }
        let source = Arc::new(Source::new(scope, prefix, settings));
        sources.push(Arc::clone(&source));
        source
    }

    /// Whether no installed handler uses any of the sources.
    pub(crate) fn is_unused(&self) -> bool {
        lock(&self.0.sources).iter().all(|source| !source.is_used())
    }

    /// Waits for an export that begins now.
    pub(crate) fn export(&self, deadline: Instant) -> Result<(), NotInTime> {
        let shared = &*self.0;
        let mut state = lock(&shared.state);
        state.asked += 1;
        let asked = state.asked;
        shared.changed.notify_all();
        while state.done < asked {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(NotInTime);
            }
            let waited = shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

impl Drop for Exporter {
    fn drop(&mut self) {
        lock(&self.0.state).is_ending = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    /// Exports at every interval, and when asked, until the exporter is dropped.
    fn work(&self, interval: Duration) {
        let mut next = Instant::now() + interval;
        while let Some(asked) = self.wait(next) {
            // Callbacks of the user are caught in core already.
            let panicked = foreign::call(|| self.export()).is_err();
            let mut state = lock(&self.state);
            state.done = asked;
            let is_news = panicked && !std::mem::replace(&mut state.has_panicked, true);
            drop(state);
            self.changed.notify_all();
            if is_news {
                let text = format_args!("a collection of metrics panicked (reported once)");
                report(Level::Error, "otlp: a collection panicked", text);
            }
            let now = Instant::now();
            if next <= now {
                // Collections that took longer than the interval are not made up for.
                next = (next + interval).max(now);
            }
        }
    }

    /// Waits for the time `next` or for a request. Returns how many exports were asked for; `None`
    /// if the thread must end.
    fn wait(&self, next: Instant) -> Option<u64> {
        let mut state = lock(&self.state);
        loop {
            if state.is_ending {
                return None;
            }
            let left = next.saturating_duration_since(Instant::now());
            if state.done < state.asked || left.is_zero() {
                return Some(state.asked);
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn export(&self) {
        let Some(_collecting) = collecting::begin() else { return };
        let sources = lock(&self.sources).clone();
        for batch in sources.iter().flat_map(|source| source.export()) {
            self.sender.send(batch.body, batch.points);
        }
    }
}
