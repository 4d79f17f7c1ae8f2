//! Requests to a Pushgateway, which is played by a socket here. `e2e/run` pushes to a real one.

use std::env;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::channel;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use typed_metrics_core::{
    MetricHandler as _, Metrics as _, observe, set_metric_handlers, shutdown,
};
use typed_metrics_derive::Metrics;
use typed_metrics_prometheus::{PrometheusHandler, Pushgateway};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "pushed", crate = typed_metrics_core)]
enum Pushed {
    #[counter]
    Files { test: u64 },
}

/// Takes one request, and answers with `status`. Returns the address, and then the request: its
/// first line, its headers in lower case, and its body.
fn gateway(status: &'static str) -> (String, JoinHandle<(String, String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let request = thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(&stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let first = lines.remove(0);
        let headers = lines.join("\n").to_lowercase();
        let length = headers.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        reader.read_exact(&mut body).unwrap();
        let text = "pushed metrics are invalid\n";
        let length = text.len();
        let answer = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{text}");
        (&stream).write_all(answer.as_bytes()).unwrap();
        (first, headers, String::from_utf8(body).unwrap())
    });
    (address, request)
}

fn handler() -> PrometheusHandler {
    PrometheusHandler::builder().without_server().build().unwrap()
}

#[test]
fn a_push_replaces_the_group_or_adds_to_it_and_a_delete_removes_it() {
    Pushed::files(1).inc();
    for (method, status) in
        [("PUT", "202 Accepted"), ("POST", "200 OK"), ("DELETE", "202 Accepted")]
    {
        let (address, request) = gateway(status);
        let to = Pushgateway::new(format!("{address}/"), "nightly backup")
            .group("path", "/var/lib")
            .group("instance", "db-1")
            .basic_auth("Aladdin", "open sesame");
        match method {
            "PUT" => handler().push(&to).unwrap(),
            "POST" => handler().push_add(&to).unwrap(),
            _ => to.delete().unwrap(),
        }
        let (first, headers, body) = request.join().unwrap();
        let path = "/metrics/job/nightly%20backup/path@base64/L3Zhci9saWI/instance/db-1";
        assert_eq!(first, format!("{method} {path} HTTP/1.1"));
        let authorization = "authorization: basic qwxhzgrpbjpvcgvuihnlc2ftzq==";
        assert!(headers.contains(authorization), "{headers}");
        if method == "DELETE" {
            assert_eq!(body, "");
        } else {
            let content_type = "content-type: text/plain; version=0.0.4; charset=utf-8";
            assert!(headers.contains(content_type), "{headers}");
            assert!(body.contains("\npushed_files_total{test=\"1\"} 1"), "{body}");
        }
    }
    assert_eq!(Pushed::descriptors().len(), 1);
}

#[test]
fn the_last_values_are_pushed_at_the_shutdown() {
    let _turn = my_turn();
    let (address, request) = gateway("200 OK");
    let builder = PrometheusHandler::builder().without_server();
    let handler = builder.push_at_shutdown(Pushgateway::new(address, "job")).build().unwrap();
    set_metric_handlers(handler).unwrap();
    Pushed::files(2).add(7);
    shutdown().unwrap();
    let (first, _, body) = request.join().unwrap();
    assert_eq!(first, "PUT /metrics/job/job HTTP/1.1");
    assert!(body.contains("\npushed_files_total{test=\"2\"} 7"), "{body}");
}

#[test]
fn what_the_gateway_refuses_is_an_error_with_its_reason() {
    let (address, request) = gateway("400 Bad Request");
    let error = handler().push(&Pushgateway::new(&address, "job")).unwrap_err().to_string();
    request.join().unwrap();
    assert_eq!(
        error,
        format!(
            "could not push the metrics of job `job`: the Pushgateway at {address} answered 400 \
             Bad Request: pushed metrics are invalid"
        )
    );
}

#[test]
fn a_gateway_that_does_not_answer_is_an_error_after_the_time_limit() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let to = Pushgateway::new(&address, "job").timeout(Duration::from_millis(300));
    let start = Instant::now();
    let error = handler().push(&to).unwrap_err().to_string();
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    let begin = format!("could not push the metrics of job `job`: the Pushgateway at {address}: ");
    assert!(error.starts_with(&begin), "{error}");
}

#[test]
fn a_group_that_cannot_be_named_is_an_error_that_names_the_mistake() {
    for (url, job, label, text) in [
        ("localhost:9091", "job", "a", "`localhost:9091`, which is no address of a server; write"),
        ("http://localhost:9091?x", "job", "a", "which is no address of a server"),
        ("http://local host", "job", "a", "`http://local host`, which is no valid address ("),
        ("http://", "job", "a", "`http://`, which "),
        ("http://:9091", "job", "a", "`http://:9091`, which has no host; write"),
        ("http://host:90910", "job", "a", "whose port is not a whole number from 0 to 65535"),
        ("http://[::1]:x", "job", "a", "`http://[::1]:x`, "),
        ("HTTPS://host", "job", "a", "`HTTPS://host`, but TLS is not supported; push to a proxy"),
        ("http://localhost", "", "a", "the job of the Pushgateway is empty"),
        ("http://localhost", "job", "my label", "`my label` cannot be a label of a group"),
        ("http://localhost", "job", "a-b", "`a-b` cannot be a label of a group"),
        ("http://localhost", "job", "job", "`job` cannot be a label of a group"),
    ] {
        let gateway = Pushgateway::new(url, job).group(label, "x");
        let error = gateway.delete().unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
        // Before the program begins its work.
        let built = PrometheusHandler::builder().push_at_shutdown(gateway).build();
        assert_eq!(built.unwrap_err().to_string(), error);
    }
    for url in ["http://localhost", "http://localhost:9091/", "http://[::1]:9091/prefix"] {
        let gateway = Pushgateway::new(url, "job").group("path", "/var/lib");
        PrometheusHandler::builder().push_at_shutdown(gateway).build().unwrap();
    }
}

#[test]
fn no_message_shows_the_user_of_an_address() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in [
        format!("http://me:hunter2@{closed}"),
        "http://me:hunter2@local host".to_owned(),
        "me:hunter2@localhost".to_owned(),
        "http://me:hunt/hunter2@localhost".to_owned(),
    ] {
        let to = Pushgateway::new(url, "job").timeout(Duration::from_secs(1));
        let error = to.delete().unwrap_err();
        for text in [error.to_string(), format!("{error:?}"), format!("{to:?}")] {
            assert!(!text.contains("hunter2") && !text.contains("me:"), "{text}");
        }
    }
}

#[test]
fn a_callback_that_hangs_does_not_hang_the_shutdown() {
    let _turn = my_turn();
    let (address, request) = gateway("200 OK");
    let builder = PrometheusHandler::builder().without_server();
    let handler = builder.push_at_shutdown(Pushgateway::new(address, "job")).build().unwrap();
    Pushed::files(3).add(5);
    let (release, released) = channel::<()>();
    let released = Mutex::new(released);
    let observation = observe(move || {
        let _ = released.lock().unwrap().recv_timeout(Duration::from_secs(20));
    });
    let start = Instant::now();
    handler.shutdown().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    let (_, _, body) = request.join().unwrap();
    assert!(body.contains("\npushed_files_total{test=\"3\"} 5"), "{body}");
    drop(release);
    drop(observation);
}

#[test]
fn a_forked_process_keeps_a_handler_only_if_it_neither_serves_nor_pushes() {
    assert!(handler().survives_fork());
    assert!(!PrometheusHandler::builder().build().unwrap().survives_fork());
    let gateway = Pushgateway::new("http://localhost:9091", "job");
    let pushing = PrometheusHandler::builder().without_server().push_at_shutdown(gateway);
    assert!(!pushing.build().unwrap().survives_fork());
}

#[test]
fn a_push_does_not_go_through_a_proxy_of_the_environment() {
    const ADDRESS: &str = "TYPED_METRICS_TEST_PUSH_TO";
    if let Ok(address) = env::var(ADDRESS) {
        handler().push(&Pushgateway::new(address, "job")).unwrap();
        return;
    }
    let (address, request) = gateway("200 OK");
    // Nothing listens at this address once the listener is dropped.
    let proxy = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut again = Command::new(env::current_exe().unwrap());
    again.args(["--exact", "a_push_does_not_go_through_a_proxy_of_the_environment"]);
    again.env(ADDRESS, address).env("HTTP_PROXY", format!("http://{proxy}"));
    let output = again.env_remove("NO_PROXY").env_remove("no_proxy").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    let (first, _, _) = request.join().unwrap();
    assert_eq!(first, "PUT /metrics/job/job HTTP/1.1");
}
