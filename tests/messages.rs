//! The messages that users read while a program runs.

use std::sync::Mutex;

use typed_metrics::testing::capture;
use typed_metrics::{Metrics, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "messages", series_limit = 1)]
enum Shop<'a> {
    #[counter(value = f64)]
    Sold,
    #[counter]
    Visits { route: &'a str },
    #[up_down_counter]
    Busy,
}

struct Log(Mutex<Vec<String>>);

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        self.0.lock().unwrap().push(record.args().to_string());
    }

    fn flush(&self) {}
}

static LOG: Log = Log(Mutex::new(Vec::new()));

#[test]
fn whoever_reads_is_warned_once_of_each_reason_with_the_count() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Warn);
    Shop::sold().add(-1.5);
    for route in ["/", "/a", "/b"] {
        Shop::visits(route).inc();
    }
    let _ = snapshot();
    Shop::sold().add(-1.5);
    let _ = snapshot();
    let mut warned = std::mem::take(&mut *LOG.0.lock().unwrap());
    warned.sort();
    assert_eq!(
        warned,
        [
            "metric `messages.sold`: 1 dropped: negative (logged once; the snapshot counts them)",
            "metric `messages.visits`: 2 recorded in the overflow series: over the series limit \
             (logged once; the snapshot counts them)",
        ]
    );
}

#[test]
#[should_panic(
    expected = "`messages.busy` is an up-down counter; ask for `up_down_counter`, not for `counter`"
)]
fn asking_a_capture_for_another_kind_says_what_the_metric_is() {
    capture(|| Shop::busy().inc()).counter(Shop::Busy);
}
