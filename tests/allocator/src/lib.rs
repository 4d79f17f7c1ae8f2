//! What the programs in `bin` do with their measured allocators.

use std::collections::HashMap;
use std::thread;

use typed_metrics::{Descriptor, HandlerError, Measurement, MetricHandler, Metrics, timed};

#[derive(Metrics)]
#[metrics(prefix = "work")]
enum Work<'a> {
    /// Pieces of work.
    #[counter]
    Pieces { name: &'a str },
    /// The size of a piece.
    #[histogram(unit = "By")]
    Size { name: &'a str },
    /// The last piece.
    #[gauge]
    Last,
}

struct Logger;

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    #[timed]
    fn log(&self, record: &log::Record<'_>) {
        let _ = record.args().to_string();
    }

    fn flush(&self) {}
}

/// Takes every measurement, and allocates in all its methods.
struct Handler;

impl MetricHandler for Handler {
    fn subscribe(&self, _: &'static Descriptor) -> bool {
        true
    }

    fn measured(&self, measurement: &Measurement) {
        let _ = format!("{measurement:?}");
    }

    fn flush(&self) -> Result<(), HandlerError> {
        let _ = typed_metrics::snapshot().to_string();
        Ok(())
    }
}

#[timed]
fn piece(name: &str) -> usize {
    let text = name.repeat(10);
    Work::pieces(name).inc();
    #[allow(clippy::cast_precision_loss)]
    Work::size(name).record(text.len() as f64);
    Work::last().set(1);
    text.len()
}

/// Allocates, grows and frees memory in every way that this framework does: at first uses, in new
/// threads, at their ends, while it reads, in captures, and while handlers run.
///
/// # Panics
/// If something was not recorded.
pub fn work() {
    log::set_logger(&Logger).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    for round in 0..20 {
        if round == 10 {
            typed_metrics::set_metric_handlers(Handler).unwrap();
        }
        let threads = (0..4).map(|thread| {
            thread::spawn(move || {
                for n in 0..50 {
                    piece(&format!("{thread}-{}", n + round));
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        let snapshot = typed_metrics::snapshot();
        for thread in threads {
            thread.join().unwrap();
        }
        let seen = typed_metrics::testing::capture(|| piece("captured"));
        assert_eq!(seen.counter(Work::Pieces { name: "captured" }), 1);
        Work::pieces("captured").remove();
        drop((snapshot, seen));
    }
    let names: HashMap<_, _> = typed_metrics::catalog()
        .iter()
        .map(|metric| (metric.name(), metric.objectives()))
        .collect();
    assert!(names.contains_key("work.pieces"));
    typed_metrics::shutdown().unwrap();
}
