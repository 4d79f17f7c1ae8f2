//! Functions of which only some calls are measured: all calls are counted, and the share of the
//! measured ones is right.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use typed_metrics::testing::{Captured, Scope, capture};
use typed_metrics::{MetricType, Outcome, timed};

use crate::polls::{Polls, block_on, cancel, panics};
use crate::shop::{Endpoint, Shop, counts, of};

/// Whether `measured` of `calls` is a share of 1/`n`, within 5 standard deviations.
#[track_caller]
fn assert_share(measured: f64, calls: f64, n: f64) {
    let deviation = (calls / n * (1.0 - 1.0 / n)).sqrt();
    assert!((measured - calls / n).abs() <= 5.0 * deviation, "{measured} of {calls}, at 1/{n}");
}

/// The count of a function with this outcome in a metric of functions.
fn of_function<R>(seen: &Captured<R>, metric: &str, function: &str, outcome: &str) -> f64 {
    let Some(metric) = seen.snapshot.get(metric) else { return 0.0 };
    let found = metric.series.iter().find(|series| {
        let is = |name, end| series.labels.get(name).unwrap().to_string().ends_with(end);
        is("function", function) && is("outcome", outcome)
    });
    found.map_or(0.0, |series| match series.value.as_histogram() {
        Some(histogram) => histogram.count as f64,
        None => series.value.as_f64(),
    })
}

#[test]
fn calls_are_counted_by_outcome_and_measured_at_their_share() {
    #[timed(sample = 1/64)]
    fn parse(i: u32) -> Result<u32, u32> {
        if i.is_multiple_of(4) { Err(i) } else { Ok(i) }
    }
    #[timed(Shop::Fixed { endpoint: Endpoint::Search, outcome, cached: false },
        count = Shop::Calls { outcome }, sample = 1/16)]
    fn search(i: u32) -> Option<Result<u32, u32>> {
        (i > 0).then(|| parse(i))
    }

    let seen = capture(|| {
        (0..100_000).for_each(|i| _ = search(i));
    });
    assert_eq!(seen.counter(Shop::Calls { outcome: Outcome::Ok }), 100_000);
    let search = seen.histogram(Shop::Fixed {
        endpoint: Endpoint::Search,
        outcome: Outcome::Ok,
        cached: false,
    });
    assert_share(search.count as f64, 100_000.0, 16.0);
    assert!(search.sum > 0.0);

    for (outcome, calls) in [("ok", 75_000.0), ("error", 24_999.0)] {
        assert_eq!(of_function(&seen, "function.calls", "parse", outcome), calls);
        assert_share(of_function(&seen, "function.duration", "parse", outcome), calls, 64.0);
    }
    assert_eq!(of_function(&seen, "function.calls", "parse", "panicked"), 0.0);
    let catalog = typed_metrics::catalog();
    let calls = catalog.iter().find(|metric| metric.name() == "function.calls").unwrap();
    assert_eq!((calls.metric_type(), calls.unit()), (MetricType::Counter, "{call}"));
}

#[test]
fn unmeasured_calls_end_on_every_way_out() {
    #[timed(Shop::Bare, count = Shop::Calls { outcome }, in_flight = Shop::InFlight,
        sample = 1/1_000_000)]
    fn work(depth: u32) -> Result<(), ()> {
        match depth {
            0 => Err(()),
            1 => panic!(),
            _ => work(depth - 2),
        }
    }
    #[timed(sample = 1/1_000_000, in_flight = Shop::InFlight)]
    async fn later(polls: u32) -> Result<(), ()> {
        Polls(1).await;
        assert_ne!(polls, 3);
        Polls(polls).await;
        if polls == 2 { Err(()) } else { Ok(()) }
    }

    let seen = capture(|| {
        assert!(work(4).is_err());
        panics(|| work(3));
        block_on(later(1)).unwrap();
        block_on(later(2)).unwrap_err();
        panics(|| block_on(later(3)));
        cancel(later(4));
        drop(later(5));
        let mut future = Box::pin(later(6));
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        let in_flight = typed_metrics::snapshot();
        assert!(in_flight.get("timed.in_flight").unwrap().series[0].value.as_f64() >= 1.0);
    });
    assert_eq!(
        counts(&seen, "timed.calls"),
        of([("outcome=error", 3.0), ("outcome=panicked", 2.0)])
    );
    assert_eq!(seen.up_down_counter(Shop::InFlight), 0);
    for (outcome, calls) in [("ok", 1.0), ("error", 1.0), ("panicked", 1.0), ("cancelled", 2.0)] {
        assert_eq!(of_function(&seen, "function.calls", "later", outcome), calls, "{outcome}");
    }
}

#[test]
fn one_call_in_1_is_every_call() {
    const EVERY: u32 = 1;

    struct Cart;

    #[timed(sample = 1 / Self::EVERY)]
    impl Cart {
        const EVERY: u32 = 1;

        #[allow(clippy::unused_self)]
        fn add(&mut self) {}
        async fn pay(&self) {
            Polls(1).await;
        }
    }
    #[timed(
        Shop::Computed { route: &route, outcome },
        status = |route| u16::try_from(route.len()).ok(),
        count = Shop::Calls { outcome },
        sample = 1/EVERY,
    )]
    fn serve(route: String) -> String {
        route
    }
    macro_rules! timed_function {
        ($share:expr) => {
            #[timed(sample = $share)]
            fn from_macro() {}
        };
    }
    timed_function!(1 / 1);

    let seen = capture(|| {
        for _ in 0..100 {
            Cart.add();
            block_on(Cart.pay());
            serve("ab".into());
            from_macro();
        }
    });
    for function in ["Cart::add", "Cart::pay", "from_macro"] {
        assert_eq!(of_function(&seen, "function.duration", function, "ok"), 100.0, "{function}");
        assert_eq!(of_function(&seen, "function.calls", function, "ok"), 100.0, "{function}");
    }
    assert_eq!(counts(&seen, "timed.computed"), of([("route=ab status=2 outcome=ok", 100.0)]));
}

/// If each 64th call was measured, either all of these slow calls were measured, or none.
#[test]
fn slow_calls_in_the_rhythm_of_the_share_are_measured_at_the_share() {
    #[timed(Shop::Open { route, outcome, status: 0 },
        count = Shop::RouteCalls { route, outcome, status: None }, sample = 1/64)]
    fn call(route: &'static str) {
        if route == "slow" {
            std::thread::sleep(Duration::from_micros(50));
        }
    }

    let seen = capture(|| {
        (0..200_000).for_each(|i: u32| call(if i.is_multiple_of(64) { "slow" } else { "fast" }));
    });
    let slow = |route| Shop::Open { route, outcome: Outcome::Ok, status: 0 };
    assert_share(seen.histogram(slow("slow")).count as f64, 3_125.0, 64.0);
    assert_share(seen.histogram(slow("fast")).count as f64, 196_875.0, 64.0);
    assert!(seen.histogram(slow("slow")).sum >= 50e-6 * seen.histogram(slow("slow")).count as f64);
    let count = |route| Shop::RouteCalls { route, outcome: Outcome::Ok, status: None };
    assert_eq!(seen.sum(count("slow")), 3_125.0);
    assert_eq!(seen.sum(count("fast")), 196_875.0);
}

#[test]
fn every_thread_counts_all_calls_and_measures_the_share() {
    #[timed(sample = 1/32)]
    fn shared() {}

    let seen = capture(|| {
        let scope = Scope::current();
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| scope.enter(|| (0..20_000).for_each(|_| shared())));
            }
        });
    });
    assert_eq!(of_function(&seen, "function.calls", "shared", "ok"), 160_000.0);
    assert_share(of_function(&seen, "function.duration", "shared", "ok"), 160_000.0, 32.0);
}

#[test]
fn both_times_of_a_call_are_measured_or_none() {
    #[timed(Shop::Plain { endpoint: Endpoint::Checkout }, busy = Shop::Busy,
        count = Shop::Calls { outcome }, sample = 1/8)]
    async fn both() {
        Polls(2).await;
    }
    #[timed(busy, sample = 1/8)]
    fn instead() -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(Polls(2))
    }

    let seen = capture(|| {
        for _ in 0..10_000 {
            block_on(both());
            block_on(instead());
        }
    });
    let wall = seen.histogram(Shop::Plain { endpoint: Endpoint::Checkout });
    let busy = seen.histogram(Shop::Busy);
    assert_eq!(busy.count, wall.count);
    assert!(busy.sum > 0.0 && busy.sum <= wall.sum);
    assert_share(busy.count as f64, 10_000.0, 8.0);
    assert_eq!(seen.counter(Shop::Calls { outcome: Outcome::Ok }), 10_000);
    assert_share(of_function(&seen, "function.duration", "instead", "ok"), 10_000.0, 8.0);
    assert_eq!(of_function(&seen, "function.calls", "instead", "ok"), 10_000.0);
}

#[test]
fn labels_of_the_time_are_evaluated_for_measured_calls_only() {
    thread_local! {
        static EVALUATED: Cell<[u64; 3]> = const { Cell::new([0; 3]) };
    }
    fn evaluated<T>(which: usize, label: T) -> T {
        let mut all = EVALUATED.get();
        all[which] += 1;
        EVALUATED.set(all);
        label
    }

    #[timed(
        Shop::Computed { route: evaluated(0, route), outcome },
        status = |_| evaluated(1, 200),
        count = Shop::RouteCalls { route: evaluated(2, route), outcome, status: None },
        sample = 1/10,
    )]
    fn serve(route: &str) -> usize {
        route.len()
    }

    let seen = capture(|| (0..1_000).for_each(|_| _ = serve("/")));
    let time = Shop::Computed { route: "/", status: Some(200), outcome: Outcome::Ok };
    let measured = seen.histogram(time).count;
    assert_share(measured as f64, 1_000.0, 10.0);
    assert_eq!(EVALUATED.get(), [measured, measured, 1_000]);
}

#[test]
fn a_sampled_future_may_end_on_another_thread() {
    #[timed(sample = 1/2)]
    async fn moved() {
        Polls(1).await;
    }

    let seen = capture(|| {
        let scope = Scope::current();
        let mut futures: Vec<_> = (0..200).map(|_| Box::pin(moved())).collect();
        let mut context = Context::from_waker(Waker::noop());
        for future in &mut futures {
            assert_eq!(future.as_mut().poll(&mut context), Poll::Pending);
        }
        let end = move || scope.enter(|| futures.into_iter().for_each(block_on));
        std::thread::spawn(end).join().unwrap();
    });
    assert_eq!(of_function(&seen, "function.calls", "moved", "ok"), 200.0);
    assert_share(of_function(&seen, "function.duration", "moved", "ok"), 200.0, 2.0);
}
