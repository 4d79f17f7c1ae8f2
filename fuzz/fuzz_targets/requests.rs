//! Requests to the scrape endpoint: headers, methods, paths and passwords.
//!
//! No request may make the server panic, read metrics without the password, or get another format
//! or encoding than the answer states.

#![no_main]

use std::io::Read;
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use flate2::read::GzDecoder;
use http::{Method, Request};
use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use typed_metrics_core::{MetricType, attributes, record_metric};
use typed_metrics_prometheus::Format;
use typed_metrics_prometheus::fuzzing::{Server, allowed_host};

use crate::parser::{Dialect, parse};

#[path = "../../metrics-prometheus/tests/formats/case.rs"]
#[allow(dead_code, reason = "`expected` needs only its fields")]
mod case;
#[path = "../../metrics-prometheus/tests/formats/expected.rs"]
#[allow(dead_code, reason = "the parser needs only its labels")]
mod expected;
#[path = "../../metrics-prometheus/tests/formats/native.rs"]
#[allow(dead_code, reason = "`expected` needs only its functions")]
mod native;
#[path = "../../metrics-prometheus/tests/formats/parser.rs"]
#[allow(dead_code, reason = "only whether it parses counts")]
mod parser;
#[path = "../../metrics-prometheus/tests/formats/protobuf.rs"]
#[allow(dead_code, reason = "`native` needs only its types")]
mod protobuf;

#[derive(Debug, Arbitrary)]
struct Input<'a> {
    has_login: bool,
    method: &'a str,
    path: Path<'a>,
    headers: Vec<Header<'a>>,
    allowed: &'a str,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
enum Path<'a> {
    Metrics,
    Data,
    Page,
    Health,
    Other(&'a str),
}

#[derive(Debug, Arbitrary)]
enum Header<'a> {
    Accept(&'a [u8]),
    AcceptEncoding(&'a [u8]),
    Host(&'a [u8]),
    Authorization(&'a [u8]),
    /// The text in base64, after `Basic `.
    Basic(&'a [u8]),
    OpenMetrics(&'a str),
    Gzip,
    Login,
}

const USER: &str = "shop";
const PASSWORD: &str = "open:sésame";
const HOST: &str = "metrics.example";

static SERVERS: LazyLock<[Server; 2]> = LazyLock::new(|| {
    let labels = attributes!("path" => "/\"\\\n");
    record_metric("orders", 3, MetricType::Counter, labels).expect("it can be recorded");
    [Server::new(None, HOST), Server::new(Some((USER, PASSWORD)), HOST)]
});

fuzz_target!(|input: Input<'_>| {
    if let Ok(name) = allowed_host(input.allowed) {
        assert_eq!(allowed_host(&name), Ok(name.clone()), "a name that is allowed stays the same");
    }
    let Some(request) = request(&input) else { return };
    let server = &SERVERS[usize::from(input.has_login)];
    let answer = server.answer(&request);
    let (status, headers) = (answer.status().as_u16(), answer.headers());
    assert!(matches!(status, 200 | 401 | 404 | 405 | 421), "{status} for {request:?}");
    let is_open = request.uri.path() == "/healthz";
    if input.has_login && !is_open && !has_password(&request.headers) {
        assert!(matches!(status, 401 | 421), "{status} without the password for {request:?}");
    }
    if status != 421 {
        let hosts = request.headers.get_all("host");
        assert!(hosts.iter().next().is_none_or(|host| is_local(host.as_bytes())), "{request:?}");
    }
    if status != 200 {
        return;
    }
    let content_type = headers["content-type"].to_str().expect("it is a text");
    let body = match headers.get("content-encoding") {
        None => answer.body().to_vec(),
        Some(encoding) => {
            assert_eq!(encoding, "gzip");
            let mut plain = Vec::new();
            GzDecoder::new(&**answer.body()).read_to_end(&mut plain).expect("it is gzip");
            plain
        }
    };
    match request.uri.path() {
        "/metrics" | "/metrics/" => check_scrape(content_type, &body),
        "/data.json" => {
            serde_json::from_slice::<serde_json::Value>(&body).expect("it is JSON");
        }
        _ => {}
    }
});

fn request(input: &Input<'_>) -> Option<http::request::Parts> {
    let path = match input.path {
        Path::Metrics => "/metrics",
        Path::Data => "/data.json",
        Path::Page => "/",
        Path::Health => "/healthz",
        Path::Other(path) => path,
    };
    let method = match input.method {
        "" => Method::GET,
        other => other.parse().ok()?,
    };
    let mut request = Request::builder().method(method).uri(path);
    for header in &input.headers {
        request = match header {
            Header::Accept(value) => request.header("accept", *value),
            Header::AcceptEncoding(value) => request.header("accept-encoding", *value),
            Header::Host(value) => request.header("host", *value),
            Header::Authorization(value) => request.header("authorization", *value),
            Header::Basic(value) => {
                let value = format!("Basic {}", BASE64_STANDARD.encode(value));
                request.header("authorization", value)
            }
            Header::OpenMetrics(rest) => {
                request.header("accept", format!("application/openmetrics-text;{rest}"))
            }
            Header::Gzip => request.header("accept-encoding", "gzip"),
            Header::Login => {
                let login = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
                request.header("authorization", format!("Basic {login}"))
            }
        };
    }
    Some(request.body(()).ok()?.into_parts().0)
}

/// Whether the first `Authorization` has the user and the password (RFC 7617).
fn has_password(headers: &http::HeaderMap) -> bool {
    let value = headers.get("authorization").map(|value| value.as_bytes());
    let Some((scheme, rest)) = value.and_then(|value| value.split_at_checked(5)) else {
        return false;
    };
    let decoded = BASE64_STANDARD.decode(rest.trim_ascii());
    scheme.eq_ignore_ascii_case(b"basic")
        && decoded.is_ok_and(|login| login == format!("{USER}:{PASSWORD}").as_bytes())
}

/// Whether a page of another site cannot have this host.
fn is_local(host: &[u8]) -> bool {
    let Ok(host) = std::str::from_utf8(host) else { return false };
    let host = host.to_ascii_lowercase();
    let end = host.rfind(':').filter(|at| host[at + 1..].bytes().all(|b| b.is_ascii_digit()));
    let name = host[..end.unwrap_or(host.len())].trim_end_matches('.');
    let bare = name.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::IpAddr>().is_ok()
        || name == HOST
        || name.rsplit('.').next() == Some("localhost")
        // Without its brackets, an address of IPv6 looks as if it had a port.
        || host.parse::<std::net::IpAddr>().is_ok()
}

fn check_scrape(content_type: &str, body: &[u8]) {
    let format = Format::from_accept(Some(content_type));
    assert_eq!(format.content_type(), content_type);
    let dialect = match format {
        Format::Text | Format::Text1(_) => Dialect::Text,
        Format::OpenMetrics(_) => Dialect::OpenMetrics,
        Format::OpenMetrics2(_) => Dialect::OpenMetrics2,
        _ => return,
    };
    let text = std::str::from_utf8(body).expect("it is UTF-8");
    parse(text, dialect).expect("it is a scrape");
}
