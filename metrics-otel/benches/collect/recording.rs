//! The cost of a record, with and without export, and the cost of the SDK's own instruments.

use std::hint::black_box;
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use typed_metrics::{clear_metric_handlers, set_metric_handlers};
use typed_metrics_otel::OtelHandler;

use crate::measure::{cost, promise};
use crate::{Bench, Method, every_second};

const ROUNDS: usize = 3;

pub(crate) fn report() {
    println!("{:<52} {:>9} {:>9}   promised", "ns a record", "1 thread", "4 threads");
    let routes: Vec<String> = (0..18).map(|i| format!("/api/v1/resource-{i}")).collect();
    let route = |i: u32| black_box(routes[i as usize % 18].as_str());
    let method = |i: u32| black_box(if i.is_multiple_of(2) { Method::Get } else { Method::Put });
    let counter = on_and_off("counter, fixed label", |i| Bench::fixed(method(i)).inc());
    on_and_off("counter, (u16, &str) labels", |i| Bench::open(black_box(200), route(i)).inc());
    let histogram = on_and_off("histogram, 8 buckets, fixed label", |i| {
        Bench::duration(method(i)).record(f64::from(black_box(i % 600)));
    });

    let provider = every_second();
    let meter = provider.meter("sdk");
    let attributes =
        |i: u32| [KeyValue::new("method", if i.is_multiple_of(2) { "get" } else { "put" })];
    let sdk_counter = meter.u64_counter("sdk.counter").build();
    let sdk_histogram = meter
        .f64_histogram("sdk.histogram")
        .with_boundaries(vec![5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0])
        .build();
    println!();
    beside("Counter::add with attributes", counter, Some([0.05, 0.02]), |i| {
        sdk_counter.add(1, &attributes(black_box(i)));
    });
    beside("Histogram::record with attributes", histogram, Some([0.15, 0.05]), |i| {
        sdk_histogram.record(f64::from(black_box(i % 600)), &attributes(black_box(i)));
    });
    let bound: Vec<_> = (0..2).map(|i| sdk_counter.bind(&attributes(i))).collect();
    beside("bound counter", counter, None, |i| bound[black_box(i) as usize % 2].add(1));
    let bound: Vec<_> = (0..2).map(|i| sdk_histogram.bind(&attributes(i))).collect();
    beside("bound histogram", histogram, Some([1.0, 1.0]), |i| {
        bound[black_box(i) as usize % 2].record(f64::from(black_box(i % 600)));
    });
}

/// Prints the cost of a record without a handler, and with a handler that exports every second.
/// Both are from the round with the median ratio. Returns the latter cost, at one and at four
/// threads.
fn on_and_off(name: &str, operation: impl Fn(u32) + Sync) -> [f64; 2] {
    // Longer than the interval, so that each measurement contains an export.
    let long = Duration::from_millis(1100);
    // One provider for all rounds: all earlier values would be replayed into a new provider.
    let provider = every_second();
    let measured = [1, 4].map(|threads| {
        // One right after the other, so that both see the same load of the machine.
        let mut rounds: Vec<_> = (0..ROUNDS)
            .map(|_| {
                let off = cost(threads, long, &operation);
                set_metric_handlers(OtelHandler::new(provider.clone())).expect("it is collected");
                let on = cost(threads, long, &operation);
                clear_metric_handlers();
                (off, on)
            })
            .collect();
        rounds.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
        rounds[ROUNDS / 2]
    });
    let [alone, four] = measured;
    println!("{:<52} {:>9.2} {:>9.2}", format!("{name}: no handler"), alone.0, four.0);
    println!("{:<52} {:>9.2} {:>9.2}", "   exporting every second", alone.1, four.1);
    let ratio = [alone.1 / alone.0, four.1 / four.0];
    let worst = ratio[0].max(ratio[1]);
    println!("{:<52} {:>8.2}x {:>8.2}x   {}", "", ratio[0], ratio[1], promise(worst, 1.1));
    [alone.1, four.1]
}

/// Prints the cost of an operation of the SDK, and the ratio of our cost to it.
fn beside(name: &str, ours: [f64; 2], most: Option<[f64; 2]>, operation: impl Fn(u32) + Sync) {
    let long = Duration::from_millis(300);
    let median = |threads| {
        let mut costs = [(); ROUNDS].map(|()| cost(threads, long, &operation));
        costs.sort_by(f64::total_cmp);
        costs[ROUNDS / 2]
    };
    let theirs = [1, 4].map(median);
    println!("{:<52} {:>9.2} {:>9.2}", format!("SDK: {name}"), theirs[0], theirs[1]);
    let ratio = [ours[0] / theirs[0], ours[1] / theirs[1]];
    let verdict = most.map_or_else(String::new, |[alone, four]| {
        format!("{}, {}", promise(ratio[0], alone), promise(ratio[1], four))
    });
    println!("{:<52} {:>8.3}x {:>8.3}x   {verdict}", "   ours against it", ratio[0], ratio[1]);
}
