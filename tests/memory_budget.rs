//! The budget for sharded memory: series past the budget are still counted. This test has its own
//! process, because the budget of a process is never refilled.

#![allow(clippy::float_cmp, reason = "the values are exact")]

use std::thread;

use typed_metrics::{Metrics, Reader, SeriesSnapshot, Value};

#[derive(Metrics)]
#[metrics(prefix = "budget")]
enum Budget {
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

fn shown(name: &str) -> Vec<(String, f64)> {
    series(name).iter().map(|s| (s.labels.to_string(), s.value.as_f64())).collect()
}

#[test]
fn series_over_the_memory_budget_count_exactly_in_shared_cells() {
    // 131,072 sums fill the budget of 2 MiB for each thread.
    let reader = Reader::new();
    let sums = 140_000;
    let record = || (0..sums).for_each(|id| Budget::wide(id).add(id % 7 + 1));
    let (first, second) = thread::scope(|scope| {
        let measure = || allocation_counter::measure(record).bytes_current;
        let (first, second) = (scope.spawn(measure), scope.spawn(measure));
        (first.join().unwrap(), second.join().unwrap())
    });
    // Two shards of 2 MiB, and for each series its block, its labels and its places in the table
    // and in the caches of both threads.
    assert!(first + second < 140_000 * 750 + (5 << 20), "{first} + {second}");
    let all = series("budget.wide");
    assert_eq!(all.len() as u64, sums);
    for series in &all {
        let id: u64 = series.labels.get("id").unwrap().to_string().parse().unwrap();
        assert_eq!(series.value, Value::U64(2 * (id % 7 + 1)), "{id}");
    }

    // No sharded cell is left. Threads share the cells of new series of every kind, and the values
    // are exact.
    let values = |worker: u64| (0..500).map(move |i| (worker + i) % 300);
    thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || {
                for value in values(worker) {
                    Budget::fine(value % 3).record(value);
                    Budget::late(value % 3).add(0.25);
                    let _one = Budget::fixed_late().enter();
                }
            });
        }
        let mut count = 0;
        for _ in 0..50 {
            let snapshot = reader.collect();
            let fine = &snapshot.get("budget.fine").unwrap().series;
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
        let fine = series("budget.fine");
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
        let late = series("budget.late");
        let found = late.iter().find(|s| s.labels.to_string() == format!("id={id}")).unwrap();
        assert_eq!(found.value, Value::F64(0.25 * mine.len() as f64));
    }
    assert_eq!(shown("budget.fixed_late"), [(String::new(), 0.0)]);

    // Shared cells are removed, revived and recycled like any other.
    let old = Budget::late(0);
    old.remove();
    Budget::late(99).add(0.5);
    old.add(1.0);
    let late = shown("budget.late");
    assert!(late.contains(&("id=99".to_owned(), 0.5)), "{late:?}");
    assert!(late.contains(&("otel.metric.overflow=true".to_owned(), 1.0)), "{late:?}");
    Budget::fixed_late().remove();
    assert_eq!(shown("budget.fixed_late"), []);
    Budget::fixed_late().add(-3);
    assert_eq!(shown("budget.fixed_late"), [(String::new(), -3.0)]);
}
