//! The cost of `#[timed]` compared with code written by hand, as ratios within one run.
//!
//! The handwritten code reads the clock twice, and records in the same series of the same
//! histogram. Rounds of both alternate, and each figure is the best of its rounds. The last column
//! shows the ratio that the project promises.

// Generated code names the facade, and this crate cannot depend on the facade.
extern crate typed_metrics_core as typed_metrics;

use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use typed_metrics::Outcome;
use typed_metrics_derive::{Label, Metrics, timed};

#[derive(Clone, Copy, Label)]
enum Method {
    Get,
    Put,
}

#[derive(Metrics)]
#[metrics(prefix = "bench")]
enum Bench<'a> {
    /// Fixed labels.
    #[histogram(unit = "ms")]
    Fixed { method: Method, outcome: Outcome },
    /// Open labels.
    #[histogram(unit = "ms")]
    Open { route: &'a str, outcome: Outcome },
    /// The labels of `function.duration`.
    #[histogram(unit = "s")]
    Function { function: &'a str, module: &'a str, outcome: Outcome },
}

type Answer = Result<u32, u32>;

fn ignore(_: Answer) {}

/// One call in 200 fails.
#[inline]
fn answer(i: u32) -> Answer {
    let i = black_box(i);
    if i.is_multiple_of(200) { Err(i) } else { Ok(i) }
}

fn method(i: u32) -> Method {
    black_box(if i.is_multiple_of(2) { Method::Get } else { Method::Put })
}

mod by_hand {
    use super::{Answer, Bench, Instant, Outcome, Pause, answer, method};

    pub(crate) fn fixed(i: u32) -> Answer {
        let start = Instant::now();
        let answer = answer(i);
        let metric = Bench::fixed(method(i), Outcome::of(&answer));
        metric.record(start.elapsed());
        answer
    }

    pub(crate) fn open(i: u32, route: &str) -> Answer {
        let start = Instant::now();
        let answer = answer(i);
        let metric = Bench::open(route, Outcome::of(&answer));
        metric.record(start.elapsed());
        answer
    }

    pub(crate) fn function(i: u32) -> Answer {
        let start = Instant::now();
        let answer = answer(i);
        let metric = Bench::function("function", module_path!(), Outcome::of(&answer));
        metric.record(start.elapsed());
        answer
    }

    pub(crate) async fn fixed_later(i: u32) -> Answer {
        let start = Instant::now();
        Pause(false).await;
        let answer = answer(i);
        let metric = Bench::fixed(method(i), Outcome::of(&answer));
        metric.record(start.elapsed());
        answer
    }

    pub(crate) async fn open_later(i: u32, route: &str) -> Answer {
        let start = Instant::now();
        Pause(false).await;
        let answer = answer(i);
        let metric = Bench::open(route, Outcome::of(&answer));
        metric.record(start.elapsed());
        answer
    }
}

mod measured {
    use super::{Answer, Bench, Pause, answer, method, timed};

    #[timed(Bench::Fixed { method: method(i), outcome })]
    pub(crate) fn fixed(i: u32) -> Answer {
        answer(i)
    }

    #[timed(Bench::Open { route, outcome })]
    pub(crate) fn open(i: u32, route: &str) -> Answer {
        answer(i)
    }

    #[timed]
    pub(crate) fn function(i: u32) -> Answer {
        answer(i)
    }

    #[timed(Bench::Fixed { method: method(i), outcome })]
    pub(crate) async fn fixed_later(i: u32) -> Answer {
        Pause(false).await;
        answer(i)
    }

    #[timed(Bench::Open { route, outcome })]
    pub(crate) async fn open_later(i: u32, route: &str) -> Answer {
        Pause(false).await;
        answer(i)
    }

    #[timed]
    pub(crate) async fn function_later(i: u32) -> Answer {
        Pause(false).await;
        answer(i)
    }
}

/// Pending at the first poll, ready at the second.
struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

const ROUNDS: usize = 25;
const CALLS: u32 = 200_000;

fn main() {
    // `cargo test --benches` only checks that the program starts.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    let clock = best([
        &|_| {
            black_box((Instant::now(), Instant::now()));
        },
        &|_| (),
    ]);
    println!("two readings of the clock: {:.1} ns\n", clock[0]);
    println!("{:<38} {:>9} {:>9}   promised", "", "by hand", "#[timed]");

    let routes: Vec<String> = (0..18).map(|i| format!("/api/v1/resource-{i}")).collect();
    let route = |i: u32| black_box(routes[i as usize % 18].as_str());
    line("sync, fixed labels", 1.3, &|i| ignore(by_hand::fixed(i)), &|i| {
        ignore(measured::fixed(i));
    });
    line("sync, open label", 1.3, &|i| ignore(by_hand::open(i, route(i))), &|i| {
        ignore(measured::open(i, route(i)));
    });
    line("sync, no metric named", 1.3, &|i| ignore(by_hand::function(i)), &|i| {
        ignore(measured::function(i));
    });
    line("async, fixed labels", 1.5, &|i| ignore(block_on(by_hand::fixed_later(i))), &|i| {
        ignore(block_on(measured::fixed_later(i)));
    });
    line("async, open label", 1.5, &|i| ignore(block_on(by_hand::open_later(i, route(i)))), &|i| {
        ignore(block_on(measured::open_later(i, route(i))));
    });
    line("async, no metric named", 1.5, &|i| ignore(block_on(by_hand::fixed_later(i))), &|i| {
        ignore(block_on(measured::function_later(i)));
    });

    println!("\nsize of a future:");
    size("fixed labels", &by_hand::fixed_later(1), &measured::fixed_later(1));
    size("open label", &by_hand::open_later(1, "/"), &measured::open_later(1, "/"));
    size("no metric named", &by_hand::fixed_later(1), &measured::function_later(1));
}

fn line(name: &str, most: f64, by_hand: &dyn Fn(u32), measured: &dyn Fn(u32)) {
    let [by_hand, measured] = best([by_hand, measured]);
    let ratio = measured / by_hand;
    let verdict = if ratio <= most { "kept" } else { "MISSED" };
    println!(
        "{name:<38} {by_hand:>6.1} ns {measured:>6.1} ns   {verdict}: at most {most}x ({ratio:.2}x)"
    );
}

fn size(name: &str, by_hand: &impl Sized, measured: &impl Sized) {
    let (by_hand, measured) = (size_of_val(by_hand), size_of_val(measured));
    println!("{name:<38} {by_hand:>4} bytes by hand, {measured:>4} bytes with #[timed]");
}

/// The nanoseconds of one call of each closure.
fn best(calls: [&dyn Fn(u32); 2]) -> [f64; 2] {
    let mut best = [f64::INFINITY; 2];
    for _ in 0..ROUNDS {
        for (call, best) in calls.iter().zip(&mut best) {
            let start = Instant::now();
            (0..CALLS).for_each(call);
            *best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
        }
    }
    best
}
