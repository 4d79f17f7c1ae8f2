//! A reader of changes leaves out series whose cells did not change since its last call.

use std::cell::RefCell;
use std::sync::mpsc::channel;
use std::thread;

use typed_metrics::testing::capture;
use typed_metrics::{ChangeReader, Metrics, Value};
use typed_metrics_core::{Counting, LabelRef, PointReader};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "steady")]
enum Steady<'a> {
    #[counter]
    Count { key: &'a str },
    #[counter(value = f64)]
    Cost { key: &'a str },
    #[up_down_counter]
    Depth { key: &'a str },
    #[histogram(buckets = [10])]
    Size { key: &'a str },
}

/// Both readers of changes.
struct Readers(ChangeReader, PointReader);

impl Readers {
    fn new() -> Self {
        Self(ChangeReader::new(), PointReader::new())
    }

    /// The changes of a metric with these labels, which both readers return.
    fn changes(&self, metric: &str, labels: &str) -> Vec<Value> {
        let changes = self.0.changes(|wanted| wanted.name() == metric);
        let series = changes.metrics.into_iter().flat_map(|metric| metric.series);
        let changes: Vec<_> = series
            .filter(|series| series.labels().to_string() == labels)
            .map(|series| series.value)
            .collect();
        let mut points = Vec::new();
        self.1.collect(
            |wanted| wanted.name() == metric,
            |_, _| Counting::Changes,
            |_, point| {
                let mut text = String::new();
                point.for_each_label(|name, value| {
                    let LabelRef::Str(value) = value else { panic!("{value:?} is no text") };
                    text = format!("{name}={value}");
                });
                points.extend((text == labels).then(|| point.value.clone()));
            },
        );
        assert_eq!(changes, points);
        changes
    }

    fn count(&self, metric: &str, labels: &str) -> Option<u64> {
        match &*self.changes(metric, labels) {
            [] => None,
            [Value::U64(count)] => Some(*count),
            [Value::Histogram(histogram)] => Some(histogram.count),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_series_that_changes_again_is_returned_again() {
    let _turn = my_turn();
    let readers = Readers::new();
    for (amount, change) in [(0, Some(0)), (1, Some(1)), (0, None), (5, Some(5))] {
        Steady::count("again").add(amount);
        assert_eq!(readers.count("steady.count", "key=again"), change);
        assert_eq!(readers.count("steady.count", "key=again"), None);
    }
    for value in [1.5, -0.0, 2.0] {
        Steady::cost("again").add(value);
        let found = readers.changes("steady.cost", "key=again");
        assert_eq!(found, if value == 0.0 { vec![] } else { vec![Value::F64(value)] });
    }
    for round in 1..4 {
        Steady::size("again").record_many(3, round);
        assert_eq!(readers.count("steady.size", "key=again"), Some(round));
        assert_eq!(readers.count("steady.size", "key=again"), None);
    }
}

#[test]
fn every_thread_counts() {
    let _turn = my_turn();
    let readers = Readers::new();
    Steady::count("threads").add(1);
    assert_eq!(readers.count("steady.count", "key=threads"), Some(1));
    for _ in 0..3 {
        thread::spawn(|| {
            Steady::count("threads").add(2);
            Steady::size("threads").record(2);
        })
        .join()
        .unwrap();
        assert_eq!(readers.count("steady.count", "key=threads"), Some(2));
        assert_eq!(readers.count("steady.size", "key=threads"), Some(1));
        assert_eq!(readers.count("steady.count", "key=threads"), None);
        assert_eq!(readers.count("steady.size", "key=threads"), None);
    }
}

#[test]
fn no_value_is_missed_when_the_counts_of_ended_threads_move() {
    let _turn = my_turn();
    let readers = Readers::new();
    // For one of these numbers, the sequences have the same sum before and after.
    for later in 0..40 {
        let key = later.to_string();
        let labels = format!("key={later}");
        let threads = [3, 5].map(|before| {
            let (key, (end, ended)) = (key.clone(), channel::<()>());
            let (done, is_done) = channel();
            let thread = thread::spawn(move || {
                for _ in 0..before {
                    Steady::size(&key).record(1);
                }
                done.send(()).unwrap();
                ended.recv().unwrap();
            });
            is_done.recv().unwrap();
            (thread, end)
        });
        assert_eq!(readers.count("steady.size", &labels), Some(8));
        for (thread, end) in threads {
            end.send(()).unwrap();
            thread.join().unwrap();
        }
        for _ in 0..later {
            Steady::size(&key).record(1);
        }
        let expected = (later > 0).then_some(later);
        assert_eq!(readers.count("steady.size", &labels), expected);
    }
}

#[test]
fn no_value_is_missed_when_the_counts_of_a_capture_move() {
    let _turn = my_turn();
    let readers = Readers::new();
    for later in 0..20 {
        let key = format!("capture {later}");
        let labels = format!("key={key}");
        let _ = capture(|| {
            for _ in 0..7 {
                Steady::size(&key).record(1);
                Steady::count(&key).add(1);
            }
            assert_eq!(readers.count("steady.size", &labels), Some(7));
            assert_eq!(readers.count("steady.count", &labels), Some(7));
        });
        for _ in 0..later {
            Steady::size(&key).record(1);
            Steady::count(&key).add(1);
        }
        let expected = (later > 0).then_some(later);
        assert_eq!(readers.count("steady.size", &labels), expected);
        assert_eq!(readers.count("steady.count", &labels), expected);
    }
}

/// Records when the thread ends, after the thread has given its own cells back.
struct Late(&'static str);

impl Drop for Late {
    fn drop(&mut self) {
        Steady::count(self.0).add(4);
        Steady::size(self.0).record(4);
    }
}

thread_local! {
    static LATE: RefCell<Vec<Late>> = const { RefCell::new(Vec::new()) };
}

#[test]
fn values_in_shared_cells_are_found() {
    let _turn = my_turn();
    let readers = Readers::new();
    for key in ["shared", "shared too"] {
        let labels = format!("key={key}");
        Steady::count(key).add(1);
        Steady::size(key).record(1);
        assert_eq!(readers.count("steady.count", &labels), Some(1));
        assert_eq!(readers.count("steady.size", &labels), Some(1));
        for _ in 0..2 {
            thread::spawn(move || {
                // Before the thread has cells, so that it is dropped after they are given back.
                LATE.with_borrow_mut(|late| late.push(Late(key)));
                Steady::depth("other").add(1);
            })
            .join()
            .unwrap();
            assert_eq!(readers.count("steady.count", &labels), Some(4));
            assert_eq!(readers.count("steady.size", &labels), Some(1));
        }
        assert_eq!(readers.count("steady.count", &labels), None);
    }
}

#[test]
fn a_series_that_comes_back_with_the_same_contents_is_returned() {
    let _turn = my_turn();
    let readers = Readers::new();
    for _ in 0..3 {
        Steady::count("back").add(5);
        Steady::size("back").record(5);
        Steady::cost("back").add(5.0);
        assert_eq!(readers.count("steady.count", "key=back"), Some(5));
        assert_eq!(readers.count("steady.size", "key=back"), Some(1));
        assert_eq!(readers.changes("steady.cost", "key=back"), [Value::F64(5.0)]);
        Steady::count("back").remove();
        Steady::size("back").remove();
        Steady::cost("back").remove();
    }
}
