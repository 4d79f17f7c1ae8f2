//! A pipeline exports, and ends within its deadline, over HTTP and over gRPC: without a runtime, on
//! tokio's current-thread runtime, and on its multi-thread runtime.

use std::time::{Duration, Instant};

use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers, shutdown};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_otel::Protocol;
use typed_metrics_receiver::Receiver;
use typed_metrics_turn::my_turn;

use crate::pipelines::to;

#[derive(Clone, Copy, Label)]
enum From {
    None,
    CurrentThread,
    MultiThread,
}

#[derive(Metrics)]
#[metrics(prefix = "contexts")]
enum Contexts {
    #[counter]
    Count { from: From, protocol: &'static str },
    #[histogram(unit = "s")]
    Duration { from: From, protocol: &'static str },
}

/// Runs a program whose collector answers, and then one whose collector does not.
fn program(from: From, protocol: Protocol) {
    let name = if protocol == Protocol::Grpc { "grpc" } else { "http" };
    let labels = |receiver: &Receiver| {
        let from = match from {
            From::None => "none",
            From::CurrentThread => "current_thread",
            From::MultiThread => "multi_thread",
        };
        let labels = format!("from={from} protocol={name}");
        let totals = receiver.totals();
        (totals.int("contexts.count", &labels), totals.count("contexts.duration", &labels))
    };
    let receiver = Receiver::start();
    Contexts::count(from, name).add(2);
    Contexts::duration(from, name).record(Duration::from_millis(20));
    set_metric_handlers(to(&receiver, protocol).build().unwrap()).unwrap();
    flush().unwrap();
    assert_eq!(labels(&receiver), (2, 1));
    Contexts::count(from, name).inc();
    let begin = Instant::now();
    shutdown().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    assert_eq!(labels(&receiver), (3, 1));

    let deadline = Duration::from_millis(500);
    let handler = to(&receiver, protocol).shutdown_timeout(deadline).build().unwrap();
    set_metric_handlers(handler).unwrap();
    // A collector that has never answered would not be waited for.
    flush().unwrap();
    receiver.stop();
    Contexts::count(from, name).inc();
    let begin = Instant::now();
    let error = shutdown().unwrap_err().to_string();
    let took = begin.elapsed();
    assert!(took >= deadline && took < deadline + Duration::from_millis(700), "{took:?}");
    assert!(error.contains("in 1 batch are given up, and lost"), "{error}");
    assert!(error.contains("refused") || error.contains("connect"), "{error}");
    clear_metric_handlers();
}

fn on_current_thread(protocol: Protocol) {
    let _turn = my_turn();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { program(From::CurrentThread, protocol) });
}

fn on_multi_thread(protocol: Protocol) {
    let _turn = my_turn();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let task = runtime.spawn(async move { program(From::MultiThread, protocol) });
    runtime.block_on(task).unwrap();
}

#[test]
fn http_without_a_runtime() {
    let _turn = my_turn();
    program(From::None, Protocol::HttpProtobuf);
}

#[test]
fn http_on_a_current_thread_runtime() {
    on_current_thread(Protocol::HttpProtobuf);
}

#[test]
fn http_on_a_multi_thread_runtime() {
    on_multi_thread(Protocol::HttpProtobuf);
}

#[test]
#[cfg(feature = "grpc")]
fn grpc_without_a_runtime() {
    let _turn = my_turn();
    program(From::None, Protocol::Grpc);
}

#[test]
#[cfg(feature = "grpc")]
fn grpc_on_a_current_thread_runtime() {
    on_current_thread(Protocol::Grpc);
}

#[test]
#[cfg(feature = "grpc")]
fn grpc_on_a_multi_thread_runtime() {
    on_multi_thread(Protocol::Grpc);
}
