//! A collector's answer to a batch.

use std::io::{self, ErrorKind};
use std::time::{Duration, SystemTime};

use prost::Message;
use serde_json::Value;
use ureq::http::HeaderMap;

/// How an attempt to send ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The collector accepted the batch, except for `rejected` data points.
    Accepted { rejected: u64, message: String },
    /// The collector will never accept the batch, for this reason.
    Refused(String),
    /// The attempt failed for this reason, and may be repeated. The collector may ask for a pause.
    Retry { reason: String, after: Option<Duration>, failure: Failure },
}

/// The kind of a failure that may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The collector answered that it does not take the batch now.
    Answered,
    /// The connection broke, or there was no answer.
    Passing,
    /// Nothing listens at the address, or its name is unknown.
    Unreachable,
    /// The settings, here or of the collector, have to be changed.
    Settings,
}

impl Failure {
    /// Whether trying again soon is useless.
    pub(crate) fn is_lasting(self) -> bool {
        self == Self::Settings
    }
}

impl Outcome {
    /// A failure without an answer.
    pub(crate) fn retry(reason: impl Into<String>) -> Self {
        Self::failed(Failure::Passing, reason)
    }

    /// A failure after which the collector did not ask for a pause.
    pub(crate) fn failed(failure: Failure, reason: impl Into<String>) -> Self {
        Self::Retry { reason: reason.into(), after: None, failure }
    }

    /// The outcome of a successful response.
    pub(crate) fn accepted(response: ExportResponse, headers: &HeaderMap) -> Self {
        let partial = response.partial_success.unwrap_or_default();
        let rejected = u64::try_from(partial.rejected_data_points).unwrap_or(0);
        Self::Accepted { rejected, message: sanitized(&partial.error_message, headers) }
    }
}

/// `ExportMetricsServiceResponse` of OTLP.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct ExportResponse {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

/// `ExportMetricsPartialSuccess` of OTLP.
#[derive(Clone, PartialEq, prost::Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected_data_points: i64,
    #[prost(string, tag = "2")]
    error_message: String,
}

impl ExportResponse {
    /// The response in OTLP's JSON: an empty object, or one with `partialSuccess`.
    pub(crate) fn of_json(body: &[u8]) -> Option<Self> {
        let Ok(Value::Object(response)) = serde_json::from_slice(body) else { return None };
        let partial_success = match response.get("partialSuccess") {
            None if response.is_empty() => None,
            None => return None,
            Some(Value::Null) => None,
            Some(partial) => Some(PartialSuccess::of_json(partial)?),
        };
        Some(Self { partial_success })
    }
}

impl PartialSuccess {
    fn of_json(partial: &Value) -> Option<Self> {
        let partial = partial.as_object()?;
        let rejected_data_points = match partial.get("rejectedDataPoints") {
            None | Some(Value::Null) => 0,
            // Protobuf's JSON has 64-bit integers as texts, and readers also take numbers.
            Some(Value::String(number)) => number.parse().ok()?,
            Some(number) => number.as_i64()?,
        };
        let error_message = match partial.get("errorMessage") {
            None | Some(Value::Null) => String::new(),
            Some(message) => message.as_str()?.to_owned(),
        };
        Some(Self { rejected_data_points, error_message })
    }
}

/// Whether an error says that the two sides cannot agree on TLS: another attempt fails as well.
pub(crate) fn is_of_tls(error: &str) -> bool {
    let of_tls = ["invalid peer certificate", "received fatal alert", "InvalidContentType"];
    of_tls.iter().any(|text| error.contains(text))
}

/// Whether the error means that nothing listens at the address, or that its name is unknown.
pub(crate) fn is_unreachable(error: &io::Error) -> bool {
    use ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};

    let of_address = [ConnectionRefused, HostUnreachable, NetworkUnreachable, AddrNotAvailable];
    of_address.contains(&error.kind()) || is_of_lookup(error)
}

/// Whether the lookup of a host's name failed. The standard library has no stable kind for that.
fn is_of_lookup(error: &io::Error) -> bool {
    if cfg!(windows) {
        // `WSAHOST_NOT_FOUND`, `WSATRY_AGAIN`, `WSANO_RECOVERY` and `WSANO_DATA`.
        matches!(error.raw_os_error(), Some(11_001..=11_004))
    } else {
        error.to_string().starts_with("failed to lookup address information")
    }
}

/// `google.rpc.Status`, by which OTLP reports errors.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(message, repeated, tag = "3")]
    details: Vec<Detail>,
}

/// `google.protobuf.Any`.
#[derive(Clone, PartialEq, prost::Message)]
struct Detail {
    #[prost(string, tag = "1")]
    type_url: String,
    #[prost(bytes = "vec", tag = "2")]
    value: Vec<u8>,
}

/// `google.rpc.RetryInfo`.
#[derive(Clone, PartialEq, prost::Message)]
struct RetryInfo {
    #[prost(message, optional, tag = "1")]
    delay: Option<Delay>,
}

/// `google.protobuf.Duration`.
#[derive(Clone, Copy, PartialEq, prost::Message)]
struct Delay {
    #[prost(int64, tag = "1")]
    seconds: i64,
    #[prost(int32, tag = "2")]
    nanos: i32,
}

impl Status {
    /// The pause that the collector asks for.
    #[cfg_attr(
        not(feature = "grpc"),
        allow(dead_code, reason = "only gRPC reports the pause this way")
    )]
    pub(crate) fn retry_delay(&self) -> Option<Duration> {
        let named = |detail: &&Detail| detail.type_url.ends_with("google.rpc.RetryInfo");
        let info = self.details.iter().find(named)?;
        let delay = RetryInfo::decode(&*info.value).ok()?.delay.unwrap_or_default();
        let nanos = u32::try_from(delay.nanos).ok()?;
        Some(Duration::new(u64::try_from(delay.seconds).ok()?, nanos))
    }
}

/// The message in the body of an HTTP error.
pub(crate) fn error_message(content_type: &str, body: &[u8]) -> String {
    if content_type.contains("protobuf") {
        Status::decode(body).map(|status| status.message).unwrap_or_default()
    } else if content_type.contains("html") {
        String::new()
    } else {
        String::from_utf8_lossy(body).into_owned()
    }
}

/// `Retry-After`: seconds or a date (RFC 9110, section 10.2.3).
pub(crate) fn retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// A collector's text, for messages: one line of at most 200 characters, without the values of
/// headers, which some collectors repeat in their answers, and without control characters, which
/// a terminal would obey.
pub(crate) fn sanitized(text: &str, headers: &HeaderMap) -> String {
    let values = headers.values().filter_map(|value| value.to_str().ok());
    // The whole value, and the token without its scheme.
    let parts = values.flat_map(|value| [Some(value), value.split_whitespace().last()]).flatten();
    let secrets = parts.map(in_one_line).filter(|part| part.len() >= 4);
    // A text in one line has a secret as the secret is in one line.
    let line = secrets.fold(in_one_line(text), |line, secret| line.replace(&secret, "…"));
    match line.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The words of the text, with one blank between them.
fn in_one_line(text: &str) -> String {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(retry_after("120", now), Some(Duration::from_secs(120)));
        let date = "Sun, 06 Nov 1994 08:49:40 GMT";
        assert_eq!(retry_after(date, now), Some(Duration::from_secs(3)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:30 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }

    #[test]
    fn errors_are_texts_or_a_status() {
        let status = Status { code: 3, message: "bad metric".to_owned(), details: Vec::new() };
        let body = status.encode_to_vec();
        assert_eq!(error_message("application/x-protobuf", &body), "bad metric");
        assert_eq!(error_message("text/plain", b"no such token"), "no such token");
        assert_eq!(error_message("text/html", b"<html>"), "");
    }

    #[test]
    fn a_sanitized_text_is_one_line_without_secrets() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer s3cret".parse().unwrap());
        headers.insert("x-short", "a".parse().unwrap());
        assert_eq!(sanitized("no\r\n such  thing", &headers), "no such thing");
        assert_eq!(sanitized("bad token s3cret", &headers), "bad token …");
        assert_eq!(sanitized("`Bearer s3cret` is bad", &headers), "`…` is bad");
        assert_eq!(sanitized(&"ä".repeat(300), &headers), format!("{}…", "ä".repeat(200)));
        // A collector may repeat a value with other blanks, and write to a terminal.
        headers.insert("x-key", "key  a b".parse().unwrap());
        assert_eq!(sanitized("no key\na b here", &headers), "no … here");
        assert_eq!(sanitized("\0a\u{1b}[2Jb\u{85}c\u{7f}", &headers), "a [2Jb c");
        // The secret is also hidden if the line would be cut inside the secret.
        let cut = sanitized(&format!("{} s3cret", "x".repeat(195)), &headers);
        assert_eq!(cut, format!("{} …", "x".repeat(195)));
    }

    #[test]
    fn the_retry_delay_of_grpc_is_read() {
        let info = RetryInfo { delay: Some(Delay { seconds: 2, nanos: 500_000_000 }) };
        let type_url = "type.googleapis.com/google.rpc.RetryInfo".to_owned();
        let details = vec![Detail { type_url, value: info.encode_to_vec() }];
        let status = Status { code: 8, message: String::new(), details };
        assert_eq!(status.retry_delay(), Some(Duration::from_millis(2500)));
        assert_eq!(Status::default().retry_delay(), None);
    }
}
