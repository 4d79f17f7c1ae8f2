//! The series limit and the budget for sharded memory. Measurements beyond both are counted too.

#![allow(clippy::float_cmp, reason = "the values are exact")]

use std::thread;

use typed_metrics::{Metrics, Reader, Reason, SeriesSnapshot, Value};

#[derive(Metrics)]
#[metrics(prefix = "limits")]
enum Limits<'a> {
    #[counter(series_limit = 3)]
    Few { name: &'a str },
    #[histogram(buckets = [1, 10], series_limit = 2)]
    FewSizes { name: u64 },
    #[gauge(series_limit = 2)]
    FewLevels { name: u64 },
    #[up_down_counter(series_limit = 3)]
    Churn { id: u64 },
    #[gauge(series_limit = 3)]
    GaugeChurn { id: u64 },
    #[histogram(buckets = [1, 10], series_limit = 3)]
    HistogramChurn { id: u64 },
    #[counter(series_limit = 2)]
    Revived { name: &'a str },
    #[counter(series_limit = 200_000)]
    Wide { id: u64 },
    #[histogram(buckets = linear(1, 1, 256))]
    Fine { id: u64 },
    #[counter(value = f64, series_limit = 3)]
    Late { id: u64 },
    #[up_down_counter]
    FixedLate,
}

fn series(name: &str) -> Vec<SeriesSnapshot> {
    typed_metrics::snapshot().get(name).unwrap().series.clone()
}

fn dropped(name: &str) -> Vec<(Reason, u64)> {
    typed_metrics::snapshot().get(name).unwrap().dropped.clone()
}

fn shown(name: &str) -> Vec<(String, f64)> {
    series(name).iter().map(|s| (s.labels.to_string(), s.value.as_f64())).collect()
}

#[test]
fn past_the_limit_the_overflow_series_counts_exactly() {
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for i in 0..1000 {
                    Limits::few(["a", "b", "c", "d", "e", "f"][i % 6]).inc();
                }
            });
        }
    });
    let shown = shown("limits.few");
    assert_eq!(shown.len(), 4);
    assert_eq!(shown[3].0, "otel.metric.overflow=true");
    assert_eq!(shown.iter().map(|(_, value)| value).sum::<f64>(), 4000.0);
    assert!(shown[..3].iter().all(|(_, value)| (664.0..=668.0).contains(value)), "{shown:?}");
    assert!(matches!(dropped("limits.few")[..], [(Reason::Overflow, n)] if n as f64 == shown[3].1));
}

#[test]
fn every_kind_has_an_overflow_series() {
    for name in 0..4 {
        Limits::few_sizes(name).record(name);
        Limits::few_levels(name).set(name);
    }
    let sizes = series("limits.few_sizes");
    let Value::Histogram(overflow) = &sizes[2].value else { panic!() };
    assert_eq!(sizes[2].labels.to_string(), "otel.metric.overflow=true");
    assert_eq!((overflow.count, overflow.sum), (2, 5.0));
    assert_eq!((overflow.min, overflow.max), (2.0, 3.0));
    let expected = [("name=0", 0.0), ("name=1", 1.0), ("otel.metric.overflow=true", 3.0)];
    let levels = shown("limits.few_levels");
    assert!(levels.iter().map(|(labels, value)| (labels.as_str(), *value)).eq(expected));
}

/// A metric whose series come and go stays within its limit and its memory, for every kind.
#[test]
fn series_that_come_and_go_need_no_more_room() {
    let round = |id: u64| {
        let busy = Limits::churn(id).enter();
        Limits::gauge_churn(id).set(id);
        Limits::histogram_churn(id).record(5);
        drop(busy);
        Limits::churn(id).add(2);
        let found = |name, value| assert_eq!(shown(name), [(format!("id={id}"), value)]);
        if id.is_multiple_of(8000) {
            found("limits.churn", 2.0);
            found("limits.gauge_churn", id as f64);
            found("limits.histogram_churn", 5.0);
        }
        Limits::churn(id).remove();
        Limits::gauge_churn(id).remove();
        Limits::histogram_churn(id).remove();
    };
    // Repeats until the thread's table of series has its final size.
    (0..20_000).for_each(round);
    let info = allocation_counter::measure(|| (20_000..40_000).for_each(round));
    assert!(info.bytes_current < 2 << 20, "{info:?}");
    for name in ["limits.churn", "limits.gauge_churn", "limits.histogram_churn"] {
        assert_eq!(shown(name), []);
        assert_eq!(dropped(name), []);
    }
}

#[test]
fn a_removed_series_that_came_back_takes_its_room() {
    let (a, b) = (Limits::revived("a"), Limits::revived("b"));
    a.inc();
    b.inc();
    for round in 0..10_u64 {
        a.remove();
        a.add(round);
        // The metric is full: it has both series.
        Limits::revived("c").inc();
        let expected = [
            ("name=a".to_owned(), round as f64),
            ("name=b".to_owned(), 1.0),
            ("otel.metric.overflow=true".to_owned(), round as f64 + 1.0),
        ];
        assert_eq!(shown("limits.revived"), expected);
    }
    a.remove();
    Limits::revived("c").inc();
    // Another series has the place of `a` now, and `a` has no series.
    a.add(100);
    let expected = [
        ("name=c".to_owned(), 1.0),
        ("name=b".to_owned(), 1.0),
        ("otel.metric.overflow=true".to_owned(), 110.0),
    ];
    assert_eq!(shown("limits.revived"), expected);
    // A removal through `a` does not affect the new series.
    a.remove();
    assert_eq!(shown("limits.revived"), expected);
}

#[test]
fn series_over_the_memory_budget_count_exactly_in_shared_cells() {
    // 131,072 sums fill the budget of 2 MiB for each thread.
    let reader = Reader::new();
    let sums = 140_000;
    let record = || (0..sums).for_each(|id| Limits::wide(id).add(id % 7 + 1));
    let (first, second) = thread::scope(|scope| {
        let measure = || allocation_counter::measure(record).bytes_current;
        let (first, second) = (scope.spawn(measure), scope.spawn(measure));
        (first.join().unwrap(), second.join().unwrap())
    });
    // Two shards take 2 MiB each. Each series takes a block, its labels and a place in the table.
    assert!(first + second < 140_000 * 700 + (5 << 20), "{first} + {second}");
    let all = series("limits.wide");
    assert_eq!(all.len() as u64, sums);
    for series in &all {
        let id: u64 = series.labels.get("id").unwrap().to_string().parse().unwrap();
        assert_eq!(series.value, Value::U64(2 * (id % 7 + 1)), "{id}");
    }

    // No cell is left. Further series of every kind use shared cells, and stay exact between
    // threads.
    let values = |worker: u64| (0..500).map(move |i| (worker + i) % 300);
    thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                for value in values(worker) {
                    Limits::fine(value % 3).record(value);
                    Limits::late(value % 3).add(0.25);
                    let _one = Limits::fixed_late().enter();
                }
            });
        }
        let mut count = 0;
        for _ in 0..50 {
            let snapshot = reader.collect();
            let fine = &snapshot.get("limits.fine").unwrap().series;
            let seen: u64 = fine
                .iter()
                .map(|series| {
                    let histogram = series.value.as_histogram().unwrap();
                    assert_eq!(histogram.count, histogram.buckets.iter().sum::<u64>());
                    histogram.count
                })
                .sum();
            assert!(seen >= count, "{seen} after {count}");
            count = seen;
        }
    });
    let recorded: Vec<u64> = (0..4).flat_map(values).collect();
    for id in 0..3 {
        let mine: Vec<_> = recorded.iter().copied().filter(|value| value % 3 == id).collect();
        let fine = series("limits.fine");
        let found = fine.iter().find(|s| s.labels.to_string() == format!("id={id}")).unwrap();
        let histogram = found.value.as_histogram().unwrap();
        assert_eq!(histogram.count, mine.len() as u64);
        assert_eq!(histogram.sum, mine.iter().sum::<u64>() as f64);
        assert_eq!(histogram.min, *mine.iter().min().unwrap() as f64);
        assert_eq!(histogram.max, *mine.iter().max().unwrap() as f64);
        for (i, count) in histogram.buckets.iter().enumerate() {
            let i = i as u64;
            let inside = |value: &&u64| match i {
                0 => **value <= 1,
                256 => **value > 256,
                _ => **value == i + 1,
            };
            assert_eq!(*count, mine.iter().filter(inside).count() as u64, "bucket {i}");
        }
        let late = series("limits.late");
        let found = late.iter().find(|s| s.labels.to_string() == format!("id={id}")).unwrap();
        assert_eq!(found.value, Value::F64(0.25 * mine.len() as f64));
    }
    assert_eq!(shown("limits.fixed_late"), [(String::new(), 0.0)]);

    // Shared cells are removed, revived and recycled like all others.
    let old = Limits::late(0);
    old.remove();
    Limits::late(99).add(0.5);
    old.add(1.0);
    let late = shown("limits.late");
    assert!(late.contains(&("id=99".to_owned(), 0.5)), "{late:?}");
    assert!(late.contains(&("otel.metric.overflow=true".to_owned(), 1.0)), "{late:?}");
    Limits::fixed_late().remove();
    assert_eq!(shown("limits.fixed_late"), []);
    Limits::fixed_late().add(-3);
    assert_eq!(shown("limits.fixed_late"), [(String::new(), -3.0)]);
}
