//! Prints the log messages of typed metrics, such as an outage or a refusal. In your program, use
//! the program's own logger.

use log::{LevelFilter, Log, Metadata, Record};

/// Prints the log messages from now on.
pub fn show() {
    if log::set_logger(&Messages).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}

struct Messages;

impl Log for Messages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "typed_metrics"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            eprintln!("{}: {}", record.level(), record.args());
        }
    }

    fn flush(&self) {}
}
