//! Records for a minute with three outages. In the end, collectors have exactly the recorded
//! values.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use typed_metrics::{clear_metric_handlers, set_metric_handlers, shutdown};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_otel::{OtelHandler, Temporality};
use typed_metrics_receiver::{Receiver, Seen, Total, Totals};
use typed_metrics_turn::my_turn;

use crate::pipelines::{PROTOCOLS, to};

#[derive(Clone, Copy, Label)]
enum Outcome {
    Ok,
    Error,
}

#[derive(Metrics)]
#[metrics(prefix = "soak")]
enum Soak<'a> {
    #[counter]
    Fixed { outcome: Outcome },
    #[counter]
    Open { route: &'a str, status: u16 },
    #[counter(value = f64)]
    Float,
    #[up_down_counter]
    InFlight,
    #[histogram(unit = "ms", buckets = [1, 2, 4, 8, 16, 32, 64])]
    Duration { route: &'a str },
}

/// The values that one thread recorded.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Recorded {
    ok: i64,
    errors: i64,
    open: [i64; 4],
    float: f64,
    in_flight: i64,
    durations: [u64; 8],
    sum: f64,
}

const ROUTES: [&str; 4] = ["/a", "/b", "/c", "/d"];

fn record_until(done: &AtomicBool, thread: u64) -> Recorded {
    let mut random = fastrand::Rng::with_seed(thread);
    let mut recorded = Recorded::default();
    while !done.load(Ordering::Relaxed) {
        for _ in 0..100 {
            let at = random.usize(0..4);
            Soak::fixed(Outcome::Ok).inc();
            recorded.ok += 1;
            if at == 0 {
                Soak::fixed(Outcome::Error).inc();
                recorded.errors += 1;
            }
            Soak::open(ROUTES[at], 200).inc();
            recorded.open[at] += 1;
            // Sums of multiples of 0.25 are exact.
            Soak::float().add(0.25);
            recorded.float += 0.25;
            let step = random.i64(-1..=1);
            Soak::in_flight().add(step);
            recorded.in_flight += step;
            let value = random.u32(0..100);
            Soak::duration(ROUTES[0]).record(f64::from(value));
            let bounds = [1, 2, 4, 8, 16, 32, 64];
            recorded.durations[bounds.partition_point(|bound| *bound < value)] += 1;
            recorded.sum += f64::from(value);
        }
        // About 100,000 records a second and thread leave the reader and the receivers enough CPU
        // time.
        sleep(Duration::from_millis(5));
    }
    recorded
}

fn add(mut a: Recorded, b: Recorded) -> Recorded {
    a.ok += b.ok;
    a.errors += b.errors;
    a.open.iter_mut().zip(b.open).for_each(|(a, b)| *a += b);
    a.float += b.float;
    a.in_flight += b.in_flight;
    a.durations.iter_mut().zip(b.durations).for_each(|(a, b)| *a += b);
    a.sum += b.sum;
    a
}

/// The values of a receiver, in the form of the recorded values.
fn stored(receiver: &Receiver) -> Recorded {
    // A batch that was accepted while the connection broke arrives twice, with the same times.
    let mut once: Vec<Seen> = Vec::new();
    for seen in receiver.requests().into_iter().filter(|seen| seen.accepted) {
        if once.iter().rev().take(3).all(|before| before.body != seen.body) {
            once.push(seen);
        }
    }
    let totals = Totals::of(&once);
    let Total::Histogram { buckets, sum, count, .. } = totals.total("soak.duration", "route=/a")
    else {
        panic!("a histogram");
    };
    assert_eq!(*count, buckets.iter().sum::<u64>());
    Recorded {
        ok: totals.int("soak.fixed", "outcome=ok"),
        errors: totals.int("soak.fixed", "outcome=error"),
        open: ROUTES.map(|route| totals.int("soak.open", &format!("route={route} status=200"))),
        float: totals.double("soak.float", ""),
        in_flight: totals.int("soak.in_flight", ""),
        durations: buckets.clone().try_into().unwrap(),
        sum: *sum,
    }
}

#[test]
#[ignore = "takes a minute: `just soak`"]
fn a_minute_with_three_outages_loses_nothing() {
    let _turn = my_turn();
    let cases: Vec<_> = PROTOCOLS
        .iter()
        .flat_map(|protocol| {
            [Temporality::Cumulative, Temporality::Delta]
                .map(|temporality| (*protocol, temporality))
        })
        .collect();
    let receivers: Vec<_> = cases.iter().map(|_| Receiver::start()).collect();
    let handlers: Vec<OtelHandler> = cases
        .iter()
        .zip(&receivers)
        .map(|((protocol, temporality), receiver)| {
            let builder = to(receiver, *protocol).temporality(*temporality);
            let builder = builder.interval(Duration::from_secs(1)).timeout(Duration::from_secs(2));
            builder.shutdown_timeout(Duration::from_secs(10)).build().unwrap()
        })
        .collect();
    set_metric_handlers(handlers.clone()).unwrap();
    let done = AtomicBool::new(false);
    let begin = Instant::now();
    let until = |seconds| sleep(Duration::from_secs(seconds).saturating_sub(begin.elapsed()));
    let recorded = scope(|scope| {
        let threads: Vec<_> = (0..4)
            .map(|i| {
                scope.spawn({
                    let done = &done;
                    move || record_until(done, i)
                })
            })
            .collect();
        for (from, to) in [(8, 12), (20, 27), (40, 41)] {
            until(from);
            receivers.iter().for_each(Receiver::stop);
            until(to);
            receivers.iter().for_each(Receiver::restart);
        }
        until(48);
        clear_metric_handlers();
        until(51);
        set_metric_handlers(handlers.clone()).unwrap();
        until(60);
        done.store(true, Ordering::Relaxed);
        threads.into_iter().map(|thread| thread.join().unwrap()).fold(Recorded::default(), add)
    });
    shutdown().unwrap();
    for ((protocol, temporality), receiver) in cases.iter().zip(&receivers) {
        let stored = stored(receiver);
        let batches = receiver.requests().len();
        println!(
            "{protocol:?} {temporality:?}: {batches} requests, {} of {}",
            stored.ok, recorded.ok
        );
        let error = (stored.sum - recorded.sum).abs() / recorded.sum;
        assert!(error <= 1e-12, "{protocol:?} {temporality:?}: the sum is off by {error}");
        assert_eq!(
            Recorded { sum: recorded.sum, ..stored },
            recorded,
            "{protocol:?} {temporality:?}"
        );
    }
}
