//! The logger of the tests, which keeps every line that this project logs.

use std::fmt;
use std::sync::Mutex;
use std::thread::{self, ThreadId};

use log::{Level, LevelFilter, Log, Metadata, Record};

use crate::lock;

/// A line that this project logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The severity.
    pub level: Level,
    /// The message.
    pub text: String,
    /// The thread that logged it.
    pub thread: ThreadId,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.level, self.text)
    }
}

static LINES: Mutex<Vec<Line>> = Mutex::new(Vec::new());
static AT_EACH_LINE: Mutex<Option<fn()>> = Mutex::new(None);

/// Takes the lines logged since the last call, or since the [`Turn`](crate::Turn) began. Each line
/// is written `LEVEL: text`.
pub fn logged() -> Vec<String> {
    lines().iter().map(Line::to_string).collect()
}

/// Takes the same lines, with their levels and threads.
pub fn lines() -> Vec<Line> {
    std::mem::take(&mut *lock(&LINES))
}

/// Makes the logger call a function at every line, until the next [`Turn`](crate::Turn) begins. So
/// a test can play a logger that uses metrics itself.
pub fn at_each_line(call: fn()) {
    *lock(&AT_EACH_LINE) = Some(call);
}

/// Installs the logger, and removes the lines and the function of earlier turns.
pub(crate) fn start() {
    // Only the first call sets the logger. The program has no other logger.
    let _ = log::set_logger(&Logger);
    log::set_max_level(LevelFilter::Trace);
    *lock(&AT_EACH_LINE) = None;
    lock(&LINES).clear();
}

struct Logger;

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "typed_metrics"
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let call = *lock(&AT_EACH_LINE);
        if let Some(call) = call {
            call();
        }
        let (level, text) = (record.level(), record.args().to_string());
        lock(&LINES).push(Line { level, text, thread: thread::current().id() });
    }

    fn flush(&self) {}
}
