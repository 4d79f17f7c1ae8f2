//! Failures that no caller waits for: they are logged, or written to standard error if the program
//! has no logger.

mod harness;

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use log::{Level, LevelFilter, Metadata};

use crate::foreign;
use crate::sync::{Mutex, lock};
pub(crate) use harness::is_test;

/// The target of everything that is logged.
const TARGET: &str = "typed_metrics";

/// The most subjects that are written to standard error.
const MOST: usize = 100;

/// The subjects that were written to standard error.
static WRITTEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Logs `text` with the target `typed_metrics`. If the program has no logger, errors and warnings
/// go to standard error, once for each `subject`.
///
/// The subject names the handler (or the metric) and the kind of failure, and leaves out everything
/// that differs between two failures of one kind. It is never shown.
///
/// A panic of the logger, or of foreign code in `text`, ends the report and nothing else.
pub fn report(level: Level, subject: &str, text: fmt::Arguments<'_>) {
    // The panic hook has shown the panic.
    let _ = foreign::call(|| log_or_write(level, subject, text));
}

fn log_or_write(level: Level, subject: &str, text: fmt::Arguments<'_>) {
    if has_logger() {
        log::log!(target: TARGET, level, "{text}");
    } else if level <= Level::Warn {
        // Before the lock: the text may come from foreign code, which may report a failure, too.
        let text = text.to_string();
        let note = note(&mut lock(&WRITTEN), subject);
        match note {
            Note::First => write(format_args!(
                "{text}\ntyped-metrics: no logger of the crate `log` is set, so each kind of \
                 failure is written here once"
            )),
            Note::New => write(format_args!("{text}")),
            Note::Last => write(format_args!(
                "{text}\ntyped-metrics: more kinds of failures follow, which are not written"
            )),
            Note::Known => {}
        }
    }
}

/// Whether the program has set a logger, even if the logger is silenced, as by `RUST_LOG=off`.
///
/// The logger that stands in until one is set has no fields, and is disabled. A program's own
/// logger that has no fields, is disabled for errors, and has the level `Off` looks the same, and
/// counts as no logger.
fn has_logger() -> bool {
    let logger = log::logger();
    let errors = Metadata::builder().level(Level::Error).target(TARGET).build();
    log::max_level() != LevelFilter::Off || size_of_val(logger) > 0 || logger.enabled(&errors)
}

/// Writes a line to standard error, whether or not there is a logger.
pub(crate) fn write(text: fmt::Arguments<'_>) {
    let lines = format!("typed-metrics: {text}\n");
    if is_test() {
        // The test harness shows the output of this macro for a test that fails only.
        let _ = foreign::call(|| eprint!("{lines}"));
    } else {
        // `eprint!` panics if standard error is closed or full, and a panic may abort the program.
        // Nobody could read the line either.
        let _ = io::stderr().write_all(lines.as_bytes());
    }
}

/// Whether a subject is written.
#[derive(Debug, PartialEq, Eq)]
enum Note {
    /// As the first of all.
    First,
    New,
    /// As the last that there is room for.
    Last,
    /// It was written before, or there is no room.
    Known,
}

fn note(written: &mut BTreeSet<String>, subject: &str) -> Note {
    if written.len() == MOST || !written.insert(subject.to_owned()) {
        return Note::Known;
    }
    match written.len() {
        1 => Note::First,
        MOST => Note::Last,
        _ => Note::New,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_written_once_and_only_so_many_are() {
        let mut written = BTreeSet::new();
        assert_eq!(note(&mut written, "a"), Note::First);
        assert_eq!(note(&mut written, "a"), Note::Known);
        for n in 2..MOST {
            assert_eq!(note(&mut written, &n.to_string()), Note::New, "{n}");
        }
        assert_eq!(note(&mut written, "last"), Note::Last);
        assert_eq!(note(&mut written, "one more"), Note::Known);
    }
}
