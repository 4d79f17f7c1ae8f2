//! Runs the example `otel_api` as a user does. What two crates record through OpenTelemetry's API
//! reaches the console, Prometheus and a collector.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use typed_metrics_receiver::Receiver;

fn ask(address: &str, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn the_metrics_of_other_crates_reach_every_handler() {
    let receiver = Receiver::start();
    // A free port, for the endpoint of Prometheus.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut service = Command::new(env!("CARGO_BIN_EXE_otel_api"))
        .args(["127.0.0.1:0", "prometheus", "otel"])
        .env("OTEL_EXPORTER_PROMETHEUS_PORT", port.to_string())
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http_endpoint())
        .env("COLUMNS", "400")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(service.stderr.take().unwrap()).lines();
    let listening = |line: &String| line.strip_prefix("listening at http://").map(str::to_owned);
    let address = lines.by_ref().find_map(|line| listening(&line.unwrap())).unwrap();
    for name in ["ann", "bob"] {
        assert!(ask(&address, &format!("/hello/{name}")).ends_with(&format!("Hello, {name}!\n")));
    }
    assert!(ask(&address, "/nothing").starts_with("HTTP/1.1 404"));

    let scrape = ask(&format!("127.0.0.1:{port}"), "/metrics");
    let sample = |begin: &str, parts: &[&str]| {
        let is_meant =
            |line: &&str| line.starts_with(begin) && parts.iter().all(|part| line.contains(part));
        let line = scrape.lines().find(is_meant);
        let line = line.unwrap_or_else(|| panic!("no {begin} with {parts:?} in\n{scrape}"));
        line.rsplit_once(' ').unwrap().1.parse::<f64>().unwrap()
    };
    let tower = r#"otel_scope_name="opentelemetry-instrumentation-tower""#;
    let route = r#"http_route="/hello/{name}""#;
    assert_eq!(sample("http_server_request_duration_seconds_count", &[tower, route]), 2.0);
    let tokio = r#"otel_scope_name="opentelemetry-instrumentation-tokio""#;
    assert!(sample("tokio_workers", &[tokio, "otel_scope_version="]) >= 1.0);
    assert_eq!(sample("hello_greetings_total", &[]), 2.0);

    kill(Pid::from_raw(service.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
    let output = service.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let table = String::from_utf8(output.stdout).unwrap();
    for title in [
        "hello.greetings",
        "http.server.request.duration [opentelemetry-instrumentation-tower]",
        "http.server.active_requests [opentelemetry-instrumentation-tower]",
        "tokio.workers [opentelemetry-instrumentation-tokio]",
    ] {
        assert!(table.contains(title), "no {title} in\n{table}");
    }

    let requests = receiver.requests();
    let resources = requests.iter().flat_map(|seen| &seen.body.resource_metrics);
    let scopes: Vec<_> = resources.flat_map(|resource| &resource.scope_metrics).collect();
    let arrived = |scope: &str, metric: &str| {
        scopes.iter().any(|found| {
            found.scope.as_ref().unwrap().name == scope
                && found.metrics.iter().any(|found| found.name == metric)
        })
    };
    assert!(arrived("opentelemetry-instrumentation-tower", "http.server.request.duration"));
    assert!(arrived("opentelemetry-instrumentation-tokio", "tokio.workers"));
    assert!(arrived("typed-metrics", "hello.greetings"));
}
