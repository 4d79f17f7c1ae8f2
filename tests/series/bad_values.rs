//! Mistakes in programs: none of them panics, loses other measurements or makes memory grow without
//! limit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;
use std::thread;

use typed_metrics::label::MAX_LABEL_LEN;
use typed_metrics::{ChangeReader, DropReason, Metrics, Value};

#[derive(Metrics)]
#[metrics(prefix = "bad")]
enum Bad<'a> {
    #[histogram(buckets = [1, 10])]
    NanHistogram,
    #[gauge]
    NanGauge,
    #[gauge(value = u64)]
    UnsignedGauge,
    #[gauge(value = i64)]
    SignedGauge,
    #[counter]
    Negative,
    #[counter(value = f64)]
    NegativeFloat,
    #[up_down_counter(value = f64)]
    NanLevel,
    #[up_down_counter(value = f64)]
    LargeLevel { open: u64 },
    #[counter(value = f64)]
    LargeTotal,
    #[counter]
    Huge { text: &'a str },
    #[counter]
    Odd { text: &'a str },
    #[counter(series_limit = 1000)]
    Many { id: u64 },
    #[counter]
    AtExit { name: &'a str },
    #[counter]
    FixedAtExit,
    #[histogram(buckets = [1, 10])]
    HistogramAtExit,
    #[gauge]
    GaugeAtExit,
    #[counter]
    InPanic,
    #[up_down_counter]
    InFlightInPanic,
    #[histogram(unit = "ms")]
    TimeInPanic,
}

fn dropped(name: &str) -> Vec<(DropReason, u64)> {
    typed_metrics::snapshot().get(name).unwrap().dropped.clone()
}

fn value(name: &str, labels: &[(&str, &str)]) -> Option<Value> {
    let snapshot = typed_metrics::snapshot();
    Some(snapshot.get(name).unwrap().series_with(labels)?.value.clone())
}

#[test]
fn nan_and_infinity_are_dropped_and_counted() {
    let bad = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    for value in bad {
        Bad::nan_histogram().record(value);
        Bad::nan_gauge().set(value);
        Bad::nan_level().add(value);
        Bad::negative_float().add(value);
    }
    // Only invalid values were recorded, so there is no series.
    assert_eq!(value("bad.nan_histogram", &[]), None);
    assert_eq!(value("bad.nan_gauge", &[]), None);
    assert_eq!(value("bad.nan_level", &[]), None);
    Bad::nan_histogram().record(5);
    Bad::nan_gauge().set(5);
    Bad::nan_level().add(5);
    for value in bad {
        Bad::nan_histogram().record(value);
        Bad::nan_gauge().set(value);
        Bad::nan_level().add(value);
        Bad::NanHistogram.record(value);
        Bad::NanGauge.record(value);
        Bad::NanLevel.record(value);
    }
    let snapshot = typed_metrics::snapshot();
    let histogram = snapshot.get("bad.nan_histogram").unwrap().series[0].value.as_histogram();
    let histogram = histogram.unwrap();
    assert_eq!((histogram.count, histogram.sum), (1, 5.0));
    assert_eq!((histogram.min, histogram.max), (5.0, 5.0));
    assert_eq!(histogram.buckets, [0, 1, 0]);
    assert_eq!(value("bad.nan_gauge", &[]), Some(Value::F64(5.0)));
    assert_eq!(value("bad.nan_level", &[]), Some(Value::F64(5.0)));
    for metric in ["bad.nan_histogram", "bad.nan_gauge", "bad.nan_level"] {
        assert_eq!(dropped(metric), [(DropReason::NotFinite, 9)], "{metric}");
    }
}

#[test]
fn what_a_gauge_cannot_hold_leaves_it_as_it_was() {
    Bad::unsigned_gauge().set(7);
    Bad::unsigned_gauge().set(-1);
    Bad::UnsignedGauge.record(0.5);
    Bad::UnsignedGauge.record(f64::NAN);
    assert_eq!(value("bad.unsigned_gauge", &[]), Some(Value::U64(7)));
    let expected =
        [(DropReason::NotFinite, 1), (DropReason::Negative, 1), (DropReason::WrongType, 1)];
    assert_eq!(dropped("bad.unsigned_gauge"), expected);

    Bad::signed_gauge().set(i64::MIN);
    Bad::signed_gauge().set(u64::MAX);
    assert_eq!(value("bad.signed_gauge", &[]), Some(Value::I64(i64::MIN)));
    assert_eq!(dropped("bad.signed_gauge"), [(DropReason::WrongType, 1)]);
}

#[test]
fn a_negative_increment_is_dropped_and_counted() {
    Bad::Negative.record(-1);
    assert_eq!(value("bad.negative", &[]), None);
    Bad::Negative.record(4);
    Bad::Negative.record(i64::MIN);
    Bad::Negative.record(-0.5);
    Bad::Negative.record(0.5);
    Bad::Negative.record(2.0);
    assert_eq!(value("bad.negative", &[]), Some(Value::U64(6)));
    assert_eq!(dropped("bad.negative"), [(DropReason::Negative, 3), (DropReason::WrongType, 1)]);

    Bad::negative_float().add(-2.5);
    Bad::negative_float().add(2.5);
    Bad::NegativeFloat.record(-1);
    assert_eq!(value("bad.negative_float", &[]), Some(Value::F64(2.5)));
    assert!(dropped("bad.negative_float").contains(&(DropReason::Negative, 2)));
}

#[test]
fn a_label_value_of_ten_megabytes_is_cut() {
    let huge = "é".repeat(5 << 20);
    let info = allocation_counter::measure(|| {
        Bad::huge(&huge).inc();
        Bad::huge(&huge).inc();
        Bad::Huge { text: &huge }.record(1);
    });
    assert!(info.bytes_total < 64 << 10, "{info:?}");
    // Values that are equal after the cut share one series.
    Bad::huge(&huge[..huge.len() - 2]).inc();
    let snapshot = typed_metrics::snapshot();
    let series = &snapshot.get("bad.huge").unwrap().series;
    assert_eq!(series.len(), 1);
    assert_eq!(series[0].value, Value::U64(4));
    let kept = series[0].labels.get("text").unwrap().to_string();
    assert_eq!(kept, huge[..MAX_LABEL_LEN]);
}

#[test]
fn any_text_is_a_label_value() {
    let odd = ["", " ", "a\nb", "a\0b", "a", "\u{202e}", "=", "\"", "\u{10ffff}"];
    for (i, text) in odd.into_iter().enumerate() {
        (0..=i).for_each(|_| Bad::odd(text).inc());
    }
    let snapshot = typed_metrics::snapshot();
    let series = &snapshot.get("bad.odd").unwrap().series;
    assert_eq!(series.len(), odd.len());
    for (i, (series, text)) in series.iter().zip(odd).enumerate() {
        assert_eq!(series.value, Value::U64(i as u64 + 1), "{text:?}");
        let typed_metrics::LabelRef::Str(kept) = series.labels.get("text").unwrap().as_ref() else {
            panic!("the value of {text:?} is not text");
        };
        assert_eq!(kept, text);
    }
    // A displayed value stays on one line.
    assert_eq!(series[2].labels.get("text").unwrap().to_string(), "a\\nb");
    assert!(!snapshot.to_string().contains('\0'));
}

#[test]
fn a_hundred_thousand_label_values_stay_within_the_limit() {
    let record = || (0..100_000).for_each(|id| Bad::many(id).inc());
    let first = allocation_counter::measure(record);
    // The memory holds 1000 series with their names, and the thread's table of them.
    assert!(first.bytes_current < 2 << 20, "{first:?}");
    let second = allocation_counter::measure(record);
    assert_eq!(second.bytes_current, 0, "{second:?}");

    let snapshot = typed_metrics::snapshot();
    let many = snapshot.get("bad.many").unwrap();
    assert_eq!(many.series.len(), 1001);
    let overflow = many.series_with(&[("otel.metric.overflow", "true")]).unwrap();
    assert_eq!(overflow.value, Value::U64(2 * 99_000));
    assert_eq!(many.dropped, [(DropReason::Overflow, 2 * 99_000)]);
    let total: f64 = many.series.iter().map(|series| series.value.as_f64()).sum();
    assert_eq!(total, 200_000.0);
}

/// Records in every kind of metric when it is dropped.
struct AtExit(&'static str);

impl Drop for AtExit {
    fn drop(&mut self) {
        Bad::at_exit(self.0).inc();
        Bad::fixed_at_exit().inc();
        Bad::histogram_at_exit().record(5);
        Bad::gauge_at_exit().set(5);
        let _ = typed_metrics::snapshot();
    }
}

#[test]
fn a_drop_at_the_end_of_the_thread_records() {
    thread_local! {
        static FIRST: AtExit = const { AtExit("first") };
        static LAST: AtExit = const { AtExit("last") };
    }
    for _ in 0..20 {
        // Thread-local storage is destroyed in the order of its first use, or in the opposite
        // order. So one of the two values is destroyed after the engine's own storage.
        thread::spawn(|| {
            FIRST.with(|_| ());
            Bad::at_exit("during").inc();
            Bad::fixed_at_exit().inc();
            Bad::histogram_at_exit().record(0.5);
            LAST.with(|_| ());
        })
        .join()
        .unwrap();
        // This thread records for the first time when it ends.
        thread::spawn(|| FIRST.with(|_| ())).join().unwrap();
    }
    assert_eq!(value("bad.at_exit", &[("name", "during")]), Some(Value::U64(20)));
    assert_eq!(value("bad.at_exit", &[("name", "first")]), Some(Value::U64(40)));
    assert_eq!(value("bad.at_exit", &[("name", "last")]), Some(Value::U64(20)));
    assert_eq!(value("bad.fixed_at_exit", &[]), Some(Value::U64(80)));
    assert_eq!(value("bad.gauge_at_exit", &[]), Some(Value::F64(5.0)));
    let Some(Value::Histogram(histogram)) = value("bad.histogram_at_exit", &[]) else { panic!() };
    assert_eq!(histogram.buckets, [20, 60, 0]);
    assert_eq!((histogram.count, histogram.sum), (80, 310.0));
    assert_eq!((histogram.min, histogram.max), (0.5, 5.0));
}

#[test]
fn recording_goes_on_while_a_panic_unwinds() {
    struct InDrop;
    impl Drop for InDrop {
        fn drop(&mut self) {
            assert!(thread::panicking());
            Bad::in_panic().inc();
        }
    }
    for _ in 0..3 {
        let panicked = catch_unwind(AssertUnwindSafe(|| {
            let _in_flight = Bad::in_flight_in_panic().enter();
            let _time = Bad::time_in_panic().start_timer();
            let _drop = InDrop;
            Bad::in_panic().inc();
            panic!("on purpose");
        }));
        assert!(panicked.is_err());
    }
    assert_eq!(value("bad.in_panic", &[]), Some(Value::U64(6)));
    assert_eq!(value("bad.in_flight_in_panic", &[]), Some(Value::I64(0)));
    let Some(Value::Histogram(time)) = value("bad.time_in_panic", &[]) else { panic!() };
    assert_eq!(time.count, 3);
}

#[test]
fn sums_out_of_range_stay_finite() {
    let reader = ChangeReader::new();
    let changes = || {
        let all = reader.changes(|metric| metric.name().starts_with("bad.large"));
        let series = all.metrics.into_iter().flat_map(|metric| metric.series);
        series.map(|change| change.value.as_f64()).collect::<Vec<_>>()
    };
    let (entered, left) = (&Barrier::new(3), &Barrier::new(3));
    let (level, total, first) = thread::scope(|scope| {
        // Both threads are there at once, so each has its own sum.
        for sign in [1.0, -1.0] {
            scope.spawn(move || {
                (0..2).for_each(|_| Bad::large_level(1).add(sign * f64::MAX));
                (0..2).for_each(|_| Bad::large_total().add(f64::MAX));
                entered.wait();
                left.wait();
            });
        }
        entered.wait();
        let level = value("bad.large_level", &[("open", "1")]);
        let seen = (level, value("bad.large_total", &[]), changes());
        left.wait();
        seen
    });
    assert_eq!((level, total), (Some(Value::F64(0.0)), Some(Value::F64(f64::MAX))));
    assert!(first.iter().all(|change| change.is_finite()), "{first:?}");
    Bad::large_level(1).add(1.0);
    Bad::large_total().add(1.0);
    assert!(changes().iter().all(|change| change.is_finite()));
    assert_eq!(value("bad.large_total", &[]), Some(Value::F64(f64::MAX)));
}
