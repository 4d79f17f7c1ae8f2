//! The cost of exemplars, off and on, as ratios within one run:
//! `cargo bench -p typed-metrics-core --bench exemplars`.
//!
//! The rounds of all states alternate. Times are CPU times of the recording thread, and each figure
//! is the best of its rounds. The first column is the cost before exemplars were ever on.

// Generated code names the facade, and this crate cannot depend on the facade.
extern crate typed_metrics_core as typed_metrics;

use std::cell::Cell;
use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use cpu_time::ThreadTime;
use typed_metrics::{CurrentSpan, ExemplarFilter, Reader, set_exemplars};
use typed_metrics_derive::{Label, Metrics};

#[derive(Clone, Copy, Label)]
enum Method {
    Get,
    Put,
}

#[derive(Metrics)]
#[metrics(prefix = "bench")]
enum Bench<'a> {
    /// Fixed labels.
    #[counter]
    Fixed { method: Method },
    /// Open labels.
    #[counter]
    Open { status: u16, route: &'a str },
    /// Fourteen buckets.
    #[histogram(unit = "ms")]
    Duration { method: Method },
    /// Fourteen buckets behind open labels.
    #[histogram(unit = "ms")]
    OpenDuration { route: &'a str },
}

thread_local! {
    static SPAN: Cell<Option<([u8; 16], [u8; 8])>> = const { Cell::new(None) };
}

fn current_span() -> Option<CurrentSpan> {
    SPAN.get().map(|(trace, span)| CurrentSpan::new(trace, span, true))
}

const ROUNDS: usize = 15;
const OPERATIONS: u32 = 1_000_000;

/// A state of exemplars, and whether the thread is inside a sampled span.
type State = (&'static str, Option<(ExemplarFilter, bool)>);

const STATES: [State; 5] = [
    ("off again", None),
    ("trace_based, in a span", Some((ExemplarFilter::TraceBased, true))),
    ("trace_based, outside", Some((ExemplarFilter::TraceBased, false))),
    ("always_on, in a span", Some((ExemplarFilter::AlwaysOn, true))),
    ("always_on, outside", Some((ExemplarFilter::AlwaysOn, false))),
];

/// A measurement: the number decides on labels and value.
type Record<'a> = &'a (dyn Fn(u32) + Sync);

fn main() {
    // `cargo test --benches` only checks that the program starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let routes: Vec<String> = (0..18).map(|i| format!("/api/v1/resource-{i}")).collect();
    let route = |i: u32| black_box(routes[i as usize % 18].as_str());
    let method = |i: u32| if black_box(i).is_multiple_of(2) { Method::Get } else { Method::Put };
    let cases: [(&str, &dyn Fn() -> f64, Record<'_>); 4] = [
        ("counter, fixed labels", &|| cost(|i| Bench::fixed(method(i)).inc()), &|i| {
            Bench::fixed(method(i)).inc();
        }),
        ("counter, (u16, &str) labels", &|| cost(|i| Bench::open(200, route(i)).inc()), &|i| {
            Bench::open(200, route(i)).inc();
        }),
        (
            "histogram, 14 buckets, fixed labels",
            &|| cost(|i| Bench::duration(method(i)).record(f64::from(black_box(i % 2000)))),
            &|i| Bench::duration(method(i)).record(f64::from(black_box(i % 2000))),
        ),
        (
            "histogram, &str label",
            &|| cost(|i| Bench::open_duration(route(i)).record(f64::from(black_box(i % 2000)))),
            &|i| Bench::open_duration(route(i)).record(f64::from(black_box(i % 2000))),
        ),
    ];
    println!("{:<38} {:>9} {}", "ns a record (ratio)", "never on", STATES.map(|s| s.0).join(" | "));
    let never: Vec<f64> = cases.iter().map(|case| best(ROUNDS, case.1)).collect();
    for is_collected in [false, true] {
        let done = AtomicBool::new(false);
        std::thread::scope(|scope| {
            if is_collected {
                println!("\nwith a reader that collects every 100 ms:");
                scope.spawn(|| {
                    let reader = Reader::new();
                    while !done.load(Relaxed) {
                        black_box(reader.collect());
                        std::thread::sleep(Duration::from_millis(100));
                    }
                });
            }
            for (case, never) in cases.iter().zip(&never) {
                let mut least = [f64::INFINITY; STATES.len()];
                for _ in 0..ROUNDS {
                    for (state, least) in STATES.iter().zip(&mut least) {
                        enter(state);
                        *least = least.min(case.1());
                    }
                }
                let all = least.map(|ns| format!("{ns:.2} ({:.2}x)", ns / never));
                println!("{:<38} {never:>9.2} {}", case.0, all.join(" | "));
            }
            done.store(true, Relaxed);
        });
    }
    println!("\nns of the first record in an interval, by a reader that does not count:");
    for case in &cases {
        let first = STATES.map(|state| {
            enter(&state);
            best(ROUNDS, || first(case.2))
        });
        println!("{:<38} {:>9} {}", case.0, "", first.map(|ns| format!("{ns:.0}")).join(" | "));
    }
}

fn enter((_, state): &State) {
    let (filter, is_inside) = state.unwrap_or((ExemplarFilter::AlwaysOff, false));
    set_exemplars(filter, current_span);
    SPAN.set(is_inside.then_some(([7; 16], [9; 8])));
}

fn best(rounds: usize, cost: impl Fn() -> f64) -> f64 {
    (0..rounds).map(|_| cost()).fold(f64::INFINITY, f64::min)
}

/// The cost of `record`, in nanoseconds.
fn cost(record: impl Fn(u32)) -> f64 {
    (0..1000).for_each(&record);
    let start = ThreadTime::now();
    (0..OPERATIONS).for_each(record);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(OPERATIONS)
}

/// The cost of one record after each collection, in nanoseconds.
fn first(record: Record<'_>) -> f64 {
    let reader = Reader::new();
    let mut total = Duration::ZERO;
    for i in 0..200 {
        drop(reader.collect());
        record(i + 1);
        drop(reader.collect());
        let start = std::time::Instant::now();
        record(i);
        total += start.elapsed();
    }
    total.as_secs_f64() * 1e9 / 200.0
}
