//! The cost of recording, as ratios within one run: `cargo bench -p typed-metrics-core`.
//!
//! The unit of comparison is an uncontended `AtomicU64::fetch_add`. Times are CPU times of the
//! recording thread, so that four threads on two cores can be compared with one thread. Each figure
//! is the best of several rounds. The last column shows the ratio that the project promises.

// Generated code names the facade, and this crate cannot depend on the facade.
extern crate typed_metrics_core as typed_metrics;

use std::hint::black_box;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use cpu_time::ThreadTime;
use typed_metrics::LabelGroup as _;
use typed_metrics_derive::{Label, LabelGroup, Metrics};

#[derive(Clone, Copy, Label)]
enum Method {
    Get,
    Put,
}

#[derive(Clone, Copy, Label)]
enum Outcome {
    Hit,
    Miss,
    Error,
}

#[derive(Metrics)]
#[metrics(prefix = "bench")]
enum Bench<'a> {
    /// Fixed labels.
    #[counter]
    Fixed { method: Method, outcome: Outcome },
    /// Open labels.
    #[counter]
    Open { status: u16, route: &'a str },
    /// Fourteen buckets.
    #[histogram(
        unit = "ms",
        buckets = [5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000]
    )]
    Duration { method: Method },
    /// Buckets that adapt to the values.
    #[histogram(unit = "ms", exponential)]
    Exponential { method: Method },
    /// Fourteen buckets behind open labels.
    #[histogram(unit = "ms")]
    OpenDuration { route: &'a str },
    /// An up-down counter.
    #[up_down_counter]
    Busy,
    /// A gauge.
    #[gauge]
    Depth,
    /// Ten thousand series.
    #[counter(series_limit = 20000)]
    Many { id: u32 },
}

/// States have an enum of their own, because they change what `record` of the others takes.
#[derive(Metrics)]
#[metrics(prefix = "bench")]
enum Shown {
    /// A state.
    #[state]
    Last { outcome: Outcome },
}

/// Open labels that three metrics share.
#[derive(Clone, Copy, LabelGroup)]
struct Call<'a> {
    status: u16,
    route: &'a str,
}

#[derive(Metrics)]
#[metrics(prefix = "grouped")]
enum Grouped<'a> {
    /// Calls.
    #[counter]
    Calls(Call<'a>),
    /// Bytes.
    #[counter]
    Bytes(Call<'a>),
    /// Eight buckets.
    #[histogram(unit = "s", buckets = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2])]
    Duration(Call<'a>),
}

const ROUNDS: usize = 7;
const OPERATIONS: u32 = 4_000_000;

fn main() {
    // `cargo test --benches` only checks that the program starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let atomic = Box::leak(Box::new(AtomicU64::new(0)));
    let yardstick = cost(1, |_| {
        black_box(&*atomic).fetch_add(1, Ordering::Relaxed);
    });
    println!("uncontended fetch_add: {yardstick:.2} ns = 1.00x\n");
    println!("{:<50} {:>9} {:>9}   promised", "", "1 thread", "4 threads");

    let routes: Vec<String> = (0..18).map(|i| format!("/api/v1/resource-{i}")).collect();
    let route = |i: u32| black_box(routes[i as usize % 18].as_str());
    // The number is the black box, and it has eight bytes. A label in a black box is one byte in
    // memory, and the processor waits if the end of a function reads more bytes there.
    let method = |i: u32| {
        if black_box(u64::from(i)).is_multiple_of(2) { Method::Get } else { Method::Put }
    };
    let report = Report { yardstick };

    report.line("shared fetch_add, for comparison", None, None, |_| {
        black_box(&*atomic).fetch_add(1, Ordering::Relaxed);
    });
    report.line("counter, fixed labels", Some(1.0), Some(1.5), |i| {
        Bench::fixed(method(i), Outcome::Miss).inc();
    });
    let kept = Bench::fixed(Method::Get, Outcome::Hit);
    report.line("counter, fixed labels, kept handle", None, Some(1.5), |_| black_box(kept).inc());
    report.line("histogram, 14 buckets, fixed labels", Some(4.0), Some(1.3), |i| {
        Bench::duration(method(i)).record(f64::from(black_box(i % 2000)));
    });
    report.line("counter, (u16, &str) labels", Some(9.0), Some(1.3), |i| {
        Bench::open(black_box(200), route(i)).inc();
    });
    let kept = Bench::open(200, "/");
    report.line("counter, (u16, &str) labels, kept handle", None, Some(1.5), |_| {
        black_box(kept).inc();
    });
    report.line("histogram, &str label", None, Some(1.3), |i| {
        Bench::open_duration(route(i)).record(f64::from(black_box(i % 2000)));
    });
    report.line("up-down counter, there and back", None, Some(1.5), |_| {
        drop(black_box(Bench::busy().enter()));
    });
    report.line("counter by value", None, Some(1.5), |i| {
        Bench::Fixed { method: method(i), outcome: Outcome::Error }.record(1);
    });
    report.line("gauge (one shared cell)", None, None, |i| Bench::depth().set(i));
    let outcome = |i: u32| match black_box(i) % 3 {
        0 => Outcome::Hit,
        1 => Outcome::Miss,
        _ => Outcome::Error,
    };
    report.line("state (one shared cell)", None, None, |i| Shown::last().set(outcome(i)));

    exponential_beside_explicit(method);
    three_through_one_group(route);
    snapshot_of_many();
}

/// An exponential histogram beside one with fourteen buckets.
fn exponential_beside_explicit(method: impl Fn(u32) -> Method + Sync) {
    let mut random = fastrand::Rng::with_seed(1);
    // Over a factor of 1000, and so close together that the scale is above that of the table.
    let wide: Vec<f64> = (0..4096).map(|_| (random.f64() * 10.0).exp2()).collect();
    let narrow: Vec<f64> = (0..4096).map(|_| 100.0 + random.f64()).collect();
    for (name, values) in [("wide", &wide), ("narrow", &narrow)] {
        let value = |i: u32| black_box(values[i as usize % 4096]);
        for threads in [1, 4] {
            let explicit = cost(threads, |i| Bench::duration(method(i)).record(value(i)));
            let exponential = cost(threads, |i| Bench::exponential(method(i)).record(value(i)));
            let ratio = exponential / explicit;
            println!(
                "exponential histogram, {name} values, {threads} threads: {exponential:.1} ns, \
                 {ratio:.2}x of fourteen buckets ({explicit:.1} ns), {} at most 1.5x",
                verdict(ratio <= 1.5)
            );
        }
    }
}

/// Three metrics that are recorded through one lookup, beside one lookup that records a counter.
fn three_through_one_group<'a>(route: impl Fn(u32) -> &'a str + Sync) {
    for threads in [1, 4] {
        let one = cost(threads, |i| {
            Grouped::calls(Call { status: black_box(200), route: route(i) }).inc();
        });
        let three = cost(threads, |i| {
            let at = Call { status: black_box(200), route: route(i) }.find();
            Grouped::calls(&at).inc();
            Grouped::bytes(&at).add(black_box(3_u64));
            Grouped::duration(&at).record(f64::from(black_box(i % 2)));
        });
        let ratio = three / one;
        println!(
            "three metrics through one group, {threads} threads: {three:.1} ns, {ratio:.2}x of one \
             counter with its lookup ({one:.1} ns), {} at most 1.5x",
            verdict(ratio <= 1.5)
        );
    }
}

struct Report {
    yardstick: f64,
}

impl Report {
    /// Prints the cost with one and with four threads, relative to `fetch_add`. The promises are
    /// the highest ratio with one thread, and the highest ratio of four threads to one.
    fn line(
        &self,
        name: &str,
        most_alone: Option<f64>,
        most_growth: Option<f64>,
        operation: impl Fn(u32) + Sync,
    ) {
        let (alone, four) = (cost(1, &operation), cost(4, &operation));
        let ratio = alone / self.yardstick;
        let growth = four / alone;
        let alone_promise = most_alone
            .map(|most| format!("{} at most {most}x; ", verdict(ratio <= most)))
            .unwrap_or_default();
        let growth_promise = most_growth
            .map(|most| {
                let kept = verdict(growth <= most);
                format!("{kept} 4 threads at most {most}x of 1 ({growth:.2}x)")
            })
            .unwrap_or_default();
        let name = format!("{name} ({alone:.1} ns)");
        println!(
            "{name:<50} {ratio:>8.2}x {:>8.2}x   {alone_promise}{growth_promise}",
            four / self.yardstick
        );
    }
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept:" } else { "MISSED:" }
}

/// The CPU nanoseconds of an operation when `threads` threads run it.
fn cost(threads: usize, operation: impl Fn(u32) + Sync) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let barrier = Barrier::new(threads);
        let (barrier, operation) = (&barrier, &operation);
        std::thread::scope(|scope| {
            let work = move || {
                let mut seconds = 0.0;
                // The first operations warm up. The operation has one place only, where the
                // compiler inlines it as in a program.
                for operations in [1000, OPERATIONS] {
                    barrier.wait();
                    let start = ThreadTime::now();
                    for i in 0..operations {
                        operation(i);
                    }
                    seconds = start.elapsed().as_secs_f64();
                }
                seconds * 1e9 / f64::from(OPERATIONS)
            };
            let all: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let all = all.into_iter().map(|thread| thread.join().expect("no panic"));
            all.sum::<f64>() / threads as f64
        })
    });
    rounds.fold(f64::INFINITY, f64::min)
}

/// Measures a snapshot of 10,000 series in which 8 threads have recorded.
fn snapshot_of_many() {
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                (0..10_000).for_each(|id| Bench::many(id).inc());
                // All threads run at once, so that each has its own shard.
                barrier.wait();
            });
        }
    });
    let best = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        let snapshot = typed_metrics::snapshot();
        let elapsed = start.elapsed();
        let many = snapshot.get("bench.many").expect("it was recorded");
        assert_eq!(many.series.len(), 10_000);
        assert!(many.series.iter().all(|series| series.value.as_f64() == 8.0));
        elapsed
    });
    let best = best.min().unwrap_or_default().as_secs_f64() * 1e3;
    println!(
        "\nsnapshot of 10,000 series over 8 shards: {best:.2} ms, {} at most 5 ms",
        verdict(best <= 5.0)
    );
}
