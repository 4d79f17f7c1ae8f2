//! Handlers that subscribe to a metric get every measurement.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use typed_metrics::{
    HandlerError, Measurement, MetricHandler, clear_metric_handlers, set_metric_handlers,
};
use typed_metrics_turn::my_turn;

use crate::jobs::{Jobs, Queue, total};
use crate::probe::Probe;

#[test]
fn a_subscriber_gets_every_measurement_with_labels_and_value() {
    let _turn = my_turn();
    Jobs::done(Queue::Mail, "unseen").inc();
    let probe = Probe::subscribed("a", "handlers.");
    set_metric_handlers(Arc::clone(&probe)).unwrap();

    Jobs::done(Queue::Mail, "w1").inc();
    Jobs::Done { queue: Queue::Invoice, worker: "w2" }.record(3);
    Jobs::balance().add(-2.5);
    let busy = Jobs::balance().enter();
    drop(busy);
    Jobs::waiting(Queue::Mail).set(-7);
    Jobs::duration(Queue::Mail).record(Duration::from_millis(1500));
    // A dropped value is not forwarded.
    Jobs::duration(Queue::Mail).record(f64::NAN);
    thread::spawn(|| Jobs::done(Queue::Mail, "other thread").inc()).join().unwrap();

    clear_metric_handlers();
    Jobs::done(Queue::Mail, "unseen").inc();
    assert_eq!(
        probe.measurements(),
        [
            "handlers.done queue=mail worker=w1 U64(1)",
            "handlers.done queue=invoice worker=w2 U64(3)",
            "handlers.balance  F64(-2.5)",
            "handlers.balance  F64(1.0)",
            "handlers.balance  F64(-1.0)",
            "handlers.waiting queue=mail I64(-7)",
            "handlers.duration queue=mail F64(1500.0)",
            "handlers.done queue=mail worker=other thread U64(1)",
        ]
    );
}

#[test]
fn a_subscriber_gets_the_new_value_of_a_gauge() {
    let _turn = my_turn();
    let gauge = Jobs::waiting(Queue::Invoice);
    gauge.set(4);
    let probe = Probe::subscribed("a", "handlers.waiting");
    set_metric_handlers(Arc::clone(&probe)).unwrap();

    gauge.add(3);
    gauge.sub(10);
    gauge.set_max(-9);
    gauge.set_min(-8);
    gauge.add(u64::MAX);
    gauge.inc();
    let _seen = typed_metrics::testing::capture(|| gauge.dec());

    clear_metric_handlers();
    gauge.remove();
    let values = [7, -3, -3, -8, i64::MAX, i64::MAX, i64::MAX - 1];
    let expected = values.map(|value| format!("handlers.waiting queue=invoice I64({value})"));
    assert_eq!(probe.measurements(), expected);
}

#[test]
fn a_subscriber_gets_a_value_that_is_recorded_many_times_once_with_the_number() {
    struct Counts(std::sync::Mutex<Vec<(f64, u64)>>);

    impl MetricHandler for Counts {
        fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
            metric.name() == "handlers.duration"
        }

        fn measured(&self, measurement: &Measurement) {
            self.0.lock().unwrap().push((measurement.value.as_f64(), measurement.count));
        }

        fn flush(&self) -> Result<(), HandlerError> {
            Ok(())
        }

        fn shutdown(&self) -> Result<(), HandlerError> {
            Ok(())
        }
    }

    let _turn = my_turn();
    let counts = Arc::new(Counts(std::sync::Mutex::default()));
    set_metric_handlers(Arc::clone(&counts)).unwrap();
    Jobs::duration(Queue::Mail).record_many(2.5, 1_000_000);
    Jobs::duration(Queue::Mail).record_many(Duration::from_millis(3), 0);
    Jobs::duration(Queue::Mail).record(4);
    clear_metric_handlers();
    assert_eq!(*counts.0.lock().unwrap(), [(2.5, 1_000_000), (4.0, 1)]);
}

#[test]
fn two_subscribers_both_get_a_measurement_and_one_stays_when_the_other_goes() {
    let _turn = my_turn();
    let (a, b) =
        (Probe::subscribed("a", "handlers.counted"), Probe::subscribed("b", "handlers.counted"));
    set_metric_handlers([&a, &b].map(Arc::clone)).unwrap();
    Jobs::counted().inc();
    set_metric_handlers(Arc::clone(&b)).unwrap();
    Jobs::counted().add(2);
    assert_eq!(a.measurements(), ["handlers.counted  U64(1)"]);
    assert_eq!(b.measurements(), ["handlers.counted  U64(1)", "handlers.counted  U64(2)"]);
}

/// Records in the metric that it subscribes to, at each measurement of this metric.
struct Echo;

impl MetricHandler for Echo {
    fn subscribe(&self, metric: &'static typed_metrics::Descriptor) -> bool {
        metric.name() == "handlers.echoed"
    }

    fn measured(&self, _: &Measurement) {
        Jobs::echoed().add(100);
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn what_a_subscriber_records_is_counted_and_not_forwarded() {
    let _turn = my_turn();
    set_metric_handlers(Echo).unwrap();
    Jobs::echoed().inc();
    Jobs::echoed().inc();
    assert_eq!(total("handlers.echoed"), 202.0);
}
