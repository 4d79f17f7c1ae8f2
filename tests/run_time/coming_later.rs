//! Metrics that are registered while handlers are installed and threads record.

use std::sync::{Arc, Barrier, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics::{
    Descriptor, HandlerError, Measurement, Metric, MetricHandler, MetricType, attributes,
    record_metric, register_metric,
};
use typed_metrics_turn::my_turn;

use crate::found::{one, recorded};

#[derive(Default)]
struct Told {
    metrics: Mutex<Vec<&'static str>>,
    measured: Mutex<Vec<String>>,
}

impl MetricHandler for Told {
    fn register(&self, metric: &'static Descriptor) {
        self.metrics.lock().unwrap().push(metric.name());
    }

    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        metric.name() == "told.late"
    }

    fn measured(&self, measurement: &Measurement) {
        let line = format!("{} {}", measurement.labels, measurement.value.as_f64());
        self.measured.lock().unwrap().push(line);
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn handlers_are_told_of_metrics_that_come_later_and_may_subscribe() {
    let _turn = my_turn();
    let told = Arc::new(Told::default());
    register_metric("told.early", Metric::gauge("told.early")).unwrap();
    typed_metrics::add_metric_handler(Arc::clone(&told)).unwrap();
    let late = register_metric("told.late", Metric::counter("told.late")).unwrap();
    register_metric("told.late", Metric::counter("told.late")).unwrap();
    record_metric("told.latest", 1, MetricType::Gauge, attributes!()).unwrap();
    for name in ["told.early", "told.late", "told.latest"] {
        let times = told.metrics.lock().unwrap().iter().filter(|told| **told == name).count();
        assert_eq!(times, 1, "{name}");
    }
    late.record(2, attributes!("queue" => "mail")).unwrap();
    assert!(late.record(-2, attributes!("queue" => "mail")).is_err());
    assert_eq!(*told.measured.lock().unwrap(), ["queue=mail 2"]);
}

#[test]
fn handlers_miss_no_metric_that_threads_register_at_once() {
    let _turn = my_turn();
    let told = Arc::new(Told::default());
    typed_metrics::add_metric_handler(Arc::clone(&told)).unwrap();
    thread::scope(|scope| {
        for t in 0..4 {
            scope.spawn(move || {
                for i in 0..100 {
                    let name = format!("at_once.{t}.{i}");
                    register_metric(&name, Metric::gauge(&name)).unwrap();
                }
            });
        }
    });
    let names = || {
        let told = told.metrics.lock().unwrap();
        told.iter().filter(|name| name.starts_with("at_once.")).count()
    };
    // A thread of another test may be telling the handler of the last metrics.
    let began = Instant::now();
    while names() < 400 && began.elapsed() < Duration::from_secs(10) {
        thread::yield_now();
    }
    assert_eq!(names(), 400);
}

#[test]
fn threads_that_bring_one_metric_up_at_once_count_in_it() {
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                for _ in 0..1000 {
                    record_metric("race", 1, MetricType::Counter, attributes!("k" => "v")).unwrap();
                }
            });
        }
    });
    assert_eq!(recorded("race"), one("k=v", 8000.0));
}

#[test]
fn threads_that_disagree_on_the_type_get_one_type() {
    let barrier = Barrier::new(2);
    let record = |metric_type| {
        barrier.wait();
        record_metric("race.types", 1, metric_type, attributes!()).is_ok()
    };
    let (a, b) = thread::scope(|scope| {
        let a = scope.spawn(|| record(MetricType::Counter));
        let b = scope.spawn(|| record(MetricType::Gauge));
        (a.join().unwrap(), b.join().unwrap())
    });
    assert!(a != b, "exactly one type is registered");
    assert_eq!(recorded("race.types"), one("", 1.0));
}
