//! Answers of a hostile collector, by HTTP and gRPC, until the messages that a program logs.
//!
//! No answer may make the pipeline panic, lose a batch that waits, wait for ever, or log a secret,
//! several lines or control characters.

#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use typed_metrics_otel::fuzzing::{Answer, Clients, Pipeline};

#[derive(Debug, Arbitrary)]
enum Input<'a> {
    Http {
        status: Status,
        headers: Vec<(Name, &'a [u8])>,
        content_type: Type<'a>,
        body: &'a [u8],
    },
    HttpText {
        status: Status,
        headers: Vec<(Name, &'a str)>,
        content_type: Type<'a>,
        body: &'a str,
    },
    Grpc(&'a [u8]),
    GrpcError {
        code: u8,
        message: &'a str,
        details: &'a [u8],
    },
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Status {
    Known(u8),
    Any(u16),
}

impl Status {
    fn number(self) -> u16 {
        const KNOWN: [u16; 12] = [200, 202, 204, 301, 307, 400, 401, 404, 413, 429, 503, 502];
        match self {
            Self::Known(at) => KNOWN[usize::from(at) % KNOWN.len()],
            Self::Any(status) => status,
        }
    }
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Name {
    RetryAfter,
    Location,
    Other,
}

impl Name {
    fn text(self) -> &'static str {
        match self {
            Self::RetryAfter => "retry-after",
            Self::Location => "location",
            Self::Other => "x-other",
        }
    }
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Type<'a> {
    Protobuf,
    Json,
    Plain,
    Html,
    Absent,
    Other(&'a [u8]),
}

impl<'a> Type<'a> {
    fn text(self) -> Option<&'a [u8]> {
        Some(match self {
            Self::Protobuf => b"application/x-protobuf",
            Self::Json => b"application/json",
            Self::Plain => b"text/plain; charset=utf-8",
            Self::Html => b"text/html",
            Self::Absent => return None,
            Self::Other(other) => other,
        })
    }
}

const SECRET: &str = "s3cret";
const HEADERS: [(&str, &str); 2] = [("authorization", "Bearer  s3cret"), ("x-key", "key a  b")];

static CLIENTS: LazyLock<Clients> = LazyLock::new(|| {
    log::set_logger(&Strict).expect("there is no other logger");
    log::set_max_level(log::LevelFilter::Trace);
    Clients::new(&HEADERS)
});

fuzz_target!(|answers: Vec<Input<'_>>| {
    let clients = &*CLIENTS;
    let pipeline = Pipeline::open(None, 1000).expect("memory is there");
    for (number, answer) in answers.iter().take(8).enumerate() {
        let body = number.to_string();
        pipeline.push(body.as_bytes(), 1 + number as u64);
        let (batches, points) = pipeline.waiting();
        let sent = match answer {
            Input::Http { status, headers, content_type, body } => {
                let headers = headers.iter().map(|(name, value)| (name.text(), *value));
                http(&pipeline, clients, *status, headers.collect(), *content_type, body)
            }
            Input::HttpText { status, headers, content_type, body } => {
                let headers = headers.iter().map(|(name, value)| (name.text(), value.as_bytes()));
                http(&pipeline, clients, *status, headers.collect(), *content_type, body.as_bytes())
            }
            Input::Grpc(message) => pipeline.send(clients, &Answer::Grpc(message)),
            Input::GrpcError { code, message, details } => {
                let answer = Answer::GrpcError(i32::from(*code), message, details);
                pipeline.send(clients, &answer)
            }
        };
        let Some(sent) = sent else {
            assert_eq!(pipeline.waiting(), (batches, points));
            continue;
        };
        check_text(&sent.text);
        let (left, _) = pipeline.waiting();
        // A batch that is never accepted is given up while others are accepted.
        assert!(left == batches - 1 || sent.is_kept && left == batches, "{sent:?}");
        assert!(sent.rejected <= i64::MAX as u64);
        let pause = sent.pause.unwrap_or_default();
        assert!(pause <= Duration::from_secs(24 * 3600 + 1), "{sent:?}");
    }
});

fn http<'a>(
    pipeline: &Pipeline,
    clients: &Clients,
    status: Status,
    mut headers: Vec<(&str, &'a [u8])>,
    content_type: Type<'a>,
    body: &[u8],
) -> Option<typed_metrics_otel::fuzzing::Sent> {
    headers.extend(content_type.text().map(|text| ("content-type", text)));
    pipeline.send(clients, &Answer::Http(status.number(), &headers, body))
}

fn check_text(text: &str) {
    assert!(!text.contains(SECRET), "{text:?} has a secret");
    assert!(!text.contains("key a b"), "{text:?} has a secret");
    assert!(!text.contains(char::is_control), "{text:?} has control characters");
    assert!(text.chars().count() < 1000, "{text:?} is too long");
}

/// A logger that reads what is logged.
struct Strict;

impl log::Log for Strict {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target().starts_with("typed_metrics")
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            check_text(&record.args().to_string());
        }
    }

    fn flush(&self) {}
}
