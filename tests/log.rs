//! The first reading of a metric logs a warning for each reason why measurements could not be
//! recorded. These tests have their own process, because a process logs each warning only once.

use std::thread;

use typed_metrics::{
    Metric, MetricType, Metrics, Reader, attributes, record_metric, register_metric, snapshot,
};
use typed_metrics_turn::{Level, at_each_line, lines, logged, my_turn};

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

#[test]
fn a_metric_is_warned_of_once_for_each_reason_and_not_by_who_records() {
    let _turn = my_turn();
    at_each_line(|| drop(snapshot()));
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
    assert_eq!(lines(), []);

    let readers = [Reader::new(), Reader::new()];
    thread::scope(|scope| {
        for reader in &readers {
            scope.spawn(|| (0..20).for_each(|_| drop((reader.collect(), snapshot()))));
        }
    });
    let logged = lines();
    // The same mistakes are not reported again.
    thread::spawn(record).join().unwrap();
    readers.iter().for_each(|reader| drop(reader.collect()));

    assert_eq!(lines(), []);
    assert!(logged.iter().all(|line| line.thread != recording && line.level == Level::Warn));
    let mut messages: Vec<_> = logged.iter().map(|line| line.text.as_str()).collect();
    messages.sort_unstable();
    let said = "(reported once; the snapshot counts them)";
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

#[derive(Metrics)]
#[metrics(prefix = "messages", series_limit = 1)]
enum Shop<'a> {
    #[counter(value = f64)]
    Sold,
    #[counter]
    Visits { route: &'a str },
}

#[test]
fn whoever_reads_is_warned_once_of_each_reason_with_the_count() {
    let _turn = my_turn();
    Shop::sold().add(-1.5);
    for route in ["/", "/a", "/b"] {
        Shop::visits(route).inc();
    }
    let _ = snapshot();
    Shop::sold().add(-1.5);
    let _ = snapshot();
    let mut warned = logged();
    warned.sort();
    assert_eq!(
        warned,
        [
            "WARN: metric `messages.sold`: 1 dropped: negative (reported once; the snapshot counts them)",
            "WARN: metric `messages.visits`: 2 recorded in the overflow series: over the series limit \
             (reported once; the snapshot counts them)",
        ]
    );
}
