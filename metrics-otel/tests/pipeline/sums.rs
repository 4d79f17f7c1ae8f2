//! Random histories: what a receiver adds up is what was recorded, whatever temporality, outages
//! and removals.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use fastrand::Rng;
use typed_metrics::{Descriptor, Value, clear_metric_handlers, flush, set_metric_handlers};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_otel::{OtelHandler, Temporality};
use typed_metrics_receiver::{Answer, Receiver, Total, Totals};
use typed_metrics_turn::my_turn;

use crate::pipelines::{PROTOCOLS, SOON, to};

/// The label of the fixed series. Only the differences since the beginning of a history count.
#[derive(Clone, Copy, Label)]
enum Kind {
    A,
    B,
}

#[derive(Metrics)]
#[metrics(prefix = "sums")]
enum Sums {
    #[counter(series_limit = 10_000)]
    Count { history: u32, series: u8 },
    #[counter(value = f64, series_limit = 10_000)]
    Seconds { history: u32, series: u8 },
    #[up_down_counter(series_limit = 10_000)]
    Level { history: u32, series: u8 },
    #[histogram(buckets = [1, 2, 4], series_limit = 10_000)]
    Size { history: u32, series: u8 },
    #[gauge(value = i64, series_limit = 10_000)]
    Heat { history: u32, series: u8 },
    #[counter]
    Fixed { kind: Kind },
}

/// What was recorded in one series since the history began; levels and gauges have the value of
/// the current life.
#[derive(Debug, Default, Clone, PartialEq)]
struct Expected {
    counts: BTreeMap<String, i64>,
    seconds: BTreeMap<String, f64>,
    levels: BTreeMap<String, i64>,
    sizes: BTreeMap<String, (u64, f64, Vec<u64>)>,
    heats: BTreeMap<String, i64>,
    fixed: BTreeMap<String, i64>,
}

fn record(random: &mut Rng, history: u32, expected: &mut Expected) {
    let series = random.u8(0..3);
    let labels = format!("history={history} series={series}");
    match random.u8(0..6) {
        0 => {
            let n = random.u32(0..5);
            Sums::count(history, series).add(n);
            *expected.counts.entry(labels).or_default() += i64::from(n);
        }
        1 => {
            // Sums of multiples of 0.25 are exact.
            let n = f64::from(random.u8(0..9)) / 4.0;
            Sums::seconds(history, series).add(n);
            *expected.seconds.entry(labels).or_default() += n;
        }
        2 => {
            let n = random.i64(-5..=5);
            Sums::level(history, series).add(n);
            *expected.levels.entry(labels).or_default() += n;
        }
        3 => {
            let value = random.u32(0..6);
            Sums::size(history, series).record(value);
            let (count, sum, buckets) =
                expected.sizes.entry(labels).or_insert_with(|| (0, 0.0, vec![0; 4]));
            *count += 1;
            *sum += f64::from(value);
            buckets[[1, 2, 4].partition_point(|bound| *bound < value)] += 1;
        }
        4 => {
            let value = random.i64(-9..9);
            Sums::heat(history, series).set(value);
            expected.heats.insert(labels, value);
        }
        _ => {
            let (kind, name) = if random.bool() { (Kind::A, "a") } else { (Kind::B, "b") };
            let n = random.u32(1..4);
            Sums::fixed(kind).add(n);
            *expected.fixed.entry(format!("kind={name}")).or_default() += i64::from(n);
        }
    }
}

fn remove(random: &mut Rng, history: u32, expected: &mut Expected) {
    let series = random.u8(0..3);
    let labels = format!("history={history} series={series}");
    match random.u8(0..6) {
        0 => Sums::count(history, series).remove(),
        1 => Sums::seconds(history, series).remove(),
        2 => {
            Sums::level(history, series).remove();
            // It falls to zero.
            expected.levels.entry(labels).and_modify(|level| *level = 0);
        }
        3 => Sums::size(history, series).remove(),
        // A store keeps the last value of a gauge, so the value itself is not asserted any more.
        4 => {
            Sums::heat(history, series).remove();
            expected.heats.remove(&labels);
        }
        _ => Sums::fixed(if random.bool() { Kind::A } else { Kind::B }).remove(),
    }
}

fn check(seed: u32, expected: &Expected, totals: &Totals, fixed_before: &BTreeMap<String, i64>) {
    let series = |name: &str| totals.metrics.get(name).map(|metric| &metric.series);
    let found = |name: &str, labels: &str| {
        series(name).and_then(|series| series.get(labels)).cloned().unwrap_or(Total::Int(0))
    };
    for (labels, n) in &expected.counts {
        assert_eq!(found("sums.count", labels), Total::Int(*n), "{seed}: count {labels}");
    }
    for (labels, n) in &expected.levels {
        assert_eq!(found("sums.level", labels), Total::Int(*n), "{seed}: level {labels}");
    }
    for (labels, n) in &expected.heats {
        assert_eq!(found("sums.heat", labels), Total::Int(*n), "{seed}: heat {labels}");
    }
    for (labels, n) in &expected.seconds {
        assert_eq!(found("sums.seconds", labels), Total::Double(*n), "{seed}: seconds {labels}");
    }
    for (labels, (n, total, per_bucket)) in &expected.sizes {
        let Total::Histogram { count, sum, buckets, .. } = found("sums.size", labels) else {
            panic!("{seed}: size {labels} is missing")
        };
        assert_eq!((count, sum, &buckets), (*n, *total, per_bucket), "{seed}: size {labels}");
    }
    for (labels, n) in &expected.fixed {
        // The first export of a pipeline has what the life before the history had.
        let before = fixed_before.get(labels).copied().unwrap_or(0);
        assert_eq!(found("sums.fixed", labels), Total::Int(before + n), "{seed}: fixed {labels}");
    }
}

fn fixed_now() -> BTreeMap<String, i64> {
    let snapshot = typed_metrics::snapshot();
    let fixed = snapshot.get("sums.fixed").unwrap();
    let value = |value: &Value| match value {
        Value::U64(value) => i64::try_from(*value).unwrap(),
        other => panic!("{other:?} is not the value of a counter"),
    };
    fixed.series.iter().map(|s| (s.labels.to_string(), value(&s.value))).collect()
}

fn history(seed: u32) {
    let mut random = Rng::with_seed(u64::from(seed));
    let receiver = Receiver::start();
    let temporality = *random
        .choice(&[Temporality::Cumulative, Temporality::Delta, Temporality::LowMemory])
        .unwrap();
    let protocol = *random.choice(PROTOCOLS).unwrap();
    let handler = to(&receiver, protocol).temporality(temporality);
    // Sometimes exports also come by themselves, in the middle of anything.
    let interval = if random.bool() { 5 } else { 3_600_000 };
    let handler = handler.interval(Duration::from_millis(interval)).build().unwrap();
    let handler = handler.filter(|metric: &Descriptor| metric.name().starts_with("sums."));
    let install = |handler: &OtelHandler| set_metric_handlers(handler.clone()).unwrap();
    let mut expected = Expected::default();
    let fixed_before = fixed_now();
    install(&handler);
    let (mut is_down, mut is_installed) = (false, true);
    for _ in 0..random.usize(20..60) {
        match random.u8(0..20) {
            0..10 => (0..random.u8(1..20)).for_each(|_| record(&mut random, seed, &mut expected)),
            10..14 => remove(&mut random, seed, &mut expected),
            // An outage delays it.
            14..17 => drop(flush()),
            17 => {
                if is_down {
                    receiver.restart();
                } else {
                    receiver.stop();
                }
                is_down = !is_down;
            }
            18 => receiver.answer_next(1, Answer::status(503)),
            _ => {
                // A shutdown during an outage gives batches up.
                if !is_installed {
                    install(&handler);
                    is_installed = true;
                } else if flush().is_ok() {
                    clear_metric_handlers();
                    is_installed = false;
                }
            }
        }
    }
    if is_down {
        receiver.restart();
    }
    if !is_installed {
        install(&handler);
    }
    let begin = Instant::now();
    while let Err(error) = flush() {
        assert!(begin.elapsed() < SOON, "{seed}: {error}");
    }
    check(seed, &expected, &receiver.totals(), &fixed_before);
    clear_metric_handlers();
}

#[test]
fn a_receiver_adds_up_what_was_recorded() {
    let _turn = my_turn();
    (0..60).for_each(history);
}
