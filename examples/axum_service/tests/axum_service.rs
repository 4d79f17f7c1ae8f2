//! Runs the example `axum_service` as a user does: requests, and a signal at the end.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// The service, on a port of its own.
struct Service {
    process: Child,
    stderr: BufReader<ChildStderr>,
    address: String,
}

impl Service {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_axum_service"))
            .arg("127.0.0.1:0")
            .env_remove("OTEL_METRIC_EXPORT_INTERVAL")
            .env_remove("COLUMNS")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        stderr.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix("listening at http://").unwrap().to_owned();
        Self { process, stderr, address }
    }

    fn send(&self, request: &str) -> TcpStream {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        connection.write_all(request.as_bytes()).unwrap();
        connection
    }

    /// Sends a request, and returns the status and the whole answer.
    fn ask(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let mut connection = self.send(&format!(
            "{method} {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ));
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }

    /// Ends the service by `signal`, and returns the printed table and the text on standard error.
    #[track_caller]
    fn end_by(mut self, signal: Signal) -> (String, String) {
        kill(Pid::from_raw(self.process.id().try_into().unwrap()), signal).unwrap();
        let output = self.process.wait_with_output().unwrap();
        let mut said = String::new();
        self.stderr.read_to_string(&mut said).unwrap();
        assert_eq!(output.status.code(), Some(0), "{said}");
        (String::from_utf8(output.stdout).unwrap(), said)
    }
}

/// The cells of the rows of `metric`: the row that begins with the metric's name, and the rows of
/// its other series.
#[track_caller]
fn rows<'t>(table: &'t str, metric: &str) -> Vec<Vec<&'t str>> {
    let is_first = |line: &&str| line.split_whitespace().next() == Some(metric);
    let mut lines = table.lines().skip_while(|line| !is_first(line));
    let first = lines.next().unwrap_or_else(|| panic!("no `{metric}` in\n{table}"));
    let others = lines.take_while(|line| line.starts_with(' '));
    let cells = |line: &'t str| {
        line.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
    };
    std::iter::once(first).chain(others).map(cells).collect()
}

/// Each series of the durations of requests: method, status or error, and route, and the number of
/// requests.
fn requests(table: &str) -> Vec<[String; 2]> {
    let labels = ["http.request.method", "http.response.status_code", "error.type", "http.route"];
    let of = |cells: Vec<&str>| {
        // The first row begins with the name of the metric and the unit.
        let at = cells.iter().position(|cell| cell.contains('=')).unwrap();
        let value = |name: &&str| {
            let pairs = cells[at].split(' ').filter_map(|label| label.split_once('='));
            pairs.filter(|(label, _)| label == name).map(|(_, value)| value.to_owned()).next()
        };
        let values: Vec<_> = labels.iter().filter_map(value).collect();
        [values.join(" "), cells[at + 1].to_owned()]
    };
    rows(table, "http.server.request.duration").into_iter().map(of).collect()
}

#[test]
fn the_last_table_has_every_request() {
    for signal in [Signal::SIGTERM, Signal::SIGINT] {
        let service = Service::start();
        assert_eq!(service.ask("PUT", "/links/docs", "https://docs.rs").0, 201);
        assert_eq!(service.ask("PUT", "/links/book", "https://doc.rust-lang.org/book").0, 201);
        let (status, answer) = service.ask("GET", "/docs", "");
        assert!(status == 307 && answer.contains("location: https://docs.rs\r\n"), "{answer}");
        assert_eq!(service.ask("GET", "/unknown", "").0, 404);
        assert_eq!(service.ask("GET", "/no/such/route", "").0, 404);
        let (table, said) = service.end_by(signal);
        assert_eq!(said, "", "{signal}");

        assert_eq!(
            requests(&table),
            [
                ["GET 307 /{name}", "1"],
                ["GET 404 /{name}", "1"],
                ["GET 404", "1"],
                ["PUT 201 /links/{name}", "2"],
            ]
        );
        let last = |metric| *rows(&table, metric)[0].last().unwrap();
        assert_eq!(last("links.stored"), "2", "{table}");
        assert_eq!(last("links.expired"), "0", "{table}");
        for active in rows(&table, "http.server.active_requests") {
            assert_eq!(active.last(), Some(&"0"), "{table}");
        }
        assert_eq!(rows(&table, "links.sweep_duration")[0][2], "1", "{table}");
    }
}

#[test]
fn a_request_that_does_not_end_is_dropped_after_a_while_and_no_longer_in_flight() {
    let service = Service::start();
    // The body is never sent. The answer to another request shows that the service is serving.
    let head = "PUT /links/slow HTTP/1.1\r\nhost: test\r\ncontent-length: 9\r\n\r\n";
    let mut connection = service.send(head);
    assert_eq!(service.ask("GET", "/unknown", "").0, 404);
    let (table, said) = service.end_by(Signal::SIGTERM);
    assert_eq!(said, "some requests did not end within 5s\n");
    assert_eq!(connection.read(&mut [0]).ok().filter(|&read| read > 0), None);
    for active in rows(&table, "http.server.active_requests") {
        assert_eq!(active.last(), Some(&"0"), "{table}");
    }
    assert_eq!(
        requests(&table),
        [["GET 404 /{name}", "1"], ["PUT cancelled /links/{name}", "1"]],
        "{table}"
    );
}
