//! Exemplars: which measurements become exemplars, and which readers get them.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "the recorded values are small whole numbers, and are exact"
)]

// Generated code names the facade, and this crate cannot depend on the facade.
extern crate typed_metrics_core as typed_metrics;

use std::cell::Cell;
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use typed_metrics::testing::capture;
use typed_metrics::{
    CurrentSpan, Exemplar, ExemplarFilter, Metric, PointReader, Reader, RuntimeMetric, Snapshot,
    Value, attributes, read_live, register_metric, set_exemplars, snapshot,
};
use typed_metrics_derive::Metrics;

thread_local! {
    /// The number of the span that this thread is inside, and whether the span is sampled.
    static SPAN: Cell<Option<(u8, bool)>> = const { Cell::new(None) };
}

fn current_span() -> Option<CurrentSpan> {
    let (number, is_sampled) = SPAN.get()?;
    Some(CurrentSpan::new([number; 16], [number + 1; 8], is_sampled).label("user", number))
}

/// Exemplars of a test, until it is dropped. One test at a time has exemplars.
struct On(#[expect(dead_code, reason = "held")] MutexGuard<'static, ()>);

impl On {
    fn with(filter: ExemplarFilter) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        set_exemplars(filter, current_span);
        Self(turn)
    }
}

impl Drop for On {
    fn drop(&mut self) {
        set_exemplars(ExemplarFilter::AlwaysOff, || None);
        SPAN.set(None);
    }
}

fn exemplars(snapshot: &Snapshot, name: &str) -> Vec<Exemplar> {
    let series = &snapshot.get(name).unwrap().series;
    series.iter().flat_map(|series| series.exemplars.clone()).collect()
}

fn values(exemplars: &[Exemplar]) -> Vec<f64> {
    exemplars.iter().map(|exemplar| exemplar.value.as_f64()).collect()
}

fn counter(name: &'static str) -> RuntimeMetric {
    register_metric(name, Metric::counter(name)).unwrap()
}

fn histogram(name: &'static str, buckets: &[f64]) -> RuntimeMetric {
    register_metric(name, Metric::histogram(name).buckets(buckets.to_vec())).unwrap()
}

#[derive(Metrics)]
#[metrics(prefix = "exemplars.typed")]
enum Typed {
    #[counter]
    Orders,
    #[counter(value = f64)]
    Weight,
    #[histogram(buckets = [10])]
    Size { large: bool },
    #[gauge]
    Level,
    #[up_down_counter]
    Busy,
    #[counter]
    Removed { id: u32 },
    #[histogram(buckets = [5])]
    Again,
}

#[test]
fn an_exemplar_has_value_time_span_and_the_labels_of_the_measurement() {
    let on = On::with(ExemplarFilter::TraceBased);
    let reader = Reader::new();
    SPAN.set(Some((7, true)));
    let before = SystemTime::now();
    Typed::orders().add(3);
    Typed::weight().add(1.5);
    Typed::size(true).record(4);
    Typed::size(true).record(40);
    Typed::level().set(1);
    Typed::busy().inc();
    let snapshot = reader.collect();
    let of = |name: &str| exemplars(&snapshot, &format!("exemplars.typed.{name}"));
    let orders = &of("orders")[..];
    let [order] = orders else { panic!("{orders:?}") };
    assert_eq!(order.value, Value::U64(3));
    assert_eq!((order.trace_id, order.span_id), (Some([7; 16]), Some([8; 8])));
    assert_eq!(order.labels.to_string(), "user=7");
    assert!(before <= order.time && order.time <= SystemTime::now());
    assert_eq!(of("weight")[0].value, Value::F64(1.5));
    // One for each bucket.
    assert_eq!(values(&of("size")), [4.0, 40.0]);
    assert!(of("level").is_empty() && of("busy").is_empty());
    drop(on);
}

#[test]
fn without_a_setting_there_are_no_exemplars_and_none_stay_behind() {
    let reader = Reader::new();
    let metric = counter("exemplars.off");
    let on = On::with(ExemplarFilter::AlwaysOn);
    metric.record(1, attributes!()).unwrap();
    drop(on);
    assert!(exemplars(&reader.collect(), "exemplars.off").is_empty());
    assert!(exemplars(&snapshot(), "exemplars.off").is_empty());
    let _on = On::with(ExemplarFilter::AlwaysOff);
    metric.record(2, attributes!()).unwrap();
    assert!(exemplars(&reader.collect(), "exemplars.off").is_empty());
    assert_eq!(snapshot().get("exemplars.off").unwrap().series[0].value.as_f64(), 3.0);
}

#[test]
fn exemplars_that_are_switched_on_again_begin_anew() {
    let metric = counter("exemplars.again_on");
    let reader = Reader::new();
    for n in 1..4 {
        let on = On::with(ExemplarFilter::AlwaysOn);
        assert!(exemplars(&reader.collect(), "exemplars.again_on").is_empty());
        drop(on);
        let _on = On::with(ExemplarFilter::AlwaysOn);
        // The first measurement is a candidate, whatever was skipped before.
        metric.record(n, attributes!()).unwrap();
        let seen = values(&exemplars(&reader.collect(), "exemplars.again_on"));
        assert_eq!(seen, [f64::from(n)]);
        (0..1000).for_each(|_| metric.record(100, attributes!()).unwrap());
    }
}

#[test]
fn the_filter_selects_the_measurements() {
    let metric = counter("exemplars.filter");
    let reader = Reader::new();
    let recorded = |span| {
        SPAN.set(span);
        metric.record(1, attributes!()).unwrap();
        let exemplars = exemplars(&reader.collect(), "exemplars.filter");
        exemplars.first().map(|exemplar| exemplar.trace_id)
    };
    {
        let _on = On::with(ExemplarFilter::TraceBased);
        assert_eq!(recorded(None), None);
        assert_eq!(recorded(Some((3, false))), None);
        assert_eq!(recorded(Some((3, true))), Some(Some([3; 16])));
    }
    let _on = On::with(ExemplarFilter::AlwaysOn);
    assert_eq!(recorded(None), Some(None));
    assert_eq!(recorded(Some((3, false))), Some(Some([3; 16])));
}

/// Whether `count` of `trials` is within 6 standard deviations of the expected share.
#[track_caller]
fn assert_share(count: usize, trials: usize, share: f64) {
    let expected = trials as f64 * share;
    let deviation = (expected * (1.0 - share)).sqrt();
    assert!((count as f64 - expected).abs() <= 6.0 * deviation, "{count} of {trials} at {share}");
}

const INTERVALS: usize = 4000;

#[test]
fn each_measurement_of_an_interval_has_the_same_chance() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let metric = counter("exemplars.even");
    let reader = Reader::new();
    let mut chosen = [0; 20];
    for _ in 0..INTERVALS {
        (1..=20).for_each(|n| metric.record(n, attributes!()).unwrap());
        let values = values(&exemplars(&reader.collect(), "exemplars.even"));
        assert_eq!(values.len(), 1);
        chosen[values[0] as usize - 1] += 1;
    }
    for count in chosen {
        assert_share(count, INTERVALS, 1.0 / 20.0);
    }
}

#[test]
fn the_chance_is_the_same_beyond_the_longest_distance_that_is_drawn_at_once() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let metric = histogram("exemplars.long", &[1e9]);
    let reader = Reader::new();
    let (records, intervals) = (150_000, 100);
    let mut halves = [0; 2];
    for _ in 0..intervals {
        (0..records).for_each(|n| metric.record(n, attributes!()).unwrap());
        let chosen = values(&exemplars(&reader.collect(), "exemplars.long"))[0] as usize;
        halves[chosen * 2 / records] += 1;
    }
    assert_share(halves[0], intervals, 0.5);
}

#[test]
fn each_thread_has_the_share_of_its_measurements() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let metric = counter("exemplars.threads");
    let reader = Reader::new();
    let intervals = INTERVALS / 10;
    let turn = Barrier::new(3);
    let mut chosen = 0;
    thread::scope(|scope| {
        for (value, count) in [(1, 100), (2, 300)] {
            let (turn, metric) = (&turn, &metric);
            scope.spawn(move || {
                for _ in 0..intervals {
                    (0..count).for_each(|_| metric.record(value, attributes!()).unwrap());
                    turn.wait();
                    turn.wait();
                }
            });
        }
        for _ in 0..intervals {
            turn.wait();
            let values = values(&exemplars(&reader.collect(), "exemplars.threads"));
            chosen += usize::from(values[0] == 1.0);
            turn.wait();
        }
    });
    assert_share(chosen, intervals, 0.25);
}

#[test]
fn a_slow_reader_chooses_evenly_over_the_intervals_of_a_fast_one() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let metric = counter("exemplars.readers");
    let (slow, fast) = (Reader::new(), PointReader::new());
    let intervals = INTERVALS / 10;
    let mut chosen = [0; 4];
    for _ in 0..intervals {
        for (part, count) in [10, 20, 30, 40].into_iter().enumerate() {
            (0..count).for_each(|_| metric.record(part, attributes!()).unwrap());
            let mut seen = Vec::new();
            let is_own = |metric: &typed_metrics::Descriptor| metric.name() == "exemplars.readers";
            let totals = |_: &_, _| typed_metrics::Counting::Totals;
            fast.collect(is_own, totals, |_, point| seen = values(point.exemplars));
            assert_eq!(seen, [part as f64]);
        }
        let values = values(&exemplars(&slow.collect(), "exemplars.readers"));
        assert_eq!(values.len(), 1);
        chosen[values[0] as usize] += 1;
    }
    for (part, count) in chosen.into_iter().enumerate() {
        assert_share(count, intervals, (part + 1) as f64 / 10.0);
    }
}

#[test]
fn measurements_in_sampled_spans_have_the_same_chance_among_others() {
    let _on = On::with(ExemplarFilter::TraceBased);
    let metric = counter("exemplars.sampled");
    let reader = Reader::new();
    let intervals = INTERVALS / 4;
    let mut chosen = [0; 10];
    for _ in 0..intervals {
        for n in 1..=1000_u32 {
            SPAN.set(n.is_multiple_of(10).then_some((1, true)));
            metric.record(n, attributes!()).unwrap();
        }
        // The tenth measurement is asked in any case, and so are most up to the hundredth.
        let values = values(&exemplars(&reader.collect(), "exemplars.sampled"));
        assert_eq!(values.len(), 1);
        assert_eq!(values[0] % 10.0, 0.0);
        chosen[(values[0] as usize - 1) / 100] += 1;
    }
    for count in chosen {
        assert_share(count, intervals, 0.1);
    }
}

#[test]
fn a_sampled_span_is_found_after_many_measurements_outside() {
    let _on = On::with(ExemplarFilter::TraceBased);
    let metric = counter("exemplars.late");
    let reader = Reader::new();
    (0..10_000).for_each(|_| metric.record(1, attributes!()).unwrap());
    SPAN.set(Some((1, true)));
    (0..1000).for_each(|_| metric.record(2, attributes!()).unwrap());
    // One of 16 is asked, so the chance that none of them is, is below 1e-28.
    assert_eq!(values(&exemplars(&reader.collect(), "exemplars.late")), [2.0]);
}

#[test]
fn a_removed_series_hands_its_exemplars_over_with_its_last_value() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let (reader, points) = (Reader::new(), PointReader::new());
    Typed::removed(1).add(3);
    Typed::again().record(7);
    Typed::removed(1).remove();
    Typed::again().remove();
    Typed::again().record(8);
    let snapshot = reader.collect();
    let metric = snapshot.get("exemplars.typed.removed").unwrap();
    assert_eq!(values(&metric.removed[0].exemplars), [3.0]);
    assert!(metric.series.is_empty());
    let metric = snapshot.get("exemplars.typed.again").unwrap();
    assert_eq!(values(&metric.removed[0].exemplars), [7.0]);
    let mut seen = Vec::new();
    points.collect(
        |metric| metric.name().starts_with("exemplars.typed.again"),
        |_, _| typed_metrics::Counting::Totals,
        |_, point| seen.push(values(point.exemplars)),
    );
    assert_eq!(seen[0], [7.0], "the last total of the life before");
    // The life that goes on has an exemplar of its own from the next interval on.
    Typed::again().record(9);
    let after = exemplars(&reader.collect(), "exemplars.typed.again");
    assert_eq!(values(&after), [9.0]);
}

#[test]
fn a_removed_series_with_fixed_labels_starts_without_exemplars() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let reader = Reader::new();
    let exemplars = || {
        let snapshot = snapshot();
        let size = snapshot.get("exemplars.typed.size").unwrap();
        size.series_with(&[("large", "false")]).map(|series| series.exemplars.len())
    };
    Typed::size(false).record(1);
    let _ = reader.collect();
    assert_eq!(exemplars(), Some(1));
    Typed::size(false).remove();
    assert_eq!(exemplars(), None);
    set_exemplars(ExemplarFilter::AlwaysOff, current_span);
    Typed::size(false).record(1);
    assert_eq!(exemplars(), Some(0));
}

#[test]
fn readers_without_intervals_get_the_last_exemplars() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let metric = counter("exemplars.latest");
    let live = || {
        read_live(|live| {
            let at = live.metrics().position(|metric| metric.name() == "exemplars.latest").unwrap();
            let mut seen = Vec::new();
            live.for_each_series(at, |series| seen = values(series.exemplars));
            seen
        })
    };
    metric.record(5, attributes!()).unwrap();
    assert_eq!(live(), [5.0]);
    assert_eq!(live(), [5.0]);
    assert_eq!(values(&exemplars(&snapshot(), "exemplars.latest")), [5.0]);
    metric.record(6, attributes!()).unwrap();
    assert_eq!(live(), [6.0]);
}

#[test]
fn a_capture_has_no_exemplars_and_the_process_has_those_of_the_capture() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let metric = counter("exemplars.captured");
    let reader = Reader::new();
    let seen = capture(|| metric.record(4, attributes!()).unwrap());
    let captured = seen.snapshot.get("exemplars.captured").unwrap().series.clone();
    assert!(captured[0].exemplars.is_empty());
    drop(seen);
    assert_eq!(values(&exemplars(&reader.collect(), "exemplars.captured")), [4.0]);
}

#[test]
fn an_exemplar_outlives_its_thread_and_the_next_thread_chooses_anew() {
    let _on = On::with(ExemplarFilter::AlwaysOn);
    let metric = counter("exemplars.ended");
    let reader = Reader::new();
    for n in 1..=3 {
        thread::scope(|scope| {
            scope.spawn(|| metric.record(n, attributes!()).unwrap());
        });
        let seen = values(&exemplars(&reader.collect(), "exemplars.ended"));
        assert_eq!(seen, [f64::from(n)]);
    }
}

#[test]
fn a_function_that_records_or_panics_does_no_harm() {
    let on = On::with(ExemplarFilter::AlwaysOn);
    let (outer, inner) = (counter("exemplars.outer"), counter("exemplars.inner"));
    static INNER: Mutex<Option<RuntimeMetric>> = Mutex::new(None);
    *INNER.lock().unwrap() = Some(inner);
    let reader = Reader::new();
    set_exemplars(ExemplarFilter::AlwaysOn, || {
        let inner = *INNER.lock().unwrap();
        inner.unwrap().record(1, attributes!()).unwrap();
        current_span()
    });
    outer.record(2, attributes!()).unwrap();
    let seen = reader.collect();
    assert_eq!(values(&exemplars(&seen, "exemplars.outer")), [2.0]);
    assert_eq!(seen.get("exemplars.inner").unwrap().series[0].value.as_f64(), 1.0);
    set_exemplars(ExemplarFilter::AlwaysOn, || std::panic::resume_unwind(Box::new("no span")));
    outer.record(3, attributes!()).unwrap();
    let seen = exemplars(&reader.collect(), "exemplars.outer");
    assert_eq!((values(&seen), seen[0].trace_id), (vec![3.0], None));
    drop(on);
}

#[test]
fn exemplars_are_switched_while_others_record() {
    let on = On::with(ExemplarFilter::AlwaysOff);
    let (typed, open) = (histogram("exemplars.busy", &[10.0, 20.0]), counter("exemplars.open"));
    let is_done = std::sync::atomic::AtomicBool::new(false);
    let count = thread::scope(|scope| {
        let threads = [0, 1].map(|_| {
            scope.spawn(|| {
                let mut count = 0_u64;
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    typed.record(count % 30, attributes!()).unwrap();
                    open.record(1, attributes!("n" => count % 50)).unwrap();
                    count += 1;
                }
                count
            })
        });
        let reader = Reader::new();
        for filter in [ExemplarFilter::AlwaysOn, ExemplarFilter::AlwaysOff].repeat(20) {
            set_exemplars(filter, current_span);
            drop(reader.collect());
            thread::sleep(Duration::from_millis(1));
        }
        is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        threads.map(|thread| thread.join().unwrap()).into_iter().sum::<u64>()
    });
    let snapshot = snapshot();
    let total = |name: &str| snapshot.get(name).unwrap().series.iter().map(|s| s.value.as_f64());
    assert_eq!(total("exemplars.open").sum::<f64>(), count as f64);
    let busy = &snapshot.get("exemplars.busy").unwrap().series[0].value;
    assert_eq!(busy.as_histogram().unwrap().count, count);
    drop(on);
}

#[test]
fn the_first_measurements_of_new_series_are_recorded_while_exemplars_are_switched() {
    let on = On::with(ExemplarFilter::AlwaysOff);
    let metric = counter("exemplars.new");
    let (series, each) = (900, 200);
    thread::scope(|scope| {
        let recording = scope.spawn(|| {
            for n in 0..series {
                (0..each).for_each(|_| metric.record(1, attributes!("n" => n)).unwrap());
            }
        });
        while !recording.is_finished() {
            set_exemplars(ExemplarFilter::AlwaysOn, current_span);
            set_exemplars(ExemplarFilter::AlwaysOff, current_span);
        }
    });
    let snapshot = snapshot();
    let recorded = snapshot.get("exemplars.new").unwrap().series.iter().map(|s| s.value.as_f64());
    assert_eq!(recorded.sum::<f64>(), f64::from(series * each));
    drop(on);
}
