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
    /// Calls, with fixed labels.
    #[counter]
    Calls { method: Method, outcome: Outcome },
    /// The labels of `function.duration`.
    #[histogram(unit = "s", positional)]
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
    use std::cell::Cell;

    use super::{Answer, Bench, Instant, Outcome, Pause, answer, method};

    /// Whether this is one call in 64: each 64th call of the thread.
    fn is_sampled() -> bool {
        thread_local! {
            static CALLS: Cell<u32> = const { Cell::new(0) };
        }
        let calls = CALLS.get();
        CALLS.set(calls.wrapping_add(1));
        calls.is_multiple_of(64)
    }

    pub(crate) fn sampled(i: u32) -> Answer {
        let start = is_sampled().then(Instant::now);
        let answer = answer(i);
        let (method, outcome) = (method(i), Outcome::of(&answer));
        if let Some(start) = start {
            Bench::fixed(method, outcome).record(start.elapsed());
        }
        Bench::calls(method, outcome).inc();
        answer
    }

    pub(crate) async fn sampled_later(i: u32) -> Answer {
        let start = is_sampled().then(Instant::now);
        Pause(false).await;
        let answer = answer(i);
        let (method, outcome) = (method(i), Outcome::of(&answer));
        if let Some(start) = start {
            Bench::fixed(method, outcome).record(start.elapsed());
        }
        Bench::calls(method, outcome).inc();
        answer
    }

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

/// Functions that count every call, with more options of `#[timed]`. The functions of [`measured`]
/// are not used again: the compiler inlines a function that has one caller.
macro_rules! counted {
    ($module:ident, $($option:tt)*) => {
        mod $module {
            use super::{Answer, Bench, Pause, answer, method, timed};

            #[timed(
                Bench::Fixed { method: method(i), outcome },
                count = Bench::Calls { method: method(i), outcome },
                $($option)*
            )]
            pub(crate) fn fixed(i: u32) -> Answer {
                answer(i)
            }

            #[timed($($option)*)]
            pub(crate) fn function(i: u32) -> Answer {
                answer(i)
            }

            #[timed(
                Bench::Fixed { method: method(i), outcome },
                count = Bench::Calls { method: method(i), outcome },
                $($option)*
            )]
            pub(crate) async fn fixed_later(i: u32) -> Answer {
                Pause(false).await;
                answer(i)
            }

            #[timed($($option)*)]
            pub(crate) async fn function_later(i: u32) -> Answer {
                Pause(false).await;
                answer(i)
            }
        }
    };
}

counted!(every,);
counted!(sampled, sample = 1 / 64);

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

    println!("\none call in 64 measured, every call counted:");
    println!("{:<38} {:>9} {:>9} {:>9}", "", "by hand", "#[timed]", "sample");
    sampled_line(
        "sync, fixed labels",
        Some(0.35),
        [&|i| ignore(by_hand::sampled(i)), &|i| ignore(every::fixed(i)), &|i| {
            ignore(sampled::fixed(i));
        }],
    );
    sampled_line(
        "sync, no metric named",
        Some(0.35),
        [&|i| ignore(by_hand::sampled(i)), &|i| ignore(every::function(i)), &|i| {
            ignore(sampled::function(i));
        }],
    );
    sampled_line(
        "async, fixed labels",
        None,
        [
            &|i| ignore(block_on(by_hand::sampled_later(i))),
            &|i| ignore(block_on(every::fixed_later(i))),
            &|i| ignore(block_on(sampled::fixed_later(i))),
        ],
    );
    sampled_line(
        "async, no metric named",
        None,
        [
            &|i| ignore(block_on(by_hand::sampled_later(i))),
            &|i| ignore(block_on(every::function_later(i))),
            &|i| ignore(block_on(sampled::function_later(i))),
        ],
    );

    println!("\nsize of a future:");
    size("fixed labels", &by_hand::fixed_later(1), &measured::fixed_later(1));
    size("open label", &by_hand::open_later(1, "/"), &measured::open_later(1, "/"));
    size("no metric named", &by_hand::fixed_later(1), &measured::function_later(1));
    size("one call in 64", &by_hand::sampled_later(1), &sampled::fixed_later(1));
}

fn line(name: &str, most: f64, by_hand: &dyn Fn(u32), measured: &dyn Fn(u32)) {
    let [by_hand, measured] = best([by_hand, measured]);
    let ratio = measured / by_hand;
    let verdict = if ratio <= most { "kept" } else { "MISSED" };
    println!(
        "{name:<38} {by_hand:>6.1} ns {measured:>6.1} ns   {verdict}: at most {most}x ({ratio:.2}x)"
    );
}

/// Compares a sampled function with the same by hand, and with the function of which every call is
/// measured.
fn sampled_line(name: &str, most: Option<f64>, calls: [&dyn Fn(u32); 3]) {
    let [by_hand, every, sampled] = best(calls);
    let ratio = sampled / every;
    let verdict = match most {
        Some(most) if ratio <= most => format!("kept: at most {most}x of every call"),
        Some(most) => format!("MISSED: at most {most}x of every call"),
        None => "of every call".to_owned(),
    };
    println!(
        "{name:<38} {by_hand:>6.1} ns {every:>6.1} ns {sampled:>6.1} ns   {verdict} \
         ({ratio:.2}x), {:.2}x of by hand",
        sampled / by_hand
    );
}

fn size(name: &str, by_hand: &impl Sized, measured: &impl Sized) {
    let (by_hand, measured) = (size_of_val(by_hand), size_of_val(measured));
    println!("{name:<38} {by_hand:>4} bytes by hand, {measured:>4} bytes with #[timed]");
}

/// The nanoseconds of one call of each closure.
fn best<const N: usize>(calls: [&dyn Fn(u32); N]) -> [f64; N] {
    let mut best = [f64::INFINITY; N];
    for _ in 0..ROUNDS {
        for (call, best) in calls.iter().zip(&mut best) {
            let start = Instant::now();
            (0..CALLS).for_each(call);
            *best = best.min(start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS));
        }
    }
    best
}
