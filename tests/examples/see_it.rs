//! The example `see_it`, asked by a browser.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::example;

/// A program that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The body of the answer to `GET path`.
fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200 "), "{head}");
    body.to_owned()
}

/// The number of queries that the page of the program knows.
fn queries(address: &str) -> u64 {
    let data: Value = serde_json::from_str(&get(address, "/data.json")).unwrap();
    assert_eq!(data["process"]["name"], "see_it");
    let metrics = data["metrics"].as_array().unwrap();
    let queries = metrics.iter().find(|metric| metric["name"] == "search.queries").unwrap();
    queries["series"].as_array().unwrap().iter().map(|row| row[1].as_u64().unwrap()).sum()
}

#[test]
fn it_prints_the_address_of_a_page_with_its_metrics() {
    let mut command = example("see_it");
    command.env("OTEL_EXPORTER_PROMETHEUS_PORT", "0").env_remove("OTEL_EXPORTER_PROMETHEUS_HOST");
    let mut program = Running(command.stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    let mut lines = BufReader::new(program.0.stdout.take().unwrap());
    lines.read_line(&mut line).unwrap();
    let (_, address) = line.trim_end().split_once("http://").unwrap();
    let address = address.trim_end_matches('/');

    assert!(get(address, "/").starts_with("<!doctype html>"));
    // The service goes on.
    let start = Instant::now();
    let mut last = 0;
    for _ in 0..2 {
        while queries(address) <= last {
            assert!(start.elapsed() < Duration::from_secs(60), "still {last} queries");
            std::thread::sleep(Duration::from_millis(50));
        }
        last = queries(address);
    }
}
