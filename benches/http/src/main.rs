//! The cost of a measured request, beside other crates, in one run.
//!
//! A router of axum, and then a plain tower service, answer requests in memory, with each crate's
//! layer and without any. All answer in each of many short rounds, in an order that every second
//! round reverses, and CPU time of the thread is measured. The cost of a layer is the median of
//! what it took in a round beyond the service without a layer in the same round: so a machine that
//! is slower for a while changes little. The last column has the ratio of these medians, and the
//! least and the greatest in a seventh of the rounds.

use std::cell::Cell;
use std::convert::Infallible;
use std::ops::Range;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use axum::body::{Body, HttpBody};
use axum::http::{Request, Response, Uri};
use bytes::Buf;
use cpu_time::ThreadTime;
use tower::layer::layer_fn;
use tower::{Layer, Service, service_fn};
use typed_metrics::tower::HttpServerLayer;
use typed_metrics_http_bench::{
    Nothing, ROUTE, axum_otel_metrics, axum_prometheus, bare, matched_path, metrics_lib, ours, with,
};

const ROUNDS: usize = 700;
const PARTS: usize = 7;
const REQUESTS: usize = 1_000;
/// The cost is at most this share of the cheapest other crate's.
const PROMISE: f64 = 0.5;

/// A service with or without a layer.
struct Measured {
    name: &'static str,
    kind: Kind,
    /// Sends that many requests.
    send: Box<dyn FnMut(usize)>,
    /// The number of requests that the layer has recorded.
    recorded: Box<dyn Fn() -> u64>,
    nanoseconds: Vec<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Measures nothing.
    Bare,
    Ours,
    Other,
}

impl Measured {
    fn new<S, B>(
        name: &'static str,
        kind: Kind,
        mut service: S,
        recorded: impl Fn() -> u64 + 'static,
    ) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + 'static,
        B: HttpBody<Data: Buf> + 'static,
    {
        let send = Box::new(move |requests| send(&mut service, requests));
        Self { name, kind, send, recorded: Box::new(recorded), nanoseconds: Vec::new() }
    }

    /// The nanoseconds of a request.
    fn run(&mut self) -> f64 {
        let start = ThreadTime::now();
        (self.send)(REQUESTS);
        start.elapsed().as_nanos() as f64 / REQUESTS as f64
    }

    /// The median of these rounds.
    fn median(&self, rounds: Range<usize>) -> f64 {
        median(self.nanoseconds[rounds].iter().copied())
    }

    /// The nanoseconds beyond those of `bare`, in these rounds.
    fn cost(&self, bare: &Self, rounds: Range<usize>) -> f64 {
        let pairs = self.nanoseconds[rounds.clone()].iter().zip(&bare.nanoseconds[rounds]);
        median(pairs.map(|(own, bare)| own - bare))
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// The requests that each service answers.
fn expected() -> u64 {
    ((ROUNDS + 1) * REQUESTS) as u64
}

fn send<S, B>(service: &mut S, requests: usize)
where
    S: Service<Request<Body>, Response = Response<B>>,
    B: HttpBody<Data: Buf>,
{
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..requests {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = Uri::from_static("/users/12");
        let call = pin!(service.call(request));
        let Poll::Ready(Ok(response)) = call.poll(&mut context) else { panic!("is ready") };
        let mut body = pin!(response.into_body());
        let mut bytes = 0;
        while let Poll::Ready(Some(Ok(frame))) = body.as_mut().poll_frame(&mut context) {
            bytes += frame.data_ref().map_or(0, |data| data.remaining());
        }
        assert_eq!(bytes, 5);
    }
}

/// Measures services, and prints their costs.
fn compare(title: &str, mut all: Vec<Measured>) {
    for round in 0..=ROUNDS {
        let mut order: Vec<_> = all.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for measured in order {
            let time = measured.run();
            // The first round warms up.
            if round > 0 {
                measured.nanoseconds.push(time);
            }
        }
    }
    for measured in &all {
        assert_eq!((measured.recorded)(), expected(), "{}", measured.name);
    }

    let cost = |measured: &Measured, rounds| measured.cost(&all[0], rounds);
    let ratio = |measured, rounds: Range<usize>| {
        let others = all.iter().filter(|measured| measured.kind == Kind::Other);
        let costs = others.map(|other| cost(other, rounds.clone()));
        cost(measured, rounds.clone()) / costs.min_by(f64::total_cmp).expect("others")
    };
    println!("{title:<36} request   layer   of the cheapest other");
    for measured in &all {
        let (time, cost) = (measured.median(0..ROUNDS), cost(measured, 0..ROUNDS));
        let of_all = ratio(measured, 0..ROUNDS);
        let part = ROUNDS / PARTS;
        let mut of_parts: Vec<f64> =
            (0..PARTS).map(|i| ratio(measured, i * part..(i + 1) * part)).collect();
        of_parts.sort_by(f64::total_cmp);
        let (least, most) = (of_parts[0], of_parts[PARTS - 1]);
        let promise = match (measured.kind, of_all <= PROMISE) {
            (Kind::Bare | Kind::Other, _) => String::new(),
            (Kind::Ours, true) => format!("   kept: at most {PROMISE}x"),
            (Kind::Ours, false) => format!("   MISSED: at most {PROMISE}x"),
        };
        println!(
            "{:<36} {time:>7.0} {cost:>7.0} {of_all:>8.2}x ({least:.2} to {most:.2}){promise}",
            measured.name
        );
    }
    println!();
}

/// The number of requests that our layers have recorded since the last call.
fn since_last_call() -> impl Fn() -> u64 {
    let before = Cell::new(0);
    move || {
        let now = ours();
        now - before.replace(now)
    }
}

/// A router of axum.
fn in_axum() {
    let layer = HttpServerLayer::axum;
    let (prometheus, prometheus_recorded) = axum_prometheus();
    let (otel, otel_recorded) = axum_otel_metrics();
    let (red, red_recorded) = metrics_lib(matched_path);
    let recorded = Rc::new(since_last_call());
    let share = || {
        let recorded = Rc::clone(&recorded);
        // The first of the three asks for all.
        move || match recorded() {
            0 => expected(),
            all => all / 3,
        }
    };
    use Kind::{Bare, Other, Ours};
    compare(
        "in a router of axum, ns of a",
        vec![
            Measured::new("no layer", Bare, bare(), expected),
            Measured::new("a layer that does nothing", Bare, with(layer_fn(Nothing)), expected),
            Measured::new("typed-metrics", Ours, with(layer()), share()),
            Measured::new(
                "typed-metrics, no sizes",
                Ours,
                with(layer().without_body_sizes()),
                share(),
            ),
            Measured::new(
                "typed-metrics, until the head",
                Ours,
                with(layer().until_head()),
                share(),
            ),
            Measured::new("axum-prometheus", Other, with(prometheus), prometheus_recorded),
            Measured::new("axum-otel-metrics", Other, with(otel), otel_recorded),
            Measured::new("metrics-lib", Other, with(red), red_recorded),
        ],
    );
}

/// A plain service.
fn in_tower() {
    let service = || {
        service_fn(async |_: Request<Body>| Ok::<_, Infallible>(Response::new("Hello".to_owned())))
    };
    let layer = || HttpServerLayer::with_routes(|_, _| Some(ROUTE));
    let (otel, otel_recorded) = axum_otel_metrics();
    let (red, red_recorded) = metrics_lib(|_, _| Some(ROUTE.to_owned()));
    let recorded = Rc::new(since_last_call());
    recorded();
    let share = || {
        let recorded = Rc::clone(&recorded);
        move || match recorded() {
            0 => expected(),
            all => all / 3,
        }
    };
    use Kind::{Bare, Other, Ours};
    compare(
        "around a plain service, ns of a",
        vec![
            Measured::new("no layer", Bare, service(), expected),
            Measured::new("typed-metrics", Ours, layer().layer(service()), share()),
            Measured::new(
                "typed-metrics, no sizes",
                Ours,
                layer().without_body_sizes().layer(service()),
                share(),
            ),
            Measured::new(
                "typed-metrics, until the head",
                Ours,
                layer().until_head().layer(service()),
                share(),
            ),
            Measured::new("axum-otel-metrics", Other, otel.layer(service()), otel_recorded),
            Measured::new("metrics-lib", Other, red.layer(service()), red_recorded),
        ],
    );
}

fn main() {
    // `axum-prometheus` spawns a task that tends to its histograms.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(1).enable_time().build().expect("a runtime");
    let _entered = runtime.enter();
    println!("median of {ROUNDS} rounds");
    in_axum();
    in_tower();
}
