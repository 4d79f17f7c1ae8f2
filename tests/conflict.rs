//! A dependency defines a metric differently from the application. No handler can be installed
//! until the application decides which definition is exported.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use typed_metrics::{
    Error, HandlerError, MetricHandler, Metrics, Resolution, add_metric_handler, catalog, check,
    flush, resolve_conflict, set_metric_handlers, snapshot,
};
use typed_metrics_conflicting::Theirs;
use typed_metrics_turn::{Level, lines, my_turn};

#[derive(Metrics)]
#[metrics(prefix = "conflict")]
enum Mine<'a> {
    /// Time of a request.
    #[histogram(unit = "ms", buckets = [1, 10])]
    Duration,
    /// Requests.
    #[counter(series_limit = 10)]
    Requests { route: &'a str },
}

/// A handler that counts its calls.
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

/// The definition's place in the source, as messages write it.
fn place<M: Metrics>(variant: usize, item: &str) -> String {
    let source = M::descriptors()[variant].source();
    assert!(source.line > 1 && source.file.contains("conflict"), "{source}");
    format!("`{item}` at {}:{}", source.file, source.line)
}

/// The unit and the values of each metric in a snapshot that has this name.
fn shown(name: &str) -> Vec<(&'static str, Vec<f64>)> {
    let metrics = snapshot().metrics.into_iter().filter(|metric| metric.descriptor.name() == name);
    let values = |metric: &typed_metrics::MetricSnapshot| {
        metric.series.iter().map(|series| series.value.as_f64()).collect()
    };
    metrics.map(|metric| (metric.descriptor.unit(), values(&metric))).collect()
}

#[test]
fn a_contradiction_is_an_error_until_the_application_decides() {
    let _turn = my_turn();
    Mine::duration().record(5);
    Theirs::duration().record(1);
    let handler = Arc::new(Called::default());

    let errors = [
        check().unwrap_err(),
        set_metric_handlers(Arc::clone(&handler)).unwrap_err(),
        add_metric_handler(Arc::clone(&handler)).unwrap_err(),
    ];
    let mine = format!("\"ms\" in {}", place::<Mine>(0, "Mine::Duration"));
    let theirs = format!("\"s\" in {}", place::<Theirs>(0, "Theirs::Duration"));
    let keep = |name| format!("`Resolution::Keep(\"{name}\")`");
    let (keep_mine, keep_theirs) = (keep("conflict"), keep("typed_metrics_conflicting"));
    for error in errors {
        // The linker decides which definition comes first.
        let text = |first: [&str; 2], second: [&str; 2]| {
            format!(
                "metric `conflict.duration` is defined twice with a different unit: {}, {}; \
                 make them agree or rename one; an application that can change neither calls \
                 `resolve_conflict` with {}, {} or `Resolution::LeaveOut`",
                first[0], second[0], first[1], second[1]
            )
        };
        let (mine, theirs) = ([&*mine, &*keep_mine], [&*theirs, &*keep_theirs]);
        let message = error.to_string();
        assert!(
            message == text(mine, theirs) || message == text(theirs, mine),
            "{message}\nis neither\n{}",
            text(mine, theirs)
        );
        let Error::Conflict(conflict) = error else { panic!("{message}") };
        assert_eq!((conflict.name.as_str(), conflict.what), ("conflict.duration", "unit"));
    }
    flush().unwrap();
    assert_eq!(handler.0.load(Ordering::Relaxed), 0);

    // Different labels are not a conflict. One warning names both places, and both definitions are
    // exported.
    Mine::requests("/").add(2);
    Theirs::requests("db").add(3);
    assert_eq!(shown("conflict.requests"), [("", vec![2.0, 3.0])]);
    let warnings: Vec<_> = lines().into_iter().filter(|line| line.level == Level::Warn).collect();
    let [warning] = &*warnings else { panic!("{warnings:?}") };
    let begin = "metric `conflict.requests` is defined twice, with different descriptions: ";
    assert!(warning.text.starts_with(begin), "{}", warning.text);
    for part in [place::<Mine>(1, "Mine::Requests"), place::<Theirs>(1, "Theirs::Requests")] {
        assert!(warning.text.contains(&part), "{}", warning.text);
    }

    // A decision for a crate that does not define the metric, or for another metric, changes
    // nothing.
    resolve_conflict("conflict.duration", Resolution::Keep("conflicting"));
    resolve_conflict("conflict.requests", Resolution::LeaveOut);
    check().unwrap_err();
    assert_eq!(shown("conflict.requests").len(), 1);

    // A decision ignores the case of the metric's name.
    resolve_conflict("Conflict.Duration", Resolution::Keep("typed-metrics-conflicting"));
    set_metric_handlers(Arc::clone(&handler)).unwrap();
    assert_eq!(handler.0.load(Ordering::Relaxed), 1);
    Theirs::duration().record(2);
    Mine::duration().record(7);
    assert_eq!(shown("conflict.duration"), [("s", vec![3.0])]);
    let units = |name: &str| {
        let all = catalog().into_iter().filter(|metric| metric.name() == name);
        all.map(typed_metrics::Descriptor::unit).collect::<Vec<_>>()
    };
    assert_eq!(units("conflict.duration"), ["s"]);

    // The decision can change. The other definition has kept the values recorded meanwhile.
    resolve_conflict("conflict.duration", Resolution::Keep("conflict"));
    assert_eq!(shown("conflict.duration"), [("ms", vec![12.0])]);
    resolve_conflict("conflict.duration", Resolution::LeaveOut);
    assert_eq!(shown("conflict.duration"), []);

    // The definition also gets the measurements of a capture that ended while the definition was
    // left out.
    drop(typed_metrics::testing::capture(|| Mine::duration().record(8)));
    resolve_conflict("conflict.duration", Resolution::Keep("conflict"));
    assert_eq!(shown("conflict.duration"), [("ms", vec![20.0])]);
}
