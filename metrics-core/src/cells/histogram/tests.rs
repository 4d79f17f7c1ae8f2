//! One owner and its reader, step by step.

use super::*;
use crate::cells::totals::Totals;
use crate::sync::process;

fn run(boundaries: usize) -> Vec<AtomicU64> {
    (0..width(boundaries)).map(|_| AtomicU64::new(0)).collect()
}

fn totals(run: &[AtomicU64]) -> Option<Totals> {
    let mut copied = Copied::default();
    let copied = copied.read(run)?;
    Some(Totals {
        sum: copied.sum(),
        extremes: copied.extremes(),
        interval: copied.interval(),
        buckets: copied.buckets().to_vec(),
    })
}

fn end_interval(run: &[AtomicU64]) {
    let mut copied = Copied::default();
    acknowledge(run, copied.read(run).unwrap());
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
    let run = run(1);
    assert_eq!(totals(&run), None);
    assert!(!record(&run, 1, &[5.0], 3.0));
    assert_eq!(totals(&run), None);
    restart(&run, 1);
    assert_eq!(totals(&run), Some(Totals::new(1)));
    assert!(record(&run, 1, &[5.0], 3.0));
    assert!(!record(&run, 2, &[5.0], 3.0));
    assert_eq!((tag(&run), totals(&run).unwrap().count()), (1, 1));
    retag(&run, 3);
    assert_eq!((tag(&run), totals(&run).unwrap().count()), (3, 1));
}

#[test]
fn a_run_too_short_for_its_boundaries_is_not_written() {
    let run = run(1);
    restart(&run, 1);
    assert!(!record(&run, 1, &[5.0, 6.0, 7.0], 8.0));
    assert_eq!(totals(&run), Some(Totals::new(1)));
}

#[test]
fn of_several_late_values_the_last_is_known() {
    let (run, mut copied) = (run(1), Copied::default());
    restart(&run, 1);
    let record = |value| assert!(record(&run, 1, &[5.0], value));
    let interval = || totals(&run).unwrap().interval;
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
    let run = run(1);
    let begin = || {
        run[SEQUENCE].fetch_add(1, Relaxed);
        run[HEADER].fetch_add(1, Relaxed);
    };
    restart(&run, 1);
    begin();
    assert_eq!(totals(&run).unwrap(), Totals::new(1));
    assert!(record(&run, 1, &[5.0], 3.0));
    begin();
    let all = totals(&run).unwrap();
    assert_eq!((all.count(), all.extremes), (2, Extremes::of(3.0)));
    // Both the reader and an owner that goes on after all make the sequence even.
    assert_eq!(run[SEQUENCE].load(Relaxed) % 2, 0);
    assert!(record(&run, 1, &[5.0], 9.0));
    assert_eq!(totals(&run).unwrap().count(), 3);
}

/// Compares random histories with totals in plain memory.
#[test]
fn random_histories_agree_with_plain_totals() {
    let boundaries = [-10.0, 0.0, 2.5, 10.0];
    for seed in 0..if cfg!(miri) { 3 } else { 200 } {
        let mut random = fastrand::Rng::with_seed(seed);
        let (run, mut tag) = (run(boundaries.len()), 1);
        restart(&run, tag);
        let mut model = Totals::new(boundaries.len());
        for _ in 0..100 {
            match random.u8(..10) {
                // The interval ends.
                0 => {
                    end_interval(&run);
                    model.interval = Extremes::NONE;
                }
                // The interval ends while a value is recorded, after which the series may be
                // removed.
                3 => {
                    let mut copied = Copied::default();
                    let copied = copied.read(&run).unwrap();
                    assert!(record(&run, tag, &boundaries, 0.25));
                    if random.bool() {
                        tag += 1;
                        restart(&run, tag);
                        model = Totals::new(boundaries.len());
                    } else {
                        model.interval = Extremes::NONE;
                        model.record(&boundaries, 0.25, 1);
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
                    model = Totals::new(boundaries.len());
                }
                // Another run is absorbed.
                2 => {
                    let other = self::run(boundaries.len());
                    restart(&other, 7);
                    let mut plain = Totals::new(boundaries.len());
                    for _ in 0..random.u8(..4) {
                        if random.u8(..4) == 0 {
                            end_interval(&other);
                            plain.interval = Extremes::NONE;
                        }
                        let value = f64::from(random.i8(..));
                        assert!(record(&other, 7, &boundaries, value));
                        plain.record(&boundaries, value, 1);
                    }
                    let mut copied = Copied::default();
                    absorb(&run, copied.read(&other).unwrap());
                    model.merge(plain.sum, plain.extremes, plain.interval, &plain.buckets);
                }
                _ => {
                    let value = f64::from(random.i8(..)) / 4.0;
                    let count = random.u64(1..4);
                    assert!(match count {
                        1 => record(&run, tag, &boundaries, value),
                        _ => record_many(&run, tag, &boundaries, value, count),
                    });
                    model.record(&boundaries, value, count);
                }
            }
            assert_eq!(totals(&run).as_ref(), Some(&model));
        }
    }
}
