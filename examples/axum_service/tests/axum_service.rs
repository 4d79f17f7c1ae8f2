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
            rows(&table, "links.requests"),
            [
                &["links.requests", "counter", "{request}", "route=/links/{name} status=201", "2"]
                    [..],
                &["route=/{name} status=307", "1"],
                &["route=/{name} status=404", "1"],
                &["route=none status=404", "1"],
            ]
        );
        // The unit depends on the time that the requests took.
        let durations: Vec<_> = rows(&table, "links.request_duration")
            .iter()
            .map(|cells| {
                let labels = cells.iter().position(|cell| cell.starts_with("route=")).unwrap();
                [cells[labels], cells[labels + 1]]
            })
            .collect();
        assert_eq!(
            durations,
            [["route=/links/{name}", "2"], ["route=/{name}", "2"], ["route=none", "1"]]
        );
        let last = |metric| *rows(&table, metric)[0].last().unwrap();
        assert_eq!(last("links.stored"), "2", "{table}");
        assert_eq!(last("links.expired"), "0", "{table}");
        assert_eq!(last("links.requests_in_flight"), "0", "{table}");
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
    assert_eq!(rows(&table, "links.requests").len(), 1, "{table}");
    assert_eq!(rows(&table, "links.requests_in_flight")[0].last(), Some(&"0"), "{table}");
    assert_eq!(rows(&table, "links.request_duration").len(), 2, "{table}");
}
