//! The suite: the behaviour that all back ends share.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use typed_metrics::label::MAX_LABEL_LEN;
use typed_metrics::otel::meter_provider;
use typed_metrics::{
    CurrentSpan, ExemplarFilter, HandlerError, Label, Metric, MetricHandler, Metrics,
    add_metric_handler, attributes, clear_metric_handlers, flush, register_metric, set_exemplars,
    set_metric_handlers, shutdown,
};
use typed_metrics_receiver::Exponential;
use typed_metrics_turn::my_turn;

use crate::back_end::{BackEnd, Removed, WithBuckets};
use crate::stored::{Buckets, Histogram, Stored, Value};

/// Makes a module of tests for each back end.
macro_rules! run_against {
    ($($name:ident: $back_end:ty;)*) => {
        mod against {$(
            mod $name {
                $crate::suite::tests! { $back_end:
                    values_recorded_before_and_after_it_is_installed_arrive
                    kinds_and_units_arrive
                    set_twice_it_exports_once_and_nothing_twice
                    cleared_and_set_again_it_misses_nothing
                    a_removed_series_ends_and_may_come_back
                    gauges_and_levels_are_the_latest
                    exponential_histograms_arrive
                    one_state_is_1_at_every_export
                    the_latest_info_is_1
                    a_renamed_metric_arrives_under_both_names
                    callbacks_are_read_at_every_export
                    hostile_labels_are_series_of_their_own
                    metrics_that_come_later_arrive
                    shutdown_exports_what_came_last
                    installed_in_vain_it_exports_nothing
                    several_threads_lose_nothing
                    what_is_recorded_through_opentelemetry_arrives
                    exemplars_arrive_and_change_no_value
                }
            }
        )*}
    };
}

macro_rules! tests {
    ($back_end:ty: $($test:ident)*) => {$(
        #[test]
        fn $test() {
            $crate::suite::$test::<$back_end>();
        }
    )*};
}

pub(crate) use {run_against, tests};

#[derive(Clone, Copy, Label)]
enum Phase {
    Starting,
    Running,
    Draining,
}

/// The metrics keep their values for the whole process, so each run of a test has its own series.
#[derive(Metrics)]
#[metrics(prefix = "suite")]
enum Suite<'a> {
    #[counter(unit = "{request}")]
    Requests { run: u64 },
    #[counter(value = f64, unit = "EUR")]
    Revenue { run: u64 },
    #[up_down_counter(unit = "{item}")]
    Level { run: u64 },
    #[gauge]
    Heat { run: u64 },
    #[gauge(value = i64)]
    Whole { run: u64 },
    #[histogram(buckets = [1, 10, 100])]
    Sizes { run: u64 },
    #[histogram(exponential)]
    Spread { run: u64 },
    #[counter]
    Routes { route: &'a str, run: u64 },
    #[state]
    Phase { run: u64, state: Phase },
    #[info]
    Build { run: u64, version: &'a str },
    #[counter(was = "old.orders")]
    Orders { run: u64 },
    #[up_down_counter(was = "old.stock")]
    Stock { run: u64 },
    #[histogram(buckets = [1, 10, 100], was = "old.weights")]
    Weights { run: u64 },
    #[state(was = "old.mode")]
    Mode { run: u64, state: Phase },
}

/// The number of a new run, and the labels of its series as back ends store them.
fn new_run() -> (u64, String) {
    static LAST: AtomicU64 = AtomicU64::new(100);
    let run = LAST.fetch_add(1, Relaxed);
    (run, format!("run={run}"))
}

fn record(run: u64, n: u64) {
    Suite::requests(run).add(n);
    Suite::revenue(run).add(n as f64 / 4.0);
    Suite::sizes(run).record(n);
}

/// Asserts that the series contain each of these numbers once.
#[track_caller]
fn assert_sums<B: BackEnd>(stored: &Stored, labels: &str, recorded: &[u64]) {
    let sum = recorded.iter().sum::<u64>() as f64;
    assert_eq!(stored.number("suite.requests", labels), Some(sum));
    assert_eq!(stored.number("suite.revenue", labels), Some(sum / 4.0));
    let mut buckets = vec![0; 4];
    for n in recorded {
        buckets[[1, 10, 100].iter().position(|bound| n <= bound).unwrap_or(3)] += 1;
    }
    let extreme =
        |value: Option<&u64>| if B::SHOWS.extremes { *value.unwrap() as f64 } else { 0.0 };
    let expected = Histogram {
        count: recorded.len() as u64,
        sum,
        min: extreme(recorded.iter().min()),
        max: extreme(recorded.iter().max()),
        buckets: (B::SHOWS.buckets != WithBuckets::None).then_some(Buckets::Explicit(buckets)),
    };
    assert_eq!(stored.histogram("suite.sizes", labels), Some(&expected));
}

pub(crate) fn values_recorded_before_and_after_it_is_installed_arrive<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    record(run, 3);
    set_metric_handlers(back_end.handler()).unwrap();
    record(run, 40);
    flush().unwrap();
    assert_sums::<B>(&back_end.stored(), &labels, &[3, 40]);
    record(run, 500);
    Suite::sizes(run).record(f64::NAN);
    flush().unwrap();
    assert_sums::<B>(&back_end.stored(), &labels, &[3, 40, 500]);
}

pub(crate) fn kinds_and_units_arrive<B: BackEnd>() {
    let (back_end, (run, _)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    record(run, 1);
    Suite::level(run).add(1);
    Suite::heat(run).set(1);
    set_metric_handlers(back_end.handler()).unwrap();
    flush().unwrap();
    let stored = back_end.stored();
    assert_eq!(stored.kind_and_unit("suite.requests"), ("counter", "{request}"));
    assert_eq!(stored.kind_and_unit("suite.revenue"), ("counter", "EUR"));
    assert_eq!(stored.kind_and_unit("suite.level"), ("up_down_counter", "{item}"));
    assert_eq!(stored.kind_and_unit("suite.heat"), ("gauge", ""));
    assert_eq!(stored.kind_and_unit("suite.sizes"), ("histogram", ""));
}

pub(crate) fn set_twice_it_exports_once_and_nothing_twice<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    record(run, 1);
    set_metric_handlers([back_end.handler(), back_end.handler()]).unwrap();
    record(run, 2);
    add_metric_handler(back_end.handler()).unwrap();
    set_metric_handlers(back_end.handler()).unwrap();
    record(run, 4);
    let before = back_end.exports();
    flush().unwrap();
    assert_eq!(back_end.exports(), before.map(|exports| exports + 1));
    assert_sums::<B>(&back_end.stored(), &labels, &[1, 2, 4]);
}

pub(crate) fn cleared_and_set_again_it_misses_nothing<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    record(run, 1);
    clear_metric_handlers();
    assert_sums::<B>(&back_end.stored(), &labels, &[1]);
    record(run, 20);
    let exports = back_end.exports();
    flush().unwrap();
    assert_eq!(back_end.exports(), exports, "no handler is installed");
    assert_sums::<B>(&back_end.stored(), &labels, &[1]);
    set_metric_handlers(back_end.handler()).unwrap();
    record(run, 300);
    flush().unwrap();
    assert_sums::<B>(&back_end.stored(), &labels, &[1, 20, 300]);
}

pub(crate) fn a_removed_series_ends_and_may_come_back<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    Suite::requests(run).add(5);
    Suite::level(run).add(5);
    flush().unwrap();
    let number = |name: &str| back_end.stored().number(name, &labels);
    assert_eq!((number("suite.requests"), number("suite.level")), (Some(5.0), Some(5.0)));

    Suite::requests(run).remove();
    Suite::level(run).remove();
    flush().unwrap();
    let kept = B::SHOWS.removed == Removed::Kept;
    assert_eq!(number("suite.requests"), kept.then_some(5.0));
    // A removed level falls to zero, so a back end that keeps the series shows zero.
    assert_eq!(number("suite.level"), kept.then_some(0.0));

    Suite::requests(run).add(2);
    Suite::level(run).add(2);
    flush().unwrap();
    assert_eq!(number("suite.requests"), Some(if kept { 7.0 } else { 2.0 }));
    assert_eq!(number("suite.level"), Some(2.0));
}

pub(crate) fn gauges_and_levels_are_the_latest<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    for (heat, whole, change, level) in
        [(21.5, 7, 4, 4.0), (-3.25, -40, -6, -2.0), (0.0, 0, 2, 0.0)]
    {
        Suite::heat(run).set(1000.0);
        Suite::heat(run).set(heat);
        Suite::heat(run).set(f64::INFINITY);
        Suite::whole(run).set(whole);
        Suite::level(run).add(change);
        flush().unwrap();
        let stored = back_end.stored();
        assert_eq!(stored.number("suite.heat", &labels), Some(heat));
        assert_eq!(stored.number("suite.whole", &labels), Some(f64::from(whole)));
        assert_eq!(stored.number("suite.level", &labels), Some(level));
    }
}

pub(crate) fn exponential_histograms_arrive<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    [3.0, 3.5, 0.0].into_iter().for_each(|value| Suite::spread(run).record(value));
    set_metric_handlers(back_end.handler()).unwrap();
    Suite::spread(run).record(-2.0);
    flush().unwrap();
    let check = |count, sum, [min, max]: [f64; 2], buckets: Exponential| {
        let stored = back_end.stored();
        assert_eq!(stored.kind_and_unit("suite.spread").0, "histogram");
        let found = stored.histogram("suite.spread", &labels).unwrap();
        assert_eq!((found.count, found.sum), (count, sum));
        let extremes = if B::SHOWS.extremes { (min, max) } else { (0.0, 0.0) };
        assert_eq!((found.min, found.max), extremes);
        if B::SHOWS.buckets == WithBuckets::All {
            assert_eq!(found.buckets, Some(Buckets::Exponential(buckets)));
        }
    };
    // At this scale, 3 is in bucket 811 and 3.5 is in bucket 925: no more than 160 buckets.
    let of = |scale, negative: &[_], positive: &[_]| {
        let (positive, negative) = (positive.iter().copied(), negative.iter().copied());
        let (positive, negative) = (positive.collect(), negative.collect());
        Exponential { scale, zeros: 1, zero_threshold: 0.0, positive, negative }
    };
    check(4, 4.5, [-2.0, 3.5], of(9, &[(511, 1)], &[(811, 1), (925, 1)]));
    Suite::spread(run).record(2000);
    Suite::spread(run).record(-2.5);
    flush().unwrap();
    // The range is wider now, so the scale is lower.
    check(6, 2002.0, [-2.5, 2000.0], of(4, &[(15, 1), (21, 1)], &[(25, 1), (28, 1), (175, 1)]));
}

pub(crate) fn one_state_is_1_at_every_export<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    let states = || {
        let stored = back_end.stored();
        ["starting", "running", "draining"]
            .map(|phase| stored.number("suite.phase", &format!("{labels} state={phase}")))
    };
    let phase = Suite::phase(run);
    for (set, [starting, running, draining]) in [
        (&[Phase::Starting][..], [1.0, 0.0, 0.0]),
        (&[Phase::Running, Phase::Draining], [0.0, 0.0, 1.0]),
        (&[], [0.0, 0.0, 1.0]),
        (&[Phase::Starting, Phase::Running], [0.0, 1.0, 0.0]),
    ] {
        set.iter().for_each(|state| phase.set(*state));
        flush().unwrap();
        assert_eq!(states(), [Some(starting), Some(running), Some(draining)]);
    }
    phase.remove();
    flush().unwrap();
    // As a removed level does.
    let kept = B::SHOWS.removed == Removed::Kept;
    assert_eq!(states(), [kept.then_some(0.0); 3]);
    phase.set(Phase::Starting);
    flush().unwrap();
    assert_eq!(states(), [Some(1.0), Some(0.0), Some(0.0)]);
}

pub(crate) fn the_latest_info_is_1<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    let build = |version| {
        let labels = format!("{labels} version={version}");
        back_end.stored().number("suite.build", &labels)
    };
    let replaced = (B::SHOWS.removed == Removed::Kept).then_some(0.0);
    Suite::build(run, "a").set();
    flush().unwrap();
    assert_eq!((build("a"), build("b")), (Some(1.0), None));
    Suite::build(run, "b").set();
    flush().unwrap();
    assert_eq!((build("a"), build("b")), (replaced, Some(1.0)));
    Suite::build(run, "a").set();
    flush().unwrap();
    assert_eq!((build("a"), build("b")), (Some(1.0), replaced));
    Suite::build(run, "a").remove();
    flush().unwrap();
    assert_eq!((build("a"), build("b")), (replaced, replaced));
}

pub(crate) fn a_renamed_metric_arrives_under_both_names<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    Suite::orders(run).add(2);
    Suite::weights(run).record(5);
    set_metric_handlers(back_end.handler()).unwrap();
    let kept = B::SHOWS.removed == Removed::Kept;
    let both = |name: &str, labels: &str| {
        let stored = back_end.stored();
        let [new, old] = ["suite", "old"].map(|prefix| format!("{prefix}.{name}"));
        assert_eq!(stored.value(&new, labels), stored.value(&old, labels), "{name}");
        assert!(stored.value(&new, labels).is_some(), "{name}");
        stored.number(&old, labels)
    };
    for sum in [5.0, 8.0] {
        Suite::orders(run).add(3);
        Suite::stock(run).add(-3);
        Suite::weights(run).record(50);
        Suite::weights(run).record(0.25);
        Suite::mode(run).set(if sum > 5.0 { Phase::Draining } else { Phase::Running });
        flush().unwrap();
        assert_eq!(both("orders", &labels), Some(sum));
        assert_eq!(both("stock", &labels), Some(2.0 - sum));
        let draining = f64::from(u8::from(sum > 5.0));
        assert_eq!(both("mode", &format!("{labels} state=draining")), Some(draining));
        assert_eq!(both("mode", &format!("{labels} state=running")), Some(1.0 - draining));
        let stored = back_end.stored();
        let weights = stored.histogram("suite.weights", &labels);
        assert!(weights.is_some());
        assert_eq!(weights, stored.histogram("old.weights", &labels));
    }
    Suite::orders(run).remove();
    Suite::orders(run).add(1);
    flush().unwrap();
    assert_eq!(both("orders", &labels), Some(if kept { 9.0 } else { 1.0 }));
}

pub(crate) fn callbacks_are_read_at_every_export<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    static VALUE: AtomicU64 = AtomicU64::new(0);
    let observed = (
        Suite::heat(run).observe(|| VALUE.load(Relaxed) as f64 / 2.0),
        Suite::requests(run).observe(|| VALUE.load(Relaxed)),
    );
    for value in [3, 8] {
        VALUE.store(value, Relaxed);
        flush().unwrap();
        let stored = back_end.stored();
        assert_eq!(stored.number("suite.heat", &labels), Some(value as f64 / 2.0));
        assert_eq!(stored.number("suite.requests", &labels), Some(value as f64));
    }
    drop(observed);
}

pub(crate) fn hostile_labels_are_series_of_their_own<B: BackEnd>() {
    let (back_end, (run, end)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    let long = "é".repeat(MAX_LABEL_LEN);
    let mut texts = vec![
        "",
        " ",
        "a",
        "A",
        "a\nb",
        "a\tb",
        "a\0b",
        "\u{202e}a",
        "\u{10ffff}",
        "🦀",
        "=",
        "a=b c=d",
        "a, b; c",
        "\"",
        "\\",
        "{}",
        "-",
        "null",
    ];
    if B::SHOWS.whole_labels {
        texts.extend(["a\\nb", &long]);
    }
    for (text, n) in texts.iter().zip(1..) {
        Suite::routes(text, run).add(n);
    }
    set_metric_handlers(back_end.handler()).unwrap();
    flush().unwrap();
    let stored = back_end.stored();
    if B::SHOWS.whole_labels {
        for (text, n) in texts.iter().zip(1_u32..) {
            // A longer value is cut.
            let kept = if *text == long { &text[..MAX_LABEL_LEN] } else { text };
            let labels = format!("route={kept} {end}");
            let found = stored.number("suite.routes", &labels);
            assert_eq!(found, Some(f64::from(n)), "{text:?} in {stored:?}");
        }
    }
    let values = stored.ending("suite.routes", &end).map(|(labels, value)| match value {
        Value::Number(number) => *number,
        Value::Histogram(_) => panic!("{labels:?}: a counter is a number"),
    });
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    let expected: Vec<_> = (1..).take(texts.len()).map(f64::from).collect();
    assert_eq!(values, expected, "{stored:?}");
}

pub(crate) fn exemplars_arrive_and_change_no_value<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    Suite::requests(run).add(1);
    set_exemplars(ExemplarFilter::TraceBased, || Some(CurrentSpan::new([3; 16], [4; 8], true)));
    Suite::requests(run).add(2);
    flush().unwrap();
    if let Some(exemplars) = back_end.exemplars("suite.requests") {
        assert_eq!(exemplars, [(2.0, vec![3; 16])]);
    }
    set_exemplars(ExemplarFilter::AlwaysOff, || None);
    Suite::requests(run).add(4);
    flush().unwrap();
    assert_eq!(back_end.stored().number("suite.requests", &labels), Some(7.0));
    assert!(back_end.exemplars("suite.requests").is_none_or(|exemplars| exemplars.is_empty()));
}

pub(crate) fn metrics_that_come_later_arrive<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    flush().unwrap();
    let name = format!("suite.later_{run}");
    let later = register_metric(&name, Metric::counter(&name).unit("By")).unwrap();
    later.record(12, attributes!("run" => run)).unwrap();
    flush().unwrap();
    let stored = back_end.stored();
    assert_eq!(stored.number(&name, &labels), Some(12.0));
    assert_eq!(stored.kind_and_unit(&name), ("counter", "By"));
}

pub(crate) fn installed_in_vain_it_exports_nothing<B: BackEnd>() {
    struct Unusable;

    impl MetricHandler for Unusable {
        fn install(&self) -> Result<(), HandlerError> {
            Err("it fails".into())
        }

        fn flush(&self) -> Result<(), HandlerError> {
            Ok(())
        }
    }

    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    record(run, 6);
    for _ in 0..2 {
        set_metric_handlers((back_end.handler(), Unusable)).unwrap_err();
        assert_eq!(back_end.exports().unwrap_or(0), 0);
    }
    assert_eq!(back_end.stored().number("suite.requests", &labels), None);
    set_metric_handlers(back_end.handler()).unwrap();
    record(run, 70);
    flush().unwrap();
    assert_sums::<B>(&back_end.stored(), &labels, &[6, 70]);
}

pub(crate) fn shutdown_exports_what_came_last<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    record(run, 6);
    flush().unwrap();
    record(run, 70);
    shutdown().unwrap();
    assert_sums::<B>(&back_end.stored(), &labels, &[6, 70]);
    // No handler is left to export this.
    record(run, 800);
    shutdown().unwrap();
    flush().unwrap();
    assert_sums::<B>(&back_end.stored(), &labels, &[6, 70]);
}

pub(crate) fn several_threads_lose_nothing<B: BackEnd>() {
    const THREADS: u64 = 4;
    const EACH: u64 = 500;
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    set_metric_handlers(back_end.handler()).unwrap();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(move || (1..=EACH).for_each(|n| record(run, n)));
        }
        (0..10).for_each(|_| flush().unwrap());
    });
    flush().unwrap();
    let recorded: Vec<_> = (0..THREADS).flat_map(|_| 1..=EACH).collect();
    assert_sums::<B>(&back_end.stored(), &labels, &recorded);
}

pub(crate) fn what_is_recorded_through_opentelemetry_arrives<B: BackEnd>() {
    let (back_end, (run, labels)) = (B::start(), new_run());
    let _turn = my_turn(); // dropped before `back_end`
    let meter = meter_provider().meter("suite");
    let requests = meter.u64_counter("suite.foreign").with_unit("{request}").build();
    let sizes = meter.f64_histogram("suite.foreign_sizes");
    let sizes = sizes.with_boundaries(vec![1.0, 10.0, 100.0]).build();
    let attributes = [KeyValue::new("run", run.cast_signed())];
    requests.add(3, &attributes);
    set_metric_handlers(back_end.handler()).unwrap();
    requests.bind(&attributes).add(4);
    sizes.record(7.0, &attributes);
    flush().unwrap();
    let stored = back_end.stored();
    assert_eq!(stored.number("suite.foreign", &labels), Some(7.0));
    assert_eq!(stored.kind_and_unit("suite.foreign"), ("counter", "{request}"));
    let histogram = stored.histogram("suite.foreign_sizes", &labels).unwrap();
    assert_eq!((histogram.count, histogram.sum), (1, 7.0));
}
