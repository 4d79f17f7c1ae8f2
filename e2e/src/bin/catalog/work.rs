use std::thread;
use std::time::Duration;

use tokio::runtime::Runtime;
use typed_metrics::db::{ConnectionState, Database, Failure, PoolMetrics, System};
use typed_metrics::llm::{GenAi, LlmCall, PriceTable, Prices, ToolExecution, Usage};
use typed_metrics::tokio::{measured, observe_runtime};
use typed_metrics::tower::{
    GrpcClientMetrics, GrpcCode, GrpcServerMetrics, HttpClientMetrics, HttpClientRequest,
    HttpServerMetrics, HttpServerRequest, HttpVersion, Method as HttpMethod, Scheme,
};
use typed_metrics::{Objective, Outcome, timed};

use crate::metrics::{DeskMetrics, Hostile, Method, Phase, Version};

/// Records what stays as it is.
pub(crate) fn begin() {
    DeskMetrics::cache_memory().set(1_234_567.0);
    DeskMetrics::hit_ratio("front").set(0.75);
    DeskMetrics::hit_ratio("back").set(0.5);
    DeskMetrics::in_flight(Method::Get).add(3);
    DeskMetrics::in_flight(Method::Post).add(2);
    HttpServerMetrics::active_requests(HttpMethod::Get, Scheme::Http).add(4);
    let (address, port) = (Some("api.example.com"), Some(443));
    HttpClientMetrics::active_requests(HttpMethod::Post, address, port).add(1);
    for (state, count) in [(ConnectionState::Idle, 3), (ConnectionState::Used, 2)] {
        PoolMetrics::count("shop", state).add(count);
    }
    PoolMetrics::max("shop").add(10);
    PoolMetrics::idle_min("shop").add(1);
    PoolMetrics::pending_requests("shop").add(1);
    DeskMetrics::worker_phase("a").set(Phase::Running);
    DeskMetrics::worker_phase("b").set(Phase::Draining);
    DeskMetrics::worker_phase("c").set(Phase::Starting);
    DeskMetrics::mood().set(Hostile::Variables);
    DeskMetrics::build(Version { version: "1.2.0", revision: "8f3a" }).set();
}

/// Records the same measurements in every second round, so rates and shares are constant.
pub(crate) fn round(number: u32) {
    for (route, method, status_code, count) in
        [("/", Method::Get, 200, 6), ("/cart", Method::Get, 404, 2), ("/pay", Method::Post, 503, 2)]
    {
        DeskMetrics::requests(method, route, status_code).add(count);
    }
    for (hostile, count) in Hostile::ALL.into_iter().zip(1..) {
        DeskMetrics::rows(hostile).add(count);
    }
    // An odd number, so that no percentile is at the edge between two values.
    for n in 1..=9_u32 {
        let method = if n % 2 == 0 { Method::Get } else { Method::Post };
        DeskMetrics::response_size(method).record(n * n * 100);
        let outcome = if n == 9 { Outcome::Error } else { Outcome::Ok };
        // Values so far apart that their exponential buckets are wider than a thousandth:
        // VictoriaMetrics 1.112 writes the limits of ranges with four digits, and loses ranges
        // whose two limits are then equal.
        let slow = if number.is_multiple_of(2) { 0.35 } else { 0.5 };
        let seconds = if n > 8 { slow } else { 0.02 * f64::from(n) };
        DeskMetrics::request_duration(method, outcome).record(seconds);
        DeskMetrics::job_duration(outcome).record(Duration::from_secs_f64(2.0 * seconds));
    }
    let _ = (look_up(1), look_up(0), job(), job(), wait());
    sampled();
    llm_calls();
    requests();
    queries();
}

#[timed(
    DeskMetrics::CallDuration { outcome },
    objective = [Objective::latency("50ms", 0.99), Objective::success(0.99)]
)]
fn look_up(key: u32) -> Result<u32, ()> {
    key.checked_sub(1).ok_or(())
}

#[timed(DeskMetrics::JobDuration { outcome }, objective = Objective::latency("100ms", 0.9))]
fn job() {}

#[timed(objective = [Objective::latency("1ms", 0.999), Objective::success(0.999)])]
fn wait() -> Result<(), ()> {
    thread::sleep(Duration::from_millis(2));
    Err(())
}

#[timed(sample = 1/2)]
fn sampled() {}

fn llm_calls() {
    let conventions = || GenAi::chat("openai").server("api.openai.com", 443).v1_41();
    let prices = [("gpt-5", Prices::new(1.25, 10).cache_read(0.125)), ("small", Prices::new(1, 4))];
    let prices = PriceTable::new("USD", prices).expect("the table has no mistakes");
    for (model, prompt) in [("gpt-5", "summary"), ("small", "title")] {
        let mut call = LlmCall::start(model).prompt(prompt).gen_ai(conventions());
        call = call.prices(&prices);
        call.first_token();
        call.chunk();
        call.chunk();
        thread::sleep(Duration::from_millis(1));
        call.finish(Usage::new(1200, 80).cache_read(900).cache_write(100).reasoning(30));
    }
    let embeddings = LlmCall::embeddings("vectors").gen_ai(GenAi::embeddings("openai"));
    embeddings.prices(&prices).finish(Usage::unknown().input(40));
    ToolExecution::start("look_up").finish();
    LlmCall::start("gpt-5").prompt("summary").gen_ai(conventions()).fail("timeout");
}

/// Records what the layers for HTTP and gRPC record, of requests that succeed and fail.
fn requests() {
    for (route, status, error_type, seconds) in [
        (Some("/orders/{id}"), Some(200), None, 0.03),
        (Some("/orders/{id}"), Some(503), Some("503"), 0.3),
        (None, Some(404), None, 0.002),
        (Some("/"), None, Some("timeout"), 2.0),
    ] {
        let request = HttpServerRequest {
            status,
            route,
            error_type,
            version: Some(HttpVersion::V1_1),
            ..HttpServerRequest::of(HttpMethod::Get, Scheme::Http)
        };
        HttpServerMetrics::request_duration(request).record(seconds);
        HttpServerMetrics::request_body_size(request).record(200);
        HttpServerMetrics::response_body_size(request).record(3000);
        let request = HttpClientRequest {
            status,
            error_type,
            version: status.map(|_| HttpVersion::V2),
            ..HttpClientRequest::of(HttpMethod::Post, "api.example.com", 443)
        };
        HttpClientMetrics::request_duration(request).record(seconds);
        HttpClientMetrics::request_body_size(request).record(100);
        HttpClientMetrics::response_body_size(request).record(5000);
    }
    for (code, error_type, seconds) in [
        (Some(GrpcCode::Ok), None, 0.01),
        (Some(GrpcCode::Internal), Some("INTERNAL"), 0.2),
        (None, Some("cancelled"), 0.4),
    ] {
        let method = "shop.Orders/Get";
        GrpcServerMetrics::call_duration(method, code, error_type).record(seconds);
        let (address, port) = (Some("orders.example.com"), Some(443));
        GrpcClientMetrics::call_duration(method, code, error_type, address, port).record(seconds);
    }
}

/// Records what clients of databases record, of queries that succeed and fail.
fn queries() {
    static SHOP: Database = Database::new(System::POSTGRESQL);
    let select = SHOP.operation("SELECT").collection("orders");
    for code in [None, None, Some("40001")] {
        let mut running = select.start();
        running.rows(3);
        match code {
            None => running.succeed(),
            Some(code) => running.fail(&Failure::status(code)),
        }
    }
    let pool = "shop";
    PoolMetrics::wait_time(pool).record(0.002);
    PoolMetrics::use_time(pool).record(0.03);
    PoolMetrics::create_time(pool).record(0.004);
    PoolMetrics::timeouts(pool).inc();
}

/// A runtime whose tasks sleep, and block their worker for too long.
pub(crate) fn runtime() -> std::io::Result<Runtime> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build()?;
    observe_runtime("main", runtime.handle()).map_err(std::io::Error::other)?.forever();
    runtime.spawn(async {
        loop {
            let _ended = tokio::spawn(measured("nap", async {
                tokio::time::sleep(Duration::from_millis(20)).await;
                thread::sleep(Duration::from_millis(1));
            }))
            .await;
        }
    });
    Ok(runtime)
}
