//! The next reader warns once about values that could not be recorded.

use std::sync::Mutex;
use std::thread::{self, ThreadId};

use typed_metrics::{
    Metric, MetricType, Metrics, Reader, attributes, record_metric, register_metric, snapshot,
};

macro_rules! define {
    ($($module:ident)*) => {$(
        mod $module {
            #[derive(typed_metrics::Metrics)]
            #[metrics(prefix = "warnings")]
            pub(crate) enum Warned {
                /// Of two definitions.
                #[histogram(buckets = [1])]
                Twice,
            }
        }
    )*};
}

define!(one two);

#[derive(Metrics)]
#[metrics(prefix = "warnings")]
enum Warned {
    #[histogram(buckets = [1])]
    Sizes,
    #[counter(series_limit = 1)]
    Few { id: u32 },
    #[gauge]
    Fine,
}

static LOGGED: Logged = Logged(Mutex::new(Vec::new()));

/// Keeps the logged lines, each with its thread.
struct Logged(Mutex<Vec<(ThreadId, log::Level, String)>>);

impl log::Log for Logged {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        // A logger may take a snapshot.
        let _ = snapshot();
        let entry = (thread::current().id(), record.level(), record.args().to_string());
        self.0.lock().unwrap().push(entry);
    }

    fn flush(&self) {}
}

#[test]
fn a_metric_is_warned_of_once_for_each_reason_and_not_by_who_records() {
    log::set_logger(&LOGGED).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let counted = register_metric("warnings.counted", Metric::counter("warnings.counted")).unwrap();
    let record = move || {
        for id in 0..3 {
            Warned::sizes().record(f64::NAN);
            Warned::few(id).inc();
            Warned::fine().set(id);
            one::Warned::twice().record(f64::INFINITY);
            one::Warned::Twice.record(f64::NAN);
            two::Warned::twice().record(f64::NAN);
            two::Warned::Twice.record(f64::NAN);
            counted.record(-1, attributes!()).unwrap_err();
            let bad = attributes!("" => 1);
            record_metric("warnings.counted", 1, MetricType::Counter, bad).unwrap_err();
        }
        thread::current().id()
    };
    let recording = thread::spawn(record).join().unwrap();
    assert_eq!(*LOGGED.0.lock().unwrap(), []);

    let readers = [Reader::new(), Reader::new()];
    thread::scope(|scope| {
        for reader in &readers {
            scope.spawn(|| (0..20).for_each(|_| drop((reader.collect(), snapshot()))));
        }
    });
    let first = LOGGED.0.lock().unwrap().len();
    // More dropped values of the same kind cause no new warning.
    thread::spawn(record).join().unwrap();
    readers.iter().for_each(|reader| drop(reader.collect()));

    let logged = LOGGED.0.lock().unwrap();
    assert_eq!(logged.len(), first);
    assert!(
        logged
            .iter()
            .all(|(thread, level, _)| { *thread != recording && *level == log::Level::Warn })
    );
    let mut messages: Vec<_> = logged.iter().map(|(_, _, message)| message.as_str()).collect();
    messages.sort_unstable();
    let said = "(logged once; the snapshot counts them)";
    assert_eq!(
        messages,
        [
            format!("metric `warnings.counted`: 3 dropped: attributes that cannot be used {said}"),
            format!("metric `warnings.counted`: 3 dropped: negative {said}"),
            format!(
                "metric `warnings.few`: 2 recorded in the overflow series: over the series limit {said}"
            ),
            format!("metric `warnings.sizes`: 3 dropped: not finite {said}"),
            format!("metric `warnings.twice`: 12 dropped: not finite {said}"),
        ]
    );
}
