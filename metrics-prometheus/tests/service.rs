//! The tower service in a router of axum, on a runtime of one thread.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use typed_metrics_core::{Metrics as _, observe};
use typed_metrics_derive::Metrics;
use typed_metrics_prometheus::PrometheusHandler;

#[derive(Metrics)]
#[metrics(prefix = "mounted", crate = typed_metrics_core)]
enum Mounted {
    #[counter]
    Requests { test: u64 },
}

/// Serves the router from one thread, which the service would stop if it blocked.
fn serve(router: Router) -> SocketAddr {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        runtime.block_on(async { axum::serve(listener, router).await.unwrap() });
    });
    address
}

fn send(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn router() -> Router {
    let handler = PrometheusHandler::builder().build().unwrap();
    Router::new()
        .route("/shop", get(async || "open"))
        .route_service("/metrics", handler.service())
        .nest_service("/inside", handler.service())
}

#[test]
fn a_router_of_the_program_answers_scrapes() {
    let address = serve(router());
    for (scrape, path) in ["/metrics", "/inside", "/inside/metrics"].iter().enumerate() {
        Mounted::requests(1).inc();
        let answer = send(address, &format!("GET {path} HTTP/1.0\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
        let counted = format!("\nmounted_requests_total{{test=\"1\"}} {}", scrape + 1);
        assert!(answer.contains(&counted), "{answer}");
    }
    let head = send(address, "HEAD /metrics HTTP/1.0\r\n\r\n");
    assert!(head.starts_with("HTTP/1.0 200 OK\r\n") && head.ends_with("\r\n\r\n"), "{head}");
    let open =
        "GET /metrics HTTP/1.0\r\nAccept: application/openmetrics-text;version=1.0.0\r\n\r\n";
    assert!(send(address, open).ends_with("\n# EOF\n"));
    let refused = send(address, "POST /metrics HTTP/1.0\r\nContent-Length: 1\r\n\r\nx");
    assert!(refused.starts_with("HTTP/1.0 405 "), "{refused}");
    assert_eq!(Mounted::descriptors().len(), 1);
}

#[test]
fn the_service_asks_for_the_password_of_the_builder() {
    let builder = PrometheusHandler::builder().basic_auth("Aladdin", "open sesame");
    for builder in [builder.clone(), builder.without_server()] {
        let handler = builder.build().unwrap();
        let router = Router::new()
            .route("/shop", get(async || "open"))
            .route_service("/metrics", handler.service());
        let address = serve(router);
        Mounted::requests(2).inc();
        for given in ["", "Authorization: Basic QWxhZGRpbjp3cm9uZw==\r\n"] {
            for method in ["GET", "POST"] {
                let answer = send(address, &format!("{method} /metrics HTTP/1.0\r\n{given}\r\n"));
                assert!(answer.starts_with("HTTP/1.0 401 "), "{answer}");
                let asks = "\r\nwww-authenticate: Basic realm=\"metrics\", charset=\"UTF-8\"\r\n";
                assert!(answer.contains(asks), "{answer}");
                assert!(!answer.contains("mounted_requests"), "{answer}");
            }
        }
        let login = "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
        let answer = send(address, &format!("GET /metrics HTTP/1.0\r\n{login}\r\n\r\n"));
        assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
        assert!(answer.contains("\nmounted_requests_total{test=\"2\"} "), "{answer}");
        // The other routes are the program's.
        assert!(send(address, "GET /shop HTTP/1.0\r\n\r\n").ends_with("open"));
    }
}

#[test]
fn a_callback_that_hangs_stops_neither_the_runtime_nor_a_scrape() {
    let address = serve(router());
    let is_over = Arc::new(AtomicBool::new(false));
    let wait = Arc::clone(&is_over);
    let observed = observe(move || {
        while !wait.load(Relaxed) {
            thread::sleep(Duration::from_millis(5));
        }
    });
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..3 {
                let began = Instant::now();
                let answer = send(address, "GET /metrics HTTP/1.0\r\n\r\n");
                assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer}");
                let took = began.elapsed();
                assert!(took < Duration::from_secs(1), "{took:?}");
            }
        });
        for _ in 0..20 {
            let began = Instant::now();
            assert!(send(address, "GET /shop HTTP/1.0\r\n\r\n").ends_with("open"));
            let took = began.elapsed();
            assert!(took < Duration::from_millis(250), "{took:?}");
            thread::sleep(Duration::from_millis(20));
        }
    });
    is_over.store(true, Relaxed);
    drop(observed);
}
