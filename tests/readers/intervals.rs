//! Intervals: the values since a reader's last collection, for several readers at their own pace.

use std::sync::Barrier;
use std::thread;

use typed_metrics::testing::capture;
use typed_metrics::{HistogramSnapshot, Label, Metrics, Reader};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "intervals")]
enum Intervals<'a> {
    #[histogram(buckets = [1, 10, 100])]
    Pace { name: &'a str },
    #[histogram(buckets = [1, 10, 100])]
    FixedPace { side: Side },
    #[histogram(buckets = [1, 10, 100])]
    Late { name: &'a str },
    #[histogram(buckets = [1, 10, 100])]
    Threads { name: &'a str },
    #[histogram(buckets = [10, 20, 30, 40, 50, 60, 70, 80, 90])]
    Random { id: u64 },
    #[histogram(buckets = [10, 20, 30, 40, 50, 60, 70, 80, 90])]
    FixedRandom { side: Side, hit: bool },
    #[histogram(buckets = [10, 20, 30, 40, 50, 60, 70, 80, 90])]
    Busy { id: u64 },
    #[histogram(buckets = [10, 20, 30, 40, 50, 60, 70, 80, 90])]
    FixedBusy { side: Side },
    #[histogram(buckets = [30, 60, 100])]
    Hot { name: &'a str },
    #[histogram(buckets = [30, 60, 100], positional)]
    FixedHot { a: Digit, b: Digit },
    #[histogram(buckets = [1, 10, 100])]
    Large { name: &'a str },
}

#[derive(Clone, Copy, Label)]
enum Digit {
    Zero,
    One,
    Two,
    Three,
    Four,
    Five,
    Six,
    Seven,
    Eight,
    Nine,
}

type Facts = (u64, f64, f64, f64);

fn facts(histogram: &HistogramSnapshot) -> Facts {
    (histogram.count, histogram.sum, histogram.min, histogram.max)
}

/// The lifetime and the interval of one series.
fn collect(reader: &Reader, name: &str, labels: &[(&str, &str)]) -> Option<(Facts, Option<Facts>)> {
    let snapshot = reader.collect();
    let histogram = snapshot.get(name).unwrap().series_with(labels)?.value.as_histogram()?.clone();
    let interval = histogram.interval.as_deref();
    if let Some(interval) = interval {
        assert_eq!(interval.count, interval.buckets.iter().sum::<u64>());
    }
    Some((facts(&histogram), interval.map(facts)))
}

#[test]
fn two_readers_at_their_own_pace_have_their_own_extremes() {
    let _turn = my_turn();
    let check = |name: &str, labels: &[(&str, &str)], record: &dyn Fn(f64)| {
        let (fast, slow) = (Reader::new(), Reader::new());
        let collect = |reader| collect(reader, name, labels);
        assert_eq!(collect(&fast), None);
        record(50.0);
        assert_eq!(collect(&fast), Some(((1, 50.0, 50.0, 50.0), Some((1, 50.0, 50.0, 50.0)))));
        assert_eq!(collect(&fast), Some(((1, 50.0, 50.0, 50.0), None)));
        record(20.0);
        record(30.0);
        assert_eq!(collect(&fast), Some(((3, 100.0, 20.0, 50.0), Some((2, 50.0, 20.0, 30.0)))));
        record(25.0);
        // A snapshot without a reader does not end an interval.
        let _ = typed_metrics::snapshot();
        record(26.0);
        let all = (5, 151.0, 20.0, 50.0);
        assert_eq!(collect(&slow), Some((all, Some(all))));
        assert_eq!(collect(&fast), Some((all, Some((2, 51.0, 25.0, 26.0)))));
        record(27.0);
        assert_eq!(collect(&slow).unwrap().1, Some((1, 27.0, 27.0, 27.0)));
        record(28.0);
        assert_eq!(collect(&slow).unwrap().1, Some((1, 28.0, 28.0, 28.0)));
        assert_eq!(collect(&fast).unwrap().1, Some((2, 55.0, 27.0, 28.0)));
    };
    check("intervals.pace", &[("name", "a")], &|value| Intervals::pace("a").record(value));
    let left = &[("side", "left")];
    check("intervals.fixed_pace", left, &|value| Intervals::fixed_pace(Side::Left).record(value));
    check("intervals.fixed_pace", &[("side", "right")], &|value| {
        // A neighbour in the same block has no effect.
        Intervals::fixed_pace(Side::Left).record(1000);
        Intervals::fixed_pace(Side::Right).record(value);
    });
    // The same with a new thread for each record.
    check("intervals.pace", &[("name", "b")], &|value| {
        thread::spawn(move || Intervals::pace("b").record(value)).join().unwrap();
    });
}

#[test]
fn a_reader_that_comes_later_begins_at_the_beginning() {
    let _turn = my_turn();
    let first = Reader::new();
    Intervals::late("a").record(5);
    let labels = &[("name", "a")];
    assert_eq!(collect(&first, "intervals.late", labels).unwrap().1, Some((1, 5.0, 5.0, 5.0)));
    Intervals::late("a").record(50);
    let second = Reader::new();
    let all = (2, 55.0, 5.0, 50.0);
    assert_eq!(collect(&second, "intervals.late", labels), Some((all, Some(all))));
    assert_eq!(collect(&second, "intervals.late", labels), Some((all, None)));
    drop(second);
    assert_eq!(collect(&first, "intervals.late", labels).unwrap().1, Some((1, 50.0, 50.0, 50.0)));
}

#[test]
fn a_thread_that_slept_through_intervals_brings_nothing_old_along() {
    let _turn = my_turn();
    let (reader, other) = (Reader::new(), Reader::new());
    let barrier = Barrier::new(2);
    let labels = &[("name", "t")];
    let collect = |reader| collect(reader, "intervals.threads", labels).unwrap().1;
    thread::scope(|scope| {
        scope.spawn(|| {
            Intervals::threads("t").record(500);
            barrier.wait();
            barrier.wait();
            Intervals::threads("t").record(7);
            barrier.wait();
        });
        barrier.wait();
        assert_eq!(collect(&reader), Some((1, 500.0, 500.0, 500.0)));
        for value in [2.0, 3.0, 4.0] {
            Intervals::threads("t").record(value);
            assert_eq!(collect(&reader), Some((1, value, value, value)));
        }
        barrier.wait();
        barrier.wait();
        Intervals::threads("t").record(6);
        assert_eq!(collect(&reader), Some((2, 13.0, 6.0, 7.0)));
        assert_eq!(collect(&other), Some((6, 522.0, 2.0, 500.0)));
        assert_eq!(collect(&other), None);
    });
}

/// The values that a simple program would keep.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    all: Vec<f64>,
    /// The values that each reader has not seen yet.
    news: [Vec<f64>; 3],
}

fn assert_holds(found: &HistogramSnapshot, values: &[f64]) {
    let mut buckets = vec![0; found.buckets.len()];
    for value in values {
        buckets[found.boundaries.iter().filter(|boundary| value > boundary).count()] += 1;
    }
    assert_eq!(found.buckets, buckets);
    assert_eq!(found.count, values.len() as u64);
    assert!((found.sum - values.iter().sum::<f64>()).abs() < 1e-6);
    assert_eq!(found.min, values.iter().copied().fold(f64::INFINITY, f64::min));
    assert_eq!(found.max, values.iter().copied().fold(f64::NEG_INFINITY, f64::max));
}

/// Random histories of values, removals and collections by three readers. Each step runs in one of
/// a few threads, one step after the other.
#[test]
fn random_histories_agree_with_a_plain_model() {
    const IDS: usize = 4;
    let _turn = my_turn();
    for seed in 0..60 {
        let mut random = fastrand::Rng::with_seed(seed);
        let readers: [Reader; 3] = std::array::from_fn(|_| Reader::new());
        let mut models = vec![Model::default(); 2 * IDS];
        let (send, receive): (Vec<_>, Vec<_>) =
            (0..3).map(|_| std::sync::mpsc::sync_channel::<Box<dyn FnOnce() + Send>>(0)).unzip();
        let workers: Vec<_> = receive
            .into_iter()
            .map(|jobs| thread::spawn(move || jobs.into_iter().for_each(|job| job())))
            .collect();
        for _ in 0..200 {
            let which = random.usize(..2 * IDS);
            let id = which % IDS;
            let (side, hit) = (if id < 2 { Side::Left } else { Side::Right }, id % 2 == 1);
            let open = Intervals::random(seed * 100 + id as u64);
            let model = &mut models[which];
            match random.u8(..20) {
                0 => {
                    if which < IDS {
                        open.remove();
                    } else {
                        Intervals::fixed_random(side, hit).remove();
                    }
                    *model = Model::default();
                }
                1..=5 => {
                    let reader = random.usize(..3);
                    let snapshot = readers[reader].collect();
                    for (which, model) in models.iter_mut().enumerate() {
                        let id = which % IDS;
                        let series = if which < IDS {
                            let metric = snapshot.get("intervals.random").unwrap();
                            let id = (seed * 100 + id as u64).to_string();
                            metric.series_with(&[("id", &id)])
                        } else {
                            let side = if id < 2 { "left" } else { "right" };
                            let hit = if id % 2 == 1 { "true" } else { "false" };
                            let metric = snapshot.get("intervals.fixed_random").unwrap();
                            metric.series_with(&[("side", side), ("hit", hit)])
                        };
                        let Some(found) = series.map(|s| s.value.as_histogram().unwrap()) else {
                            assert_eq!(*model, Model::default());
                            continue;
                        };
                        assert_holds(found, &model.all);
                        let news = std::mem::take(&mut model.news[reader]);
                        match &found.interval {
                            Some(interval) => assert_holds(interval, &news),
                            None => assert_eq!(news, [0.0; 0]),
                        }
                    }
                }
                _ => {
                    let value = f64::from(random.i32(-20..120)) / 8.0 * 7.0;
                    model.all.push(value);
                    model.news.iter_mut().for_each(|news| news.push(value));
                    let (done, is_done) = std::sync::mpsc::channel();
                    let job = move || {
                        if which < IDS {
                            open.record(value);
                        } else {
                            Intervals::fixed_random(side, hit).record(value);
                        }
                        done.send(()).unwrap();
                    };
                    send[random.usize(..3)].send(Box::new(job)).unwrap();
                    is_done.recv().unwrap();
                }
            }
        }
        drop(send);
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        // The next history begins without series.
        for id in 0..IDS {
            Intervals::random(seed * 100 + id as u64).remove();
            for hit in [false, true] {
                Intervals::fixed_random(Side::Left, hit).remove();
                Intervals::fixed_random(Side::Right, hit).remove();
            }
        }
    }
}

/// Readers collect while threads record. The intervals of each reader add up to the total, and lie
/// within it.
#[test]
fn intervals_of_concurrent_readers_add_up() {
    const EACH: u64 = 100_000;
    let _turn = my_turn();
    let check = |snapshot: &typed_metrics::Snapshot, seen: &mut [Vec<u64>; 2]| {
        for (metric, seen) in ["intervals.busy", "intervals.fixed_busy"].into_iter().zip(seen) {
            for series in &snapshot.get(metric).unwrap().series {
                let Some(interval) = &series.value.as_histogram().unwrap().interval else {
                    continue;
                };
                let bucket =
                    |value: f64| interval.boundaries.iter().filter(|b| value > **b).count();
                let filled = |i: &usize| interval.buckets[*i] > 0;
                assert_eq!(Some(bucket(interval.min)), (0..10).find(filled), "{interval:?}");
                assert_eq!(Some(bucket(interval.max)), (0..10).rfind(filled), "{interval:?}");
                assert!((interval.sum.fract()).abs() < 1e-6);
                assert!(interval.count > 1 || interval.min == interval.max, "{interval:?}");
                assert!(interval.count > 1 || interval.min == interval.sum, "{interval:?}");
                assert!(interval.sum >= interval.min * interval.count as f64 - 1e-6);
                assert!(interval.sum <= interval.max * interval.count as f64 + 1e-6);
                seen.resize(10, 0);
                seen.iter_mut().zip(&interval.buckets).for_each(|(seen, new)| *seen += new);
            }
        }
    };
    let done = std::sync::atomic::AtomicU64::new(0);
    let all = thread::scope(|scope| {
        for worker in 0..2 {
            let done = &done;
            scope.spawn(move || {
                let mut random = fastrand::Rng::with_seed(worker);
                for i in 0..EACH {
                    Intervals::busy(i % 2).record(random.u8(0..100));
                    Intervals::fixed_busy(Side::Left).record(random.u8(0..100));
                }
                done.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            });
        }
        let readers: Vec<_> = (1..=2)
            .map(|pause| {
                let done = &done;
                scope.spawn(move || {
                    let reader = Reader::new();
                    let mut seen = [vec![], vec![]];
                    while done.load(std::sync::atomic::Ordering::Relaxed) < 2 {
                        check(&reader.collect(), &mut seen);
                        thread::sleep(std::time::Duration::from_micros(200 * pause));
                    }
                    check(&reader.collect(), &mut seen);
                    seen
                })
            })
            .collect();
        readers.into_iter().map(|reader| reader.join().unwrap()).collect::<Vec<_>>()
    });
    let mut model = [vec![0; 10], vec![0; 10]];
    for worker in 0..2 {
        let mut random = fastrand::Rng::with_seed(worker);
        for _ in 0..EACH {
            for model in &mut model {
                let value = random.u8(0..100);
                model[(1..10).filter(|i| value > i * 10).count()] += 1;
            }
        }
    }
    assert_eq!(all, [model.clone(), model]);
}

/// Values are recorded while readers collect. The extremes of an interval lie within the real
/// extremes and in the same buckets, and the extremes of a single value are exact.
#[test]
fn extremes_are_never_those_of_another_interval() {
    use Digit::{Eight, Five, Four, Nine, One, Seven, Six, Three, Two, Zero};
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    const EACH: usize = 30_000;
    let _turn = my_turn();
    let value = |i: usize| ((i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % 100;
    // The lifetime extremes are recorded before the test. The neighbouring series make collections
    // slow.
    let digits = [Zero, One, Two, Three, Four, Five, Six, Seven, Eight, Nine];
    for a in digits {
        digits.iter().for_each(|b| Intervals::fixed_hot(a, *b).record(500));
    }
    Intervals::hot("hot").record(500);
    let known: [u64; 6] = [500, 0, 30, 31, 99, 60];
    known[1..].iter().for_each(|value| {
        Intervals::hot("hot").record(*value);
        Intervals::fixed_hot(Four, Two).record(*value);
    });
    let nth = |i: usize| known.get(i).copied().unwrap_or_else(|| value(i)) as f64;
    let check = |reader: &Reader| {
        let snapshot = reader.collect();
        let labels: [(&str, &[(&str, &str)]); 2] = [
            ("intervals.hot", &[("name", "hot")]),
            ("intervals.fixed_hot", &[("a", "four"), ("b", "two")]),
        ];
        for (name, labels) in labels {
            let series = snapshot.get(name).unwrap().series_with(labels).unwrap();
            let all = series.value.as_histogram().unwrap();
            let Some(interval) = &all.interval else { continue };
            let values: Vec<f64> = (all.count - interval.count..all.count)
                .map(|i| nth(usize::try_from(i).unwrap()))
                .collect();
            let (min, max) = (
                values.iter().copied().fold(f64::INFINITY, f64::min),
                values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            );
            let bucket = |value: f64| all.boundaries.iter().filter(|b| value > **b).count();
            assert!(min <= interval.min && interval.max <= max, "{min} {max} {interval:?}");
            assert!(interval.min <= interval.max, "{interval:?}");
            assert_eq!((bucket(interval.min), bucket(interval.max)), (bucket(min), bucket(max)));
            if interval.count == 1 {
                assert_eq!((interval.min, interval.max), (min, max));
            }
        }
    };
    let is_done = AtomicBool::new(false);
    thread::scope(|scope| {
        for pause in [0, 50] {
            let (check, is_done) = (&check, &is_done);
            scope.spawn(move || {
                let reader = Reader::new();
                while !is_done.load(Relaxed) {
                    check(&reader);
                    thread::sleep(std::time::Duration::from_micros(pause));
                }
                check(&reader);
            });
        }
        for i in known.len()..EACH {
            Intervals::hot("hot").record(value(i));
            Intervals::fixed_hot(Four, Two).record(value(i));
            // Between two collections there are sometimes few values and sometimes many.
            for _ in 0..if i % 64 < 32 { 0 } else { value(i) * 50 } {
                std::hint::spin_loop();
            }
        }
        is_done.store(true, Relaxed);
    });
}

/// The interval of a series of `Large` since the last collection.
fn large(reader: &Reader, name: &str) -> HistogramSnapshot {
    let snapshot = reader.collect();
    let series = snapshot.get("intervals.large").unwrap().series_with(&[("name", name)]).unwrap();
    let histogram = series.value.as_histogram().unwrap();
    assert!(histogram.sum.is_finite());
    *histogram.interval.clone().unwrap()
}

#[test]
fn small_values_after_a_large_one_have_their_own_sum() {
    let (often, seldom) = (Reader::new(), Reader::new());
    let record = |values: &[f64]| {
        let one = Intervals::large("one");
        values.iter().for_each(|value| one.record(*value));
        large(&often, "one")
    };
    assert_eq!(facts(&record(&[1e17])), (1, 1e17, 1e17, 1e17));
    let _ = seldom.collect();
    for _ in 0..3 {
        assert_eq!(facts(&record(&[1.0; 8])), (8, 8.0, 1.0, 1.0));
    }
    assert_eq!(facts(&record(&[0.5, 0.125, 20.0])), (3, 20.625, 0.125, 20.0));
    assert_eq!(facts(&large(&seldom, "one")), (27, 44.625, 0.125, 20.0));
    assert_eq!(facts(&record(&[-1e17])), (1, -1e17, -1e17, -1e17));
    assert_eq!(facts(&record(&[0.25])), (1, 0.25, 0.25, 0.25));
}

#[test]
fn small_values_of_other_threads_have_their_own_sum() {
    let reader = Reader::new();
    let (start, end) = (&Barrier::new(2), &Barrier::new(2));
    let (first, second) = thread::scope(|scope| {
        scope.spawn(move || {
            Intervals::large("threads").record(1e17);
            start.wait();
            end.wait();
        });
        start.wait();
        let first = large(&reader, "threads");
        (0..8).for_each(|_| Intervals::large("threads").record(1));
        let second = large(&reader, "threads");
        end.wait();
        (first, second)
    });
    assert_eq!(first.sum, 1e17);
    assert_eq!(facts(&second), (8, 8.0, 1.0, 1.0));
    drop(capture(|| Intervals::large("threads").record(2)));
    assert_eq!(facts(&large(&reader, "threads")), (1, 2.0, 2.0, 2.0));
}

#[test]
fn a_sum_out_of_range_stays_at_the_limit_and_later_intervals_are_right() {
    let reader = Reader::new();
    let record = |values: &[f64]| {
        values.iter().for_each(|value| Intervals::large("limit").record(*value));
        large(&reader, "limit")
    };
    assert_eq!(facts(&record(&[f64::MAX; 3])), (3, f64::MAX, f64::MAX, f64::MAX));
    assert_eq!(facts(&record(&[1.0, 2.0])), (2, 3.0, 1.0, 2.0));
    assert_eq!(facts(&record(&[1e308])), (1, 1e308, 1e308, 1e308));
    let interval = record(&[f64::MAX, f64::MAX, 4.0]);
    assert_eq!((interval.count, interval.sum), (3, f64::MAX));
    assert_eq!(facts(&record(&[4.0])), (1, 4.0, 4.0, 4.0));
}
