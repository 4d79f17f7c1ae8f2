//! A client that speaks HTTP by hand, so that it can also speak it badly.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use typed_metrics_core::set_metric_handlers;
use typed_metrics_prometheus::{PrometheusBuilder, PrometheusHandler};

/// Longer than anything takes that a test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// An answer of the server.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// By their names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// # Panics
    /// If `bytes` is not one whole answer.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer: {:?}", String::from_utf8_lossy(bytes)));
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| line.split_once(": ").unwrap());
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        Self { status, headers: headers.collect(), body: bytes[end + 4..].to_vec() }
    }

    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        if self.headers.get("content-encoding").is_some_and(|coding| coding == "gzip") {
            GzDecoder::new(&*self.body).read_to_string(&mut text).unwrap();
        } else {
            text = String::from_utf8(self.body.clone()).unwrap();
        }
        text
    }
}

/// Installs a handler on a free port.
pub(crate) fn serve(builder: PrometheusBuilder) -> (PrometheusHandler, SocketAddr) {
    let handler = builder.address(([127, 0, 0, 1], 0)).build().unwrap();
    set_metric_handlers(handler.clone()).unwrap();
    let address = handler.local_addr().unwrap();
    (handler, address)
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends bytes, and reads until the server closes the connection.
pub(crate) fn send(address: SocketAddr, bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut stream = connect(address);
    stream.write_all(bytes.as_ref()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    answer
}

/// One request. Each header is a line.
pub(crate) fn request(address: SocketAddr, method: &str, path: &str, headers: &[&str]) -> Answer {
    let host = if headers.iter().any(|line| line.starts_with("Host:")) {
        String::new()
    } else {
        format!("Host: {address}\r\n")
    };
    let headers: Vec<_> = headers.iter().flat_map(|line| [line, "\r\n"]).collect();
    let headers = headers.concat();
    let head = format!("{method} {path} HTTP/1.1\r\n{host}Connection: close\r\n{headers}\r\n");
    Answer::parse(&send(address, head))
}

pub(crate) fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, "GET", path, &[])
}

/// Scrapes as a healthy scraper does, and asserts that the answer comes within a second.
#[track_caller]
pub(crate) fn scrape(address: SocketAddr) -> String {
    let began = Instant::now();
    let answer = get(address, "/metrics");
    let took = began.elapsed();
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(took < Duration::from_secs(1), "the scrape took {took:?}");
    answer.text()
}
