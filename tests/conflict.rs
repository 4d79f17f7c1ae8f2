//! Two definitions of one metric disagree: no handler can be installed in such a program.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use typed_metrics::{
    Error, HandlerError, MetricHandler, Metrics, add_metric_handler, check, flush,
    set_metric_handlers,
};

#[derive(Metrics)]
#[metrics(prefix = "conflict")]
enum Mine {
    /// Time of a request.
    #[histogram(unit = "ms", buckets = [1, 10])]
    Duration,
}

mod elsewhere {
    #[derive(typed_metrics::Metrics)]
    #[metrics(prefix = "conflict")]
    pub(crate) enum Theirs {
        /// Time of a request.
        #[histogram(unit = "s", buckets = [1, 10])]
        Duration,
    }
}

/// Counts every call.
#[derive(Default)]
struct Called(AtomicUsize);

impl MetricHandler for Called {
    fn install(&self) -> Result<(), HandlerError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn flush(&self) -> Result<(), HandlerError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

/// The source place of a metric, as a message shows it.
fn place<M: Metrics>(item: &str) -> String {
    let source = M::descriptors()[0].source();
    let line = include_str!("conflict.rs").lines().nth(source.line as usize - 1).unwrap();
    assert_eq!(line.trim(), "Duration,", "line {}", source.line);
    assert!(source.file.ends_with("conflict.rs"), "{}", source.file);
    format!("`{item}` at {}:{}", source.file, source.line)
}

#[test]
fn it_is_an_error_with_both_places_and_nothing_is_installed() {
    let handler = Arc::new(Called::default());
    let errors = [
        check().unwrap_err(),
        set_metric_handlers(Arc::clone(&handler)).unwrap_err(),
        add_metric_handler(Arc::clone(&handler)).unwrap_err(),
    ];
    let mine = format!("\"ms\" in {}", place::<Mine>("Mine::Duration"));
    let theirs = format!("\"s\" in {}", place::<elsewhere::Theirs>("Theirs::Duration"));
    for error in errors {
        let message = error.to_string();
        let begin = "metric `conflict.duration` is defined twice with a different unit: ";
        let (rest, end) = ("; make them agree or rename one", message.strip_prefix(begin));
        let between =
            end.and_then(|end| end.strip_suffix(rest)).unwrap_or_else(|| panic!("{message}"));
        // The linker decides which definition comes first.
        assert!(
            between == format!("{mine}, {theirs}") || between == format!("{theirs}, {mine}"),
            "{message}"
        );
        let Error::Conflict(conflict) = error else { panic!("{message}") };
        assert_eq!((conflict.name.as_str(), conflict.what), ("conflict.duration", "unit"));
    }
    flush().unwrap();
    assert_eq!(handler.0.load(Ordering::Relaxed), 0);
    // Recording works nevertheless.
    Mine::duration().record(5);
    elsewhere::Theirs::duration().record(1);
}
