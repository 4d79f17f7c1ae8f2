//! Measurements that come late, which a race brings only seldom.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::*;
use crate::cells::grid::Grid;
use crate::cells::histogram::{owner, run};
use crate::cells::sum;
use crate::metric::definition::Definition;
use crate::metric::lifetime::Lifetime;
use crate::metric::source::Place;
use crate::rules::kind::ValueType;
use crate::shards::layout::Width;
use crate::store::family::Family;
use crate::store::key::Parts;
use crate::store::read::read;
use crate::store::sample::{counter, family, label};
use crate::store::shared::Shared;

/// The value of a series: of histograms, the count.
const GRID: Grid = Grid::Explicit(&[10.0]);

fn held(series: Series) -> Option<u64> {
    read(series, &View::everything()).map(number)
}

fn number(reading: Reading) -> u64 {
    match reading {
        Reading::Number(bits) => bits,
        Reading::Histogram(totals) => totals.count(),
    }
}

fn remove(series: Series) -> Option<u64> {
    series.current().0.end_life(End::Removal).map(number)
}

/// Adds to the run of a series under an earlier tag, as a thread that was interrupted does.
fn add_late<N: Number>(series: Series, tag: u64, n: N) {
    let run = shard::cells(series.index()).unwrap().first_chunk().unwrap();
    assert!(sum::add(run, tag, n));
}

fn record_late(series: Series, tag: u64, value: f64) {
    let run = shard::cells(series.index()).unwrap();
    assert!(owner::record_any(&run[..run::width(GRID)], tag, GRID, value, 1));
}

#[test]
fn what_comes_late_counts_in_the_life_that_goes_on() {
    let series = counter(1).find(&label(1));
    let tag = series.life();
    series.add(3_u64);
    assert_eq!(remove(series), Some(3));
    assert_eq!(held(series.current().0), None);
    add_late(series, tag, 4_u64);
    series.settle();
    assert_eq!(held(series.current().0), Some(4));
    series.current().0.add(1_u64);
    series.settle();
    assert_eq!(held(series.current().0), Some(5), "what counts does not come late");
    assert_eq!(remove(series), Some(5));
    assert_eq!(remove(series), None);
}

#[test]
fn a_removal_reports_what_came_late_before() {
    let series = counter(1).find(&label(1));
    let tag = series.life();
    series.add(3_u64);
    assert_eq!(remove(series), Some(3));
    add_late(series, tag, 4_u64);
    // The run has late contents, so this thread records in the shared cell.
    series.current().0.add(2_u64);
    assert_eq!(remove(series), Some(6));
    assert_eq!(remove(series), None);
}

#[test]
fn values_of_a_histogram_come_late_too() {
    let series = family(MetricType::Histogram, ValueType::F64, 1).find(&label(1));
    let tag = series.life();
    [3.0, 20.0].into_iter().for_each(|value| series.record(value));
    assert_eq!(remove(series), Some(2));
    record_late(series, tag, 5.0);
    series.settle();
    let Some(Reading::Histogram(totals)) = read(series.current().0, &View::everything()) else {
        panic!("nothing came late")
    };
    assert_eq!((&*totals.buckets, totals.sum.value()), (&[1, 0][..], 5.0));
    // Beside the run of the thread, the shared cells hold a value.
    let Shared::Histograms(shared) = series.block.shared() else { panic!() };
    shared[0].claim(GRID).record(11.0, 1);
    let Some(Reading::Histogram(totals)) = series.current().0.end_life(End::Removal) else {
        panic!("the last values are lost")
    };
    assert_eq!((&*totals.buckets, totals.sum.value()), (&[1, 1][..], 16.0));
    assert_eq!(remove(series), None);
}

#[test]
fn what_comes_late_under_labels_that_are_gone_overflows() {
    let family = counter(1);
    let old = family.find(&label(1));
    old.add(3_u64);
    assert_eq!(remove(old), Some(3));
    let new = family.find(&label(2));
    assert!(std::ptr::eq(old.block, new.block), "the memory is used again");
    let overflow = || held(Series::of(new.block.owner().overflow_block()));
    add_late(old, old.life(), 4_u64);
    new.settle();
    assert_eq!((held(new), overflow()), (None, Some(4)));
    add_late(old, old.life(), 5_u64);
    assert_eq!(remove(new), None);
    assert_eq!(overflow(), Some(9));
}

#[test]
fn a_removal_makes_the_overflow_series_for_what_comes_late() {
    let (done, is_done) = channel();
    thread::spawn(move || {
        let family = counter(1);
        let old = family.find(&label(1));
        old.add(3_u64);
        assert_eq!(remove(old), Some(3));
        let new = family.find(&label(2));
        add_late(old, old.life(), 4_u64);
        new.add(1_u64);
        assert_eq!(remove(new), Some(1));
        done.send(held(Series::of(new.block.owner().overflow_block()))).unwrap();
    });
    assert_eq!(is_done.recv_timeout(Duration::from_secs(60)), Ok(Some(4)));
}

#[test]
fn values_under_labels_that_are_gone_overflow() {
    let family = family(MetricType::Histogram, ValueType::F64, 1);
    let old = family.find(&label(1));
    old.record(3.0);
    assert_eq!(remove(old), Some(1));
    let new = family.find(&label(2));
    record_late(old, old.life(), 4.0);
    new.settle();
    let overflow = Series::of(new.block.owner().overflow_block());
    assert_eq!((held(new), held(overflow)), (None, Some(1)));
}

#[test]
fn what_comes_late_to_a_level_is_gone() {
    let series = family(MetricType::UpDownCounter, ValueType::I64, 1).find(&label(1));
    let tag = series.life();
    series.add(3_i64);
    assert_eq!(remove(series), None);
    add_late(series, tag, 4_i64);
    series.settle();
    assert_eq!((held(series.current().0), remove(series)), (None, None));
}

const fn fixed(value_type: ValueType) -> Definition {
    Definition {
        name: "fixed",
        metric_type: MetricType::Counter,
        value_type,
        unit: "",
        description: "",
        labels: &[],
        boundaries: &[],
        exponential: None,
        series_limit: 1,
        lifetime: Lifetime::UNSET,
        presentation: None,
        place: &Place::NOWHERE,
        line: 0,
        item: "",
    }
}

#[test]
fn what_comes_late_to_fixed_labels_counts_in_the_life_that_goes_on() {
    static FAMILY: Family = Family::new(fixed(ValueType::F64), &FAMILY);
    let series = FAMILY.typed(Width::Unknown, &Parts([]));
    let remove = || remove(series).map(f64::from_bits);
    series.add(0.5);
    let tag = series.life();
    assert_eq!(remove(), Some(0.5));
    add_late(series, tag, 0.25);
    assert_eq!(remove(), Some(0.25));
    assert_eq!(remove(), None);
    add_late(series, tag, 2.0);
    series.settle();
    assert_eq!(held(series).map(f64::from_bits), Some(2.0));
    assert_eq!(remove(), Some(2.0));
    // A sum beyond the range of floats stays at its limit.
    (0..2).for_each(|_| series.add(f64::MAX));
    assert_eq!(remove(), Some(f64::MAX));
}

#[test]
fn a_plain_sum_reports_its_cells_and_what_was_added_beside_them() {
    static FAMILY: Family = Family::new(fixed(ValueType::U64), &FAMILY);
    let series = FAMILY.typed(Width::Unknown, &Parts([]));
    assert_eq!(remove(series), None);
    series.add(3_u64);
    assert_eq!(remove(series), Some(3));
    assert_eq!(remove(series), None);
    series.add(2_u64);
    // Plain cells do not take large numbers.
    series.add(1_u64 << 40);
    series.settle();
    assert_eq!(remove(series), Some(2 + (1 << 40)));
    assert_eq!((held(series), remove(series)), (None, None));
}
