//! The scraper: one collection at a time for everyone that asks.

use std::fmt;
use std::process;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use bytes::Bytes;
use log::Level;
use tokio::sync::oneshot;
use typed_metrics_core::{foreign, report};

use crate::scrape::callbacks::Callbacks;
use crate::scrape::output::Output;
use crate::settings::Settings;

/// Collects and encodes on a thread of its own.
///
/// Those that ask while a collection is in progress wait for the next one, so an output has
/// everything that was recorded before it was asked for. All that wait for one output share it.
pub(crate) struct Scraper {
    settings: Settings,
    thread: Mutex<Option<Thread>>,
}

/// The way to the thread. The thread ends when this is dropped.
struct Thread {
    ask: Sender<Asked>,
    /// The process that started the thread. A forked child has no thread.
    process: u32,
}

struct Asked {
    output: Output,
    answer: oneshot::Sender<Bytes>,
}

impl Scraper {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings, thread: Mutex::new(None) }
    }

    /// Asks for an output. `None` if it cannot be made; the reason was reported.
    pub(crate) async fn scrape(&self, output: Output) -> Option<Bytes> {
        let (answer, answered) = oneshot::channel();
        self.ask(Asked { output, answer });
        answered.await.ok()
    }

    fn ask(&self, mut asked: Asked) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = thread.as_ref().filter(|there| there.process == process::id()) {
            match there.ask.send(asked) {
                Ok(()) => return,
                // The thread has ended, which no code of this crate causes.
                Err(unsent) => asked = unsent.0,
            }
        }
        match Thread::start(self.settings.clone()) {
            Ok(new) => {
                // The new thread receives.
                let _ = new.ask.send(asked);
                *thread = Some(new);
            }
            Err(error) => {
                let text = format_args!("handler `prometheus` cannot start a thread: {error}");
                report(Level::Error, "handler `prometheus` cannot start a thread", text);
            }
        }
    }
}

impl fmt::Debug for Scraper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scraper").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Thread {
    fn start(settings: Settings) -> std::io::Result<Self> {
        let (ask, asked) = channel();
        let thread = thread::Builder::new().name("metrics-scrape".to_owned());
        thread.spawn(move || collect_for(&asked, &settings))?;
        Ok(Self { ask, process: process::id() })
    }
}

/// Collects for everyone that asks, until nobody can.
fn collect_for(asked: &Receiver<Asked>, settings: &Settings) {
    let mut callbacks = Callbacks::default();
    while let Ok(first) = asked.recv() {
        let mut waiting = vec![first];
        waiting.extend(asked.try_iter());
        // Those whose connection was closed wait no longer.
        waiting.retain(|asked| !asked.answer.is_closed());
        if waiting.is_empty() {
            continue;
        }
        callbacks.run();
        // A logger of the program may panic.
        if let Err(panicked) = foreign::call(|| answer(waiting, settings)) {
            let text = format_args!("handler `prometheus` could not collect: {panicked}");
            report(Level::Error, "handler `prometheus` could not collect", text);
        }
    }
}

/// Makes each output once.
fn answer(mut waiting: Vec<Asked>, settings: &Settings) {
    while let Some(output) = waiting.first().map(|asked| asked.output) {
        let bytes = output.collect(settings);
        for asked in waiting.extract_if(.., |asked| asked.output == output) {
            // Fails if the connection was closed meanwhile.
            let _ = asked.answer.send(bytes.clone());
        }
    }
}
