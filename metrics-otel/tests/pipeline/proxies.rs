//! Proxies, as curl uses them: requests to `http://` are forwarded, and connections to `https://`,
//! and those of gRPC, go through a tunnel.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use typed_metrics_otel::Protocol;
use typed_metrics_receiver::Receiver;

use crate::environment::run;
use crate::pipelines::PROTOCOLS;

/// A proxy that keeps the head of each connection's first request.
pub(crate) struct Proxy {
    pub(crate) host: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts a proxy. One that only forwards refuses tunnels.
    pub(crate) fn start(only_forwards: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&heads);
        thread::spawn(move || {
            for client in listener.incoming() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || serve(client.unwrap(), only_forwards, &kept));
            }
        });
        Self { host, heads }
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

fn serve(mut client: TcpStream, only_forwards: bool, kept: &Mutex<Vec<String>>) -> Option<()> {
    let mut read = Vec::new();
    let mut byte = [0];
    while !read.ends_with(b"\r\n\r\n") {
        client.read_exact(&mut byte).ok()?;
        read.push(byte[0]);
    }
    let head = String::from_utf8(read.clone()).unwrap();
    kept.lock().unwrap().push(head.clone());
    let target = head.split_whitespace().nth(1).unwrap();
    let is_tunnel = head.starts_with("CONNECT ");
    if is_tunnel && only_forwards {
        return client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n").ok();
    }
    let host = target.trim_start_matches("http://").split('/').next().unwrap();
    let mut server = TcpStream::connect(host).ok()?;
    if is_tunnel {
        client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").ok()?;
    } else {
        // A server takes the whole address, too.
        server.write_all(&read).ok()?;
    }
    let (mut from, mut to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    thread::spawn(move || std::io::copy(&mut from, &mut to));
    std::io::copy(&mut server, &mut client).ok()?;
    Some(())
}

/// The variables of a process that sends to the receiver.
fn variables(receiver: &Receiver, protocol: Protocol) -> [(&'static str, String); 2] {
    let (name, endpoint) = match protocol {
        Protocol::Grpc => ("grpc", receiver.grpc_endpoint()),
        _ => ("http/protobuf", receiver.http_endpoint()),
    };
    [("OTEL_EXPORTER_OTLP_PROTOCOL", name.to_owned()), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]
}

fn run_with(variables: &[(&'static str, String)], more: &[(&str, &str)]) {
    let all: Vec<_> = variables.iter().map(|(name, value)| (*name, &**value)).collect();
    run("by_name", &[&all, more].concat());
}

#[test]
fn a_proxy_forwards_requests_over_http_and_tunnels_grpc() {
    for protocol in PROTOCOLS {
        let is_http = *protocol == Protocol::HttpProtobuf;
        let receiver = Receiver::start();
        let proxy = Proxy::start(is_http);
        let address = format!("http://me:se%40cret@{}", proxy.host);
        let to = variables(&receiver, *protocol);
        run_with(&to, &[("HTTP_PROXY", &address), ("HTTPS_PROXY", "http://127.0.0.1:1")]);
        assert_eq!(receiver.totals().int("environment.count", ""), 7, "{protocol:?}");
        let heads = proxy.heads();
        let (_, host) = to[1].1.split_once("://").unwrap();
        let line = match protocol {
            Protocol::Grpc => format!("CONNECT {host} HTTP/1.1\r\n"),
            _ => format!("POST http://{host}/v1/metrics HTTP/1.1\r\n"),
        };
        assert!(!heads.is_empty());
        for head in heads {
            assert!(head.starts_with(&line), "{head}");
            let lower = head.to_ascii_lowercase();
            assert!(lower.contains(&format!("\r\nhost: {host}\r\n")), "{head}");
            assert!(
                lower.contains(
                    "\r\nproxy-authorization: basic bwu6c2vay3jldA==\r\n"
                        .to_ascii_lowercase()
                        .as_str()
                ),
                "{head}"
            );
        }
    }
}

#[test]
fn no_proxy_names_the_collector() {
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let to = variables(&receiver, *protocol);
        let dead = ("http_proxy", "http://127.0.0.1:1");
        run_with(&to, &[dead, ("NO_PROXY", "example.com,127.0.0.0/8")]);
        assert_eq!(receiver.totals().int("environment.count", ""), 7, "{protocol:?}");
    }
}

#[test]
fn a_proxy_that_cannot_be_used_is_refused() {
    let printed = run("error", &[("ALL_PROXY", "socks5://me:secret@127.0.0.1:1080")]);
    let said = "`ALL_PROXY` is `socks5://…@127.0.0.1:1080`, and `socks5://` proxies are not \
                supported; write `http://…`, or name the collector in `NO_PROXY`";
    assert!(printed.contains(said), "{printed}");
}

#[test]
#[cfg(feature = "tls")]
fn a_proxy_with_credentials_that_are_not_utf_8_is_refused() {
    let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "https://localhost:4318");
    let printed = run("error", &[endpoint, ("HTTPS_PROXY", "http://me:%ff@127.0.0.1:1080")]);
    let said = "`HTTPS_PROXY` is `http://…@127.0.0.1:1080`, which cannot be used for `https://`";
    assert!(printed.contains(said), "{printed}");
}
