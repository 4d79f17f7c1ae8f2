//! Failures that no caller waits for: they are logged, or written to standard error if the program
//! has no logger.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};

use log::{Level, LevelFilter};

use crate::sync::{Mutex, lock};

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
/// A program has no logger as long as the level of the crate `log` is `Off`.
pub fn report(level: Level, subject: &str, text: fmt::Arguments<'_>) {
    if log::max_level() != LevelFilter::Off {
        log::log!(target: "typed_metrics", level, "{text}");
    } else if level <= Level::Warn {
        match note(&mut lock(&WRITTEN), subject) {
            Note::First => write(format_args!(
                "{text}\ntyped-metrics: no logger of the crate `log` is set, so each kind of \
                 failure is written here once"
            )),
            Note::New => write(text),
            Note::Last => write(format_args!(
                "{text}\ntyped-metrics: more kinds of failures follow, which are not written"
            )),
            Note::Known => {}
        }
    }
}

/// Writes a line to standard error, whether or not there is a logger.
pub(crate) fn write(text: fmt::Arguments<'_>) {
    let lines = format!("typed-metrics: {text}\n");
    // `eprintln!` panics if standard error is closed or full; nobody could read that either.
    let _ = io::stderr().write_all(lines.as_bytes());
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
