//! One owner and its reader, step by step.

use super::copied::{Copied, Pause, acknowledge};
use super::owner::*;
use super::run::*;
use crate::cells::exponential::window;
use crate::cells::grid::Grid;
use crate::cells::totals::{Extremes, Totals, bucket};
use crate::rules::exponential::ExponentialSettings;
use crate::sync::{AtomicU64, Ordering::Relaxed, process};

const ONE: Grid = Grid::Explicit(&[5.0]);
const EXPONENTIAL: Grid =
    Grid::Exponential(ExponentialSettings::DEFAULT.max_size(8).zero_threshold(0.25));

fn run(grid: Grid) -> Vec<AtomicU64> {
    (0..width(grid)).map(|_| AtomicU64::new(0)).collect()
}

fn totals(run: &[AtomicU64], grid: Grid) -> Option<Totals> {
    let mut totals = Totals::new(grid);
    Copied::of(grid).read(run)?.add_to(&mut totals);
    Some(totals)
}

fn end_interval(run: &[AtomicU64], grid: Grid) {
    acknowledge(run, Copied::of(grid).read(run).unwrap());
}

#[test]
fn a_value_on_a_boundary_falls_below_it() {
    assert_eq!([-1.0, 5.0, 5.1, 10.0, 11.0].map(|v| bucket(&[5.0, 10.0], v)), [0, 0, 1, 1, 2]);
}

#[test]
fn few_and_many_boundaries_are_searched_alike() {
    for count in [1, 31, 32, 33, 256] {
        let boundaries: Vec<f64> = (0..count).map(f64::from).collect();
        for value in [-1.0, -0.0, 0.0, 0.5, 30.5, 31.0, 32.0, 32.1, 255.0, 300.0, f64::MAX] {
            let expected = boundaries.iter().filter(|boundary| value > **boundary).count();
            assert_eq!(bucket(&boundaries, value), expected, "{value} in {count}");
        }
    }
}

#[test]
fn a_run_under_another_tag_is_not_written() {
    let run = run(ONE);
    assert_eq!(totals(&run, ONE), None);
    assert!(!record(&run, 1, &[5.0], 3.0));
    assert_eq!(totals(&run, ONE), None);
    restart(&run, 1);
    assert_eq!(totals(&run, ONE), Some(Totals::new(ONE)));
    assert!(record(&run, 1, &[5.0], 3.0));
    assert!(!record(&run, 2, &[5.0], 3.0));
    assert_eq!((tag(&run), totals(&run, ONE).unwrap().count()), (1, 1));
    retag(&run, 3);
    assert_eq!((tag(&run), totals(&run, ONE).unwrap().count()), (3, 1));
}

#[test]
fn a_run_too_short_for_its_boundaries_is_not_written() {
    let run = run(ONE);
    restart(&run, 1);
    assert!(!record(&run, 1, &[5.0, 6.0, 7.0], 8.0));
    assert_eq!(totals(&run, ONE), Some(Totals::new(ONE)));
}

#[test]
fn of_several_late_values_the_last_is_known() {
    let (run, mut copied) = (run(ONE), Copied::of(ONE));
    restart(&run, 1);
    let record = |value| assert!(record(&run, 1, &[5.0], value));
    let interval = || totals(&run, ONE).unwrap().interval;
    record(1.0);
    let copied = copied.read(&run).unwrap();
    [9.0, 2.0, 3.0].into_iter().for_each(record);
    acknowledge(&run, copied);
    assert_eq!(interval(), Extremes::of(3.0));
    record(4.0);
    assert_eq!(interval(), Extremes { min: 3.0, max: 4.0 });
}

#[test]
fn a_forked_process_finishes_the_measurement_of_a_missing_owner() {
    let _forked = process::Pretended::begin();
    let run = run(ONE);
    let begin = || {
        run[SEQUENCE].fetch_add(1, Relaxed);
        run[HEADER].fetch_add(1, Relaxed);
    };
    restart(&run, 1);
    begin();
    assert_eq!(totals(&run, ONE).unwrap(), Totals::new(ONE));
    assert!(record(&run, 1, &[5.0], 3.0));
    begin();
    let all = totals(&run, ONE).unwrap();
    assert_eq!((all.count(), all.extremes), (2, Extremes::of(3.0)));
    // Both the reader and an owner that goes on after all make the sequence even.
    assert_eq!(run[SEQUENCE].load(Relaxed) % 2, 0);
    assert!(record(&run, 1, &[5.0], 9.0));
    assert_eq!(totals(&run, ONE).unwrap().count(), 3);
}

#[test]
fn a_forked_process_empties_a_run_whose_owner_was_moving_the_windows() {
    let _forked = process::Pretended::begin();
    let run = run(EXPONENTIAL);
    restart(&run, 1);
    assert!(record_any(&run, 1, EXPONENTIAL, 3.0, 1));
    run[SEQUENCE].fetch_add(1, Relaxed);
    // The scale is unknown meanwhile.
    run[HEADER].store(u64::MAX, Relaxed);
    run[HEADER + window::WIDTH].fetch_add(7, Relaxed);
    assert_eq!(totals(&run, EXPONENTIAL), Some(Totals::new(EXPONENTIAL)));
    assert!(record_any(&run, 1, EXPONENTIAL, 3.0, 1));
    assert_eq!(totals(&run, EXPONENTIAL).unwrap().exponential.unwrap().positive.counts, [1]);
}

/// Compares random histories with totals in plain memory.
#[test]
fn random_histories_agree_with_plain_totals() {
    for seed in 0..if cfg!(miri) { 4 } else { 400 } {
        let mut random = fastrand::Rng::with_seed(seed);
        let explicit = Grid::Explicit(&[-10.0, 0.0, 2.5, 10.0]);
        let grid = if seed % 2 == 0 { explicit } else { EXPONENTIAL };
        let (run, mut tag) = (run(grid), 1);
        restart(&run, tag);
        let mut model = Totals::new(grid);
        for _ in 0..100 {
            match random.u8(..10) {
                // The interval ends.
                0 => {
                    end_interval(&run, grid);
                    model.interval = Extremes::NONE;
                }
                // The interval ends while a value is recorded, after which the series may be
                // removed.
                3 => {
                    let mut copied = Copied::of(grid);
                    let copied = copied.read(&run).unwrap();
                    assert!(record_any(&run, tag, grid, 0.25, 1));
                    if random.bool() {
                        tag += 1;
                        restart(&run, tag);
                        model = Totals::new(grid);
                    } else {
                        model.interval = Extremes::NONE;
                        model.record(grid, 0.25, 1);
                    }
                    acknowledge(&run, copied);
                }
                // Another series of the block is removed.
                4 => {
                    tag += 1;
                    retag(&run, tag);
                }
                // The series is removed.
                1 if random.bool() => {
                    tag += 1;
                    restart(&run, tag);
                    model = Totals::new(grid);
                }
                // Another run is absorbed.
                2 => {
                    let other = self::run(grid);
                    restart(&other, 7);
                    let mut plain = Totals::new(grid);
                    for _ in 0..random.u8(..4) {
                        if random.u8(..4) == 0 {
                            end_interval(&other, grid);
                            plain.interval = Extremes::NONE;
                        }
                        let value = f64::from(random.i8(..));
                        assert!(record_any(&other, 7, grid, value, 1));
                        plain.record(grid, value, 1);
                    }
                    let mut copied = Copied::of(grid);
                    absorb(&run, copied.read(&other).unwrap());
                    model.merge(&plain);
                }
                _ => {
                    let value = f64::from(random.i8(..)) / 4.0 * scale(&mut random);
                    let count = random.u64(1..4);
                    assert!(record_any(&run, tag, grid, value, count));
                    model.record(grid, value, count);
                }
            }
            assert_eq!(totals(&run, grid).as_ref(), Some(&model));
        }
    }
}

/// Mostly 1, sometimes a factor that lowers the scale of an exponential histogram.
fn scale(random: &mut fastrand::Rng) -> f64 {
    if random.u8(..30) == 0 { (1_u64 << random.u32(0..40)) as f64 } else { 1.0 }
}

#[test]
fn an_owner_records_nothing_during_a_pause_and_begins_the_interval_after_it() {
    let run = run(ONE);
    restart(&run, 1);
    assert!(record(&run, 1, &[5.0], 1.0));
    end_interval(&run, ONE);
    let acknowledged = run[ACKNOWLEDGED].load(Relaxed);
    let pause = Pause::begin(&run).unwrap();
    let before = sequence(&run);
    for record in [
        record(&run, 1, &[5.0], 9.0),
        record_any(&run, 1, ONE, 9.0, 1),
        record_many(&run, 1, ONE, 9.0, 3),
    ] {
        assert!(!record);
    }
    assert_eq!(sequence(&run), before);
    // Another reader neither ends the pause nor finds the request in its copy.
    assert!(Pause::begin(&run).is_none());
    assert_eq!(totals(&run, ONE).unwrap().count(), 1);
    drop(pause);
    assert_eq!(run[ACKNOWLEDGED].load(Relaxed), acknowledged);
    assert!(record(&run, 1, &[5.0], 2.0));
    assert_eq!(totals(&run, ONE).unwrap().interval, Extremes::of(2.0));
}

#[test]
fn a_run_that_starts_over_during_a_pause_brings_nothing_old_into_the_interval() {
    let run = run(ONE);
    restart(&run, 1);
    assert!(record(&run, 1, &[5.0], 1.0));
    end_interval(&run, ONE);
    let pause = Pause::begin(&run).unwrap();
    restart(&run, 2);
    drop(pause);
    [7.0, 3.0, 4.0].into_iter().for_each(|value| assert!(record(&run, 2, &[5.0], value)));
    assert_eq!(totals(&run, ONE).unwrap().interval, Extremes { min: 3.0, max: 7.0 });
}

/// The owner records without a break, in a run that takes longer to copy than a record takes.
#[test]
fn an_owner_that_never_rests_lets_its_reader_copy() {
    use std::sync::atomic::AtomicBool;

    let grid = Grid::Exponential(ExponentialSettings::DEFAULT.max_size(496));
    let (run, is_done) = (run(grid), AtomicBool::new(false));
    restart(&run, 1);
    let copies = if cfg!(miri) { 3 } else { 200 };
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Relaxed) {
                record_any(&run, 1, grid, 4.0, 1);
            }
        });
        let mut before = 0;
        for _ in 0..copies {
            let totals = totals(&run, grid).unwrap();
            assert_eq!(totals.sum.value(), 4.0 * totals.count() as f64);
            assert!(totals.count() >= before);
            before = totals.count();
        }
        is_done.store(true, Relaxed);
    });
}
