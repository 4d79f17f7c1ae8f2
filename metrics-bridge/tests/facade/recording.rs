//! Recording through macros and handles.

use std::thread;

use metrics::{Key, counter, gauge, histogram};
use typed_metrics_bridge::{Matcher, MetricsRecorder, RecorderError};
use typed_metrics_core::testing::capture;
use typed_metrics_core::{DropReason, ValueType};

use super::support::{METADATA, RECORDER, as_recorder, metric, series, value, with};

#[test]
fn every_operation_of_every_kind_is_recorded() {
    with(|| {
        counter!("rec.requests", "route" => "/a", "code" => "200").increment(2);
        counter!("rec.requests", "code" => "200", "route" => "/a").increment(3);
        counter!("rec.requests", "route" => "/b", "code" => "200").increment(1);
        let level = gauge!("rec.level");
        level.set(10.0);
        level.increment(2.5);
        level.decrement(0.5);
        level.increment(-1.0);
        level.decrement(-3.0);
        histogram!("rec.size").record(3.0);
        histogram!("rec.size").record_many(7.0, 4);
    });
    assert_eq!(value("rec.requests", &[("route", "/a"), ("code", "200")]), 5.0);
    assert_eq!(value("rec.requests", &[("route", "/b"), ("code", "200")]), 1.0);
    assert_eq!(metric("rec.requests").descriptor.value_type(), ValueType::U64);
    assert_eq!(value("rec.level", &[]), 14.0);
    let size = series("rec.size", &[]);
    let size = size.value.as_histogram().unwrap();
    assert_eq!((size.count, size.sum, size.min, size.max), (5, 31.0, 3.0, 7.0));
}

#[test]
fn counts_beyond_the_integers_of_floats_are_exact() {
    let large = (1 << 53) + 1;
    with(|| counter!("rec.large").increment(large));
    assert_eq!(series("rec.large", &[]).value, typed_metrics_core::Value::U64(large));
}

#[test]
fn an_absolute_total_counts_once_however_many_handles_tell_it() {
    with(|| {
        counter!("rec.total").absolute(5);
        counter!("rec.total").absolute(3);
        counter!("rec.total").absolute(8);
    });
    let other = thread::spawn(|| with(|| counter!("rec.total").absolute(8)));
    other.join().unwrap();
    assert_eq!(value("rec.total", &[]), 8.0);
    // The series of a total is there, whatever the total is.
    with(|| counter!("rec.nothing").absolute(0));
    assert_eq!(value("rec.nothing", &[]), 0.0);
}

#[test]
fn threads_record_into_one_series() {
    let threads: Vec<_> = (0..4)
        .map(|_| {
            thread::spawn(|| {
                with(|| {
                    for _ in 0..1000 {
                        counter!("rec.threads", "k" => "v").increment(1);
                        gauge!("rec.threads_level").increment(1.0);
                        histogram!("rec.threads_size").record(1.0);
                    }
                });
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(value("rec.threads", &[("k", "v")]), 4000.0);
    assert_eq!(value("rec.threads_level", &[]), 4000.0);
    assert_eq!(series("rec.threads_size", &[]).value.as_histogram().unwrap().count, 4000);
}

#[test]
fn handles_outlive_the_recorder_and_move_between_threads() {
    let handle = with(|| counter!("rec.moved"));
    let clone = handle.clone();
    thread::spawn(move || clone.increment(1)).join().unwrap();
    handle.increment(1);
    assert_eq!(value("rec.moved", &[]), 2.0);
}

#[test]
fn a_capture_sees_what_is_recorded_inside() {
    let seen = capture(|| with(|| counter!("rec.captured", "k" => "v").increment(7)));
    let captured = seen.snapshot;
    let captured = captured.get("rec.captured").unwrap();
    assert_eq!(captured.series_with(&[("k", "v")]).unwrap().value.as_f64(), 7.0);
}

#[test]
fn values_that_are_not_finite_are_counted_as_dropped() {
    with(|| {
        gauge!("rec.bad").set(f64::NAN);
        gauge!("rec.bad").increment(f64::INFINITY);
        histogram!("rec.bad_size").record(f64::NAN);
    });
    assert_eq!(metric("rec.bad").dropped, [(DropReason::NotFinite, 2)]);
    assert_eq!(metric("rec.bad_size").dropped, [(DropReason::NotFinite, 1)]);
}

#[test]
fn series_beyond_the_limit_are_added_up() {
    let recorder = MetricsRecorder::builder().series_limit(3).build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        for user in 0..10 {
            counter!("rec.limited", "user" => user.to_string()).increment(1);
            // The handle of a series without room.
            counter!("rec.limited", "user" => user.to_string()).increment(1);
        }
    });
    let limited = metric("rec.limited");
    assert_eq!(limited.series.len(), 4);
    let overflow = limited.series_with(&[("otel.metric.overflow", "true")]).unwrap();
    assert_eq!(overflow.value.as_f64(), 14.0);
    assert!(limited.dropped.iter().any(|(reason, _)| *reason == DropReason::Overflow));
}

#[test]
fn many_keys_do_not_fill_the_memory_of_a_thread() {
    // More than a thread keeps.
    with(|| {
        for user in 0..10_000 {
            counter!("rec.many", "user" => (user % 5000).to_string()).increment(1);
        }
    });
    let total: f64 = metric("rec.many").series.iter().map(|s| s.value.as_f64()).sum();
    assert_eq!(total, 10_000.0);
}

#[test]
fn a_handle_that_is_registered_without_a_macro_is_the_same_series() {
    let key = Key::from_parts("rec.direct", &[("k", "v")]);
    let recorder = as_recorder(&RECORDER);
    recorder.register_counter(&key, &METADATA).increment(1);
    with(|| counter!("rec.direct", "k" => "v").increment(1));
    assert_eq!(value("rec.direct", &[("k", "v")]), 2.0);
}

#[test]
fn buckets_are_chosen_by_name() {
    let recorder = MetricsRecorder::builder()
        .buckets([100.0])
        .buckets_for(Matcher::Suffix("_size".to_owned()), [3.0])
        .buckets_for(Matcher::Prefix("bkt.".to_owned()), [2.0])
        .buckets_for(Matcher::Prefix("bkt.long.".to_owned()), [2.5])
        .buckets_for(Matcher::Full("bkt.full_size".to_owned()), [1.0])
        .exponential_for(Matcher::Suffix("_spread".to_owned()))
        .build()
        .unwrap();
    let cases = [
        ("bkt.full_size", &[1.0][..]),
        ("bkt.other_size", &[2.0]),
        ("bkt.long.size", &[2.5]),
        ("bucketed_size", &[3.0]),
        ("bucketed", &[100.0]),
        ("value_spread", &[]),
    ];
    for (name, boundaries) in cases {
        metrics::with_local_recorder(&recorder, || histogram!(name).record(1.0));
        let metric = metric(name).descriptor;
        assert_eq!(metric.boundaries(), boundaries, "{name}");
        assert_eq!(metric.exponential().is_some(), name == "value_spread");
    }
}

#[test]
fn without_settings_buckets_depend_on_the_unit_also_of_the_name() {
    with(|| {
        metrics::describe_histogram!("unit.described", metrics::Unit::Milliseconds, "");
        histogram!("unit.described").record(1.0);
        histogram!("unit.in_name_seconds").record(1.0);
        histogram!("unit.none").record(1.0);
    });
    let default_for = typed_metrics_core::buckets::default_for;
    let cases = [("unit.described", "ms"), ("unit.in_name_seconds", "s"), ("unit.none", "")];
    for (name, unit) in cases {
        assert_eq!(metric(name).descriptor.boundaries(), default_for(unit), "{name}");
    }
    assert_eq!(metric("unit.in_name_seconds").descriptor.unit(), "");
}

#[test]
fn exponential_histograms_are_a_setting() {
    let recorder = MetricsRecorder::builder().exponential().build().unwrap();
    metrics::with_local_recorder(&recorder, || histogram!("exp.all").record_many(2.0, 3));
    let all = series("exp.all", &[]);
    let all = all.value.as_histogram().unwrap();
    assert_eq!((all.count, all.sum), (3, 6.0));
    assert!(all.exponential.is_some());
}

#[test]
fn buckets_that_break_a_rule_are_an_error() {
    let builder = MetricsRecorder::builder();
    let error = builder.clone().buckets([2.0, 1.0]).build().unwrap_err().to_string();
    assert!(error.starts_with("buckets of all other histograms: "), "{error}");
    let matcher = Matcher::Prefix("http_".to_owned());
    let error = builder.buckets_for(matcher, [f64::NAN]).build().unwrap_err();
    assert!(matches!(&error, RecorderError::Buckets { .. }));
    assert!(error.to_string().starts_with("buckets of histograms `http_…`: "), "{error}");
}

#[test]
fn a_matcher_that_is_empty_or_there_twice_is_an_error() {
    let empty = [
        (Matcher::full(""), "histogram ``"),
        (Matcher::prefix(""), "histograms `…`"),
        (Matcher::suffix(""), "histograms `…`"),
    ];
    for (matcher, name) in empty {
        let builder = MetricsRecorder::builder().exponential_for(matcher.clone());
        let error = builder.build().unwrap_err();
        assert_eq!(error, RecorderError::EmptyMatcher { matcher });
        assert_eq!(
            error.to_string(),
            format!(
                "buckets of {name}: the matcher is empty; give it a text, or set the buckets of \
                 all other histograms with `buckets` or `exponential`"
            )
        );
    }
    let builder = MetricsRecorder::builder()
        .buckets_for(Matcher::suffix("_size"), [1.0])
        .buckets_for(Matcher::prefix("_size"), [1.0])
        .exponential_for(Matcher::suffix("_size"));
    let error = builder.build().unwrap_err();
    assert_eq!(error, RecorderError::SameMatcher { matcher: Matcher::suffix("_size") });
    assert_eq!(
        error.to_string(),
        "buckets of histograms `…_size`: two settings have this matcher, and only one can count; \
         remove one"
    );
}
