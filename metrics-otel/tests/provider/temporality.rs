//! Sums and histograms under every temporality, with one reader and with several readers.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use opentelemetry_sdk::metrics::Temporality::{Cumulative, Delta, LowMemory};
use typed_metrics::set_metric_handlers;
use typed_metrics_derive::Metrics;
use typed_metrics_otel::OtelHandler;
use typed_metrics_receiver::provider::{Collector, Export, Point, provider, provider_with};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "time")]
enum Time<'a> {
    #[counter]
    Count { key: &'a str },
    #[up_down_counter]
    Level,
    #[histogram(buckets = [10, 20])]
    Size,
    #[gauge]
    Last,
    #[counter]
    Shared { key: u64 },
    #[histogram(buckets = [100, 500])]
    SharedSize,
    #[counter]
    TwoCount,
    #[histogram(buckets = [10])]
    TwoSize,
    #[counter]
    Removed { key: u64 },
    #[up_down_counter]
    RemovedLevel { key: u64 },
    #[gauge]
    RemovedGauge { key: u64 },
}

fn first() {
    Time::count("a").add(10);
    Time::level().add(4);
    Time::size().record(5.0);
    Time::size().record(15.0);
    Time::size().record(40.0);
    Time::last().set(1.0);
}

fn second() {
    Time::count("a").add(7);
    Time::level().add(-1);
    Time::size().record(12.0);
    Time::size().record(13.0);
}

type Shown = (u64, f64, f64, f64, Vec<u64>);

fn size(export: &Export) -> Shown {
    let h = export.point("time.size", "").histogram();
    (h.count, h.sum, h.min, h.max, h.buckets.clone())
}

// One test for all temporalities, because metrics belong to the process: each provider starts with
// all values recorded so far.
#[test]
fn each_temporality_exports_its_values() {
    let _turn = my_turn();
    first();
    let (cumulative, at_all_times) = provider(Cumulative);
    let (delta, in_between) = provider(Delta);
    let (low_memory, low) = provider(LowMemory);
    let handlers =
        (OtelHandler::new(cumulative), OtelHandler::new(delta), OtelHandler::new(low_memory));
    set_metric_handlers(handlers).unwrap();
    for (collector, kind) in
        [(&at_all_times, "Cumulative"), (&in_between, "Delta"), (&low, "Delta")]
    {
        let export = collector.export();
        assert_eq!(export.get("time.count").kind, format!("counter {kind}"));
        assert_eq!(export.get("time.level").kind, "up_down_counter Cumulative");
        assert_eq!(export.point("time.count", "key=a"), &Point::U64(10));
        assert_eq!(export.point("time.level", ""), &Point::I64(4));
        assert_eq!(size(&export), (3, 60.0, 5.0, 40.0, vec![1, 1, 1]));
        assert_eq!(export.point("time.last", ""), &Point::F64(1.0));
    }
    second();
    let export = at_all_times.export();
    assert_eq!(export.point("time.count", "key=a"), &Point::U64(17));
    assert_eq!(export.point("time.level", ""), &Point::I64(3));
    assert_eq!(size(&export), (5, 85.0, 5.0, 40.0, vec![1, 3, 1]));
    for collector in [&in_between, &low] {
        let export = collector.export();
        assert_eq!(export.point("time.count", "key=a"), &Point::U64(7));
        assert_eq!(export.point("time.level", ""), &Point::I64(3));
        assert_eq!(size(&export), (2, 25.0, 12.0, 13.0, vec![0, 2, 0]), "of the interval");
        assert_eq!(export.point("time.last", ""), &Point::F64(1.0), "a gauge stays");
    }
    // No value was recorded.
    assert_eq!(at_all_times.export().point("time.count", "key=a"), &Point::U64(17));
    let export = in_between.export();
    assert!(export.has_no("time.count") && export.has_no("time.size"));
    assert_eq!(export.point("time.level", ""), &Point::I64(3));
}

#[test]
fn two_readers_of_one_provider_each_get_everything() {
    let _turn = my_turn();
    let second = Collector::new(Delta);
    let (provider, first) =
        provider_with(Cumulative, |builder| builder.with_reader(second.clone()));
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    Time::two_count().add(10);
    Time::two_size().record(3.0);
    assert_eq!(first.export().point("time.two_count", "").u64(), 10);
    Time::two_count().add(5);
    Time::two_size().record(30.0);
    let delta = second.export();
    assert_eq!(delta.point("time.two_count", "").u64(), 15);
    let size = delta.point("time.two_size", "").histogram();
    assert_eq!((size.count, size.min, size.max), (2, 3.0, 30.0));
    Time::two_count().add(1);
    assert_eq!(first.export().point("time.two_count", "").u64(), 16);
    let delta = second.export();
    assert_eq!(delta.point("time.two_count", "").u64(), 1);
    assert!(delta.has_no("time.two_size"));
}

#[test]
fn readers_that_collect_while_threads_record_lose_nothing() {
    const THREADS: u64 = 4;
    const RECORDS: u64 = 60_000;
    let _turn = my_turn();
    let delta = Collector::new(Delta);
    let (provider, cumulative) =
        provider_with(Cumulative, |builder| builder.with_reader(delta.clone()));
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    let done = AtomicBool::new(false);
    // The sum of the delta reader, and the final value of the cumulative reader.
    let mut sums = (vec![0; 8], 0, 0.0, vec![0; 3]);
    let mut add = |export: &Export| {
        if !export.has_no("time.shared") {
            for (key, sum) in sums.0.iter_mut().enumerate() {
                let points = &export.get("time.shared").points;
                *sum += points.get(&format!("key={key}")).map_or(0, Point::u64);
            }
        }
        if !export.has_no("time.shared_size") {
            let size = export.point("time.shared_size", "").histogram();
            sums.1 += size.count;
            sums.2 += size.sum;
            sums.3.iter_mut().zip(&size.buckets).for_each(|(sum, n)| *sum += n);
        }
    };
    thread::scope(|scope| {
        let recorders: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    for i in 0..RECORDS {
                        Time::shared(i % 8).inc();
                        Time::shared_size().record((i % 1000) as f64);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Relaxed) {
                let _ = cumulative.export();
            }
        });
        while recorders.iter().any(|recorder| !recorder.is_finished()) {
            add(&delta.export());
        }
        done.store(true, Relaxed);
    });
    add(&delta.export());
    let total = cumulative.export();
    let per_key = THREADS * RECORDS / 8;
    assert_eq!(sums.0, [per_key; 8]);
    for key in 0..8 {
        assert_eq!(total.point("time.shared", &format!("key={key}")).u64(), per_key);
    }
    let buckets = [101, 400, 499].map(|n| n * THREADS * RECORDS / 1000);
    let sum = (THREADS * RECORDS / 1000) as f64 * 499_500.0;
    let size = total.point("time.shared_size", "").histogram();
    assert_eq!((sums.1, size.count), (THREADS * RECORDS, THREADS * RECORDS));
    assert_eq!((&*sums.3, &*size.buckets), (&buckets[..], &buckets[..]));
    assert!((sums.2 - sum).abs() <= 1e-12 * sum, "{} of {sum}", sums.2);
    assert!((size.sum - sum).abs() <= 1e-12 * sum, "{} of {sum}", size.sum);
    assert_eq!((size.min, size.max), (0.0, 999.0));
}

#[test]
fn removed_counters_stay_exported_while_up_down_counters_and_gauges_end() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    let record = |n: u64| {
        Time::removed(1).add(n);
        Time::removed_level(1).add(n.cast_signed());
        Time::removed_gauge(1).set(n);
    };
    record(5);
    let _ = collector.export();
    Time::removed(1).remove();
    Time::removed_level(1).remove();
    Time::removed_gauge(1).remove();
    let export = collector.export();
    assert_eq!(export.point("time.removed", "key=1"), &Point::U64(5));
    assert_eq!(export.point("time.removed_level", "key=1"), &Point::I64(0));
    assert!(export.has_no("time.removed_gauge"));
    record(2);
    let export = collector.export();
    assert_eq!(export.point("time.removed", "key=1"), &Point::U64(7));
    assert_eq!(export.point("time.removed_level", "key=1"), &Point::I64(2));
    assert_eq!(export.point("time.removed_gauge", "key=1"), &Point::F64(2.0));
}
