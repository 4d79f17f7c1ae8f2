//! Removals and forks while callbacks run.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread;

use super::*;
use crate::cells::change::Reading;
use crate::labels::value::LabelValue;
use crate::metric::definition::Definition;
use crate::rules::kind::ValueType;
use crate::store::family::NO_METRIC;
use crate::store::read::{View, read};
use crate::sync::process::Pretended;

fn family(series_limit: usize) -> &'static Family {
    Family::leak(Definition {
        name: "observed",
        metric_type: MetricType::Counter,
        value_type: ValueType::U64,
        series_limit,
        ..NO_METRIC
    })
}

fn labels(n: i64) -> Labels {
    Labels::new([("n".into(), LabelValue::Int(n))])
}

fn value(series: Series) -> u64 {
    let Some(Reading::Number(bits)) = read(series, &View::everything()) else { panic!() };
    bits
}

#[test]
fn callbacks_that_run_in_the_parent_run_in_the_forked_process_too() {
    static OBSERVER: OnceLock<&SeriesObserver> = OnceLock::new();
    static IN_FORK: OnceLock<u64> = OnceLock::new();
    let family = family(10);
    let observer = OBSERVER.get_or_init(|| SeriesObserver::leak(family));
    let calls = AtomicUsize::new(0);
    observer.add(Box::new(move |observations| {
        let call = calls.fetch_add(1, Relaxed);
        if call == 1 {
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _forked = Pretended::begin();
                    OBSERVER.get().unwrap().run();
                    IN_FORK.set(value(family.find_given(&labels(1)))).unwrap();
                });
            });
        }
        observations.observe([5_u64, 7, 7][call], &labels(1));
    }));
    observer.run();
    observer.run();
    // The forked process knew that 5 were counted before.
    assert_eq!(IN_FORK.get(), Some(&7));
}

#[test]
fn values_of_two_series_stay_apart_if_one_gets_the_memory_of_the_other() {
    let family = family(2);
    let observer = SeriesObserver::leak(family);
    observer.add(Box::new(move |observations| {
        let other = family.find_given(&labels(0));
        observations.observe(1_u64, &labels(1));
        let first = family.find_given(&labels(1));
        remove(first);
        observations.observe(2_u64, &labels(2));
        assert!(family.find_given(&labels(2)).is_same(Series::of(first.block)));
        // Makes room for the first series.
        remove(other);
    }));
    observer.run();
    for n in [1, 2] {
        let series = family.find_given(&labels(n));
        assert_eq!((series.labels(), value(series)), (labels(n), n.cast_unsigned()));
    }
}
