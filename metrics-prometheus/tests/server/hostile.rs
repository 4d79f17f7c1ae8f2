//! Clients that are slow, half-open, malformed, or many.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics_core::Metrics as _;
use typed_metrics_derive::Metrics;
use typed_metrics_prometheus::PrometheusHandler;
use typed_metrics_turn::my_turn;

use crate::client::{Answer, PATIENCE, connect, scrape, send, serve};

#[derive(Metrics)]
#[metrics(prefix = "hostile", crate = typed_metrics_core)]
enum Hostile<'a> {
    #[counter(series_limit = 100_000)]
    Large { number: u32, text: &'a str },
}

/// Reads until the server closes the connection, and returns the bytes and the time.
fn read_to_close(mut stream: TcpStream, since: Instant) -> (Vec<u8>, Duration) {
    let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
    loop {
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(read) => bytes.extend(&part[..read]),
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("the server did not close: {error}"),
        }
    }
    (bytes, since.elapsed())
}

#[test]
fn a_hundred_sockets_without_a_request_make_room_for_a_scrape() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let began = Instant::now();
    let idle: Vec<_> = (0..100).map(|_| connect(address)).collect();
    scrape(address);
    // They have two seconds for a request.
    for stream in idle {
        let (bytes, took) = read_to_close(stream, began);
        assert!(bytes.is_empty(), "{bytes:?}");
        assert!(took < Duration::from_secs(4), "{took:?}");
    }
    scrape(address);
}

#[test]
fn connections_that_are_kept_go_when_others_need_the_room() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let mut kept = Vec::new();
    for _ in 0..64 {
        let mut stream = connect(address);
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
        let mut answer = vec![0; 1024];
        assert_ne!(stream.read(&mut answer).unwrap(), 0);
        kept.push(stream);
    }
    scrape(address);
    let began = Instant::now();
    let (bytes, took) = read_to_close(kept.remove(0), began);
    assert!(bytes.is_empty() && took < Duration::from_secs(1), "the oldest one: {took:?}");
    // The last one can be used again.
    let mut last = kept.pop().unwrap();
    last.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    last.read_to_end(&mut answer).unwrap();
    assert_eq!(Answer::parse(&answer).status, 200);
}

#[test]
fn a_request_that_does_not_arrive_is_given_up_after_two_seconds() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    thread::scope(|scope| {
        // A byte now and then gives no further time.
        for begin in ["G", "GET /metrics HTTP/1.1\r\n", "GET /metrics HTTP/1.1\r\nHost: local"] {
            scope.spawn(move || {
                let (mut stream, began) = (connect(address), Instant::now());
                stream.write_all(begin.as_bytes()).unwrap();
                let mut slow = stream.try_clone().unwrap();
                let drip = thread::spawn(move || {
                    while slow.write_all(b"x").is_ok() && began.elapsed() < PATIENCE {
                        thread::sleep(Duration::from_millis(100));
                    }
                });
                let (_, took) = read_to_close(stream, began);
                let expected = Duration::from_millis(1900)..Duration::from_secs(4);
                assert!(expected.contains(&took), "{begin:?}: {took:?}");
                drip.join().unwrap();
            });
        }
        for _ in 0..20 {
            scrape(address);
            thread::sleep(Duration::from_millis(100));
        }
    });
}

#[test]
fn what_is_not_http_is_refused() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let tls = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
    for bytes in [
        &tls[..],
        b"\r\n\r\n\0\0\0\0",
        b"GET\r\n\r\n",
        b"GET /metrics HTTP/9.9\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nno colon\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ] {
        let answer = send(address, bytes);
        let is_refused = answer.is_empty() || Answer::parse(&answer).status == 400;
        assert!(is_refused, "{:?}", String::from_utf8_lossy(&answer));
    }
    // The head of HTTP/2, with which a client begins that knows it.
    send(address, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    scrape(address);
}

#[test]
fn a_head_that_is_too_large_is_refused() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let head = |bytes: usize| {
        let filler = "x".repeat(bytes);
        format!("GET /healthz HTTP/1.0\r\nX: {filler}\r\n\r\n")
    };
    assert_eq!(Answer::parse(&send(address, head(15_000))).status, 200);
    let (mut stream, began) = (connect(address), Instant::now());
    // The server may close before all is written.
    let _ = stream.write_all(head(1 << 20).as_bytes());
    let (bytes, _) = read_to_close(stream, began);
    assert!(bytes.is_empty() || Answer::parse(&bytes).status == 431, "{bytes:?}");
    let many = "X: 1\r\n".repeat(1000);
    let answer = Answer::parse(&send(address, format!("GET /healthz HTTP/1.0\r\n{many}\r\n")));
    assert_eq!(answer.status, 431);
}

/// Records so many series that a scrape fills the buffers of a socket.
fn record_a_lot() {
    let text = "x".repeat(1000);
    (0..20_000).for_each(|number| Hostile::large(number, &text).inc());
}

fn large_scrape_that_is_not_read(address: SocketAddr) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let mut first = [0; 1000];
    stream.read_exact(&mut first).unwrap();
    assert!(first.starts_with(b"HTTP/1.1 200 OK\r\n"));
    stream
}

#[test]
fn an_answer_that_is_not_read_is_given_up_after_ten_seconds() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    record_a_lot();
    let mut stalled = large_scrape_that_is_not_read(address);
    let mut slow = large_scrape_that_is_not_read(address);
    let began = Instant::now();
    // A few bytes now and then give no further time.
    while began.elapsed() < Duration::from_secs(12) {
        let _ = slow.read(&mut [0; 100]);
        let health = Answer::parse(&send(address, "GET /healthz HTTP/1.0\r\n\r\n"));
        assert_eq!(health.status, 200);
        thread::sleep(Duration::from_millis(200));
    }
    let whole = 20_000 * 1000;
    for stream in [&mut stalled, &mut slow] {
        let (bytes, _) = read_to_close(stream.try_clone().unwrap(), began);
        assert!(bytes.len() < whole, "the buffers hold {} bytes", bytes.len());
    }
    assert_eq!(Hostile::descriptors().len(), 1);
    (0..20_000).for_each(|number| Hostile::large(number, &"x".repeat(1000)).remove());
}

#[test]
fn a_shutdown_waits_a_second_at_most_for_clients_that_do_not_read() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    record_a_lot();
    let _stalled = large_scrape_that_is_not_read(address);
    let _half = connect(address);
    let began = Instant::now();
    typed_metrics_core::shutdown().unwrap();
    let took = began.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(TcpStream::connect(address).is_err(), "the port is free");
    (0..20_000).for_each(|number| Hostile::large(number, &"x".repeat(1000)).remove());
}
