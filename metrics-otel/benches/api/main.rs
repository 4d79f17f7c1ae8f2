//! The cost of recording through OpenTelemetry's API: the provider of this crate beside that of the
//! SDK, in one run: `cargo bench -p typed-metrics-otel --features sdk --bench api`.
//!
//! Times are CPU times of the recording threads. The last column shows the limit that the project
//! promises, at four threads on a machine with four idle cores: on fewer, threads seldom record at
//! the same time, and the SDK's locks cost little.

#[path = "../collect/measure.rs"]
mod measure;

use std::hint::black_box;
use std::time::Duration;

use measure::{cost, promise};
use opentelemetry::KeyValue;
use opentelemetry::metrics::{Meter, MeterProvider as _};
use opentelemetry_sdk::metrics::{ManualReader, SdkMeterProvider};
use typed_metrics_otel::meter_provider;

/// Odd, so that the median is one of them.
const ROUNDS: usize = 5;

const BOUNDARIES: [f64; 7] = [5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0];

type Operation = Box<dyn Fn(u32) + Sync>;

/// The attributes of requests to some routes.
fn attributes() -> Vec<[KeyValue; 3]> {
    let of = |route: i64| {
        [
            KeyValue::new("http.request.method", if route % 2 == 0 { "GET" } else { "PUT" }),
            KeyValue::new("http.route", format!("/api/v1/resource-{route}")),
            KeyValue::new("http.response.status_code", 200 + route % 3),
        ]
    };
    (0..18).map(of).collect()
}

fn operations(meter: &Meter) -> Vec<(&'static str, Operation)> {
    let counter = meter.u64_counter("requests").build();
    let histogram = meter.f64_histogram("duration").with_boundaries(BOUNDARIES.into()).build();
    let level = meter.i64_up_down_counter("level").build();
    let (sorted, given) = (sorted(), attributes());
    let one: Vec<_> = given.iter().map(|all| [all[1].clone()]).collect();
    let bound: Vec<_> = given.iter().map(|all| counter.bind(all)).collect();
    let bound_histogram: Vec<_> = given.iter().map(|all| histogram.bind(all)).collect();
    let value = |i: u32| f64::from(black_box(i % 600));
    let [a, b, c] = [counter.clone(), counter.clone(), counter];
    let (d, given_too) = (histogram.clone(), given.clone());
    vec![
        ("Counter::add, 3 attributes", Box::new(move |i| a.add(1, &given[i as usize % 18]))),
        (
            "Counter::add, 3 attributes, sorted",
            Box::new(move |i| b.add(1, &sorted[i as usize % 18])),
        ),
        ("Counter::add, 1 attribute", Box::new(move |i| c.add(1, &one[i as usize % 18]))),
        ("Counter::add, none", {
            let counter = meter.u64_counter("alone").build();
            Box::new(move |_| counter.add(1, &[]))
        }),
        ("Histogram::record, 3 attributes", {
            Box::new(move |i| d.record(value(i), &given_too[i as usize % 18]))
        }),
        ("UpDownCounter::add, 3 attributes", {
            let given = attributes();
            Box::new(move |i| level.add(1, &given[i as usize % 18]))
        }),
        ("BoundCounter::add", Box::new(move |i| bound[i as usize % 18].add(1))),
        ("BoundHistogram::record", {
            Box::new(move |i| bound_histogram[i as usize % 18].record(value(i)))
        }),
    ]
}

fn sorted() -> Vec<[KeyValue; 3]> {
    let mut all = attributes();
    all.iter_mut().for_each(|of| of.sort_by(|a, b| a.key.cmp(&b.key)));
    all
}

/// The costs of ours and theirs in the round with the median ratio.
fn beside(threads: usize, ours: &Operation, theirs: &Operation) -> (f64, f64) {
    let long = Duration::from_millis(150);
    // One right after the other, so that both see the same load of the machine.
    let mut rounds =
        [(); ROUNDS].map(|()| (cost(threads, long, ours), cost(threads, long, theirs)));
    rounds.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
    rounds[ROUNDS / 2]
}

fn main() {
    // `cargo test --benches` only checks that the benchmark starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let sdk = SdkMeterProvider::builder().with_reader(ManualReader::builder().build()).build();
    let ours = operations(&meter_provider().meter("bench"));
    let theirs = operations(&sdk.meter("bench"));
    println!("{:<36} {:>8} {:>8} {:>8}   promised", "ns of CPU a record", "ours", "SDK", "ratio");
    for ((name, ours), (_, theirs)) in ours.iter().zip(&theirs) {
        let is_promised = name.ends_with("3 attributes") && !name.starts_with("UpDown");
        for (threads, most) in [(1, 0.5), (4, 0.2)] {
            let (ours, theirs) = beside(threads, ours, theirs);
            let name = if threads == 1 { name } else { "   at 4 threads" };
            let ratio = ours / theirs;
            let promise = if is_promised { promise(ratio, most) } else { String::new() };
            println!("{name:<36} {ours:>8.1} {theirs:>8.1} {ratio:>7.2}x   {promise}");
        }
    }
}
