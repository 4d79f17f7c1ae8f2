use std::time::Duration;

use hyper::StatusCode;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
};
use tonic::Code;

/// The answer to a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Accepted.
    Ok,
    /// Not accepted: an HTTP status. A gRPC client gets it as if a proxy without gRPC had sent it.
    Status { status: StatusCode, headers: Vec<(&'static str, String)>, body: String },
    /// Not accepted: a gRPC code, with a `RetryInfo` if there is a time. An HTTP client gets the
    /// status of this code, and the time as `Retry-After`, in seconds rounded up.
    Code { code: Code, message: String, retry_after: Option<Duration> },
    /// Accepted, except this many points. The client does not learn which points; `Totals` counts
    /// all.
    PartialSuccess { rejected: i64, message: String },
    /// Accepted after a while, unless the client disconnects before.
    Slow(Duration),
    /// Not accepted: the server reads the request and closes the connection.
    HangUp,
    /// Accepted, but the server closes the connection, so the client cannot know.
    AcceptThenHangUp,
}

impl Answer {
    /// An HTTP status, with a text that names it.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("an HTTP status");
        Self::Status { status, headers: Vec::new(), body: format!("says the receiver: {status}") }
    }

    /// An HTTP status with `Retry-After`, as seconds or as a date.
    pub fn retry_after(status: u16, when: impl Into<String>) -> Self {
        Self::status(status).header("retry-after", when)
    }

    /// Adds a header to a [`Status`](Self::Status).
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let Self::Status { headers, .. } = &mut self else { panic!("{self:?} has no headers") };
        headers.push((name, value.into()));
        self
    }

    /// Replaces the text of a [`Status`](Self::Status).
    pub fn body(mut self, text: impl Into<String>) -> Self {
        let Self::Status { body, .. } = &mut self else { panic!("{self:?} has no text") };
        *body = text.into();
        self
    }

    /// A gRPC code.
    pub fn code(code: Code, message: impl Into<String>) -> Self {
        Self::Code { code, message: message.into(), retry_after: None }
    }

    /// A gRPC code with the time after which the client may retry.
    pub fn code_retry_after(code: Code, message: impl Into<String>, delay: Duration) -> Self {
        Self::Code { code, message: message.into(), retry_after: Some(delay) }
    }

    /// Accepted, except this many points.
    pub fn partial(rejected: i64, message: impl Into<String>) -> Self {
        Self::PartialSuccess { rejected, message: message.into() }
    }

    pub(super) fn accepts(&self) -> bool {
        matches!(self, Self::Ok | Self::PartialSuccess { .. } | Self::AcceptThenHangUp)
    }
}

/// The response for an accepted request, which names the points that were not accepted.
pub(super) fn accepted(partial: Option<(i64, String)>) -> ExportMetricsServiceResponse {
    ExportMetricsServiceResponse {
        partial_success: partial.map(|(rejected_data_points, error_message)| {
            ExportMetricsPartialSuccess { rejected_data_points, error_message }
        }),
    }
}

/// The HTTP status for a code, from
/// <https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto>.
pub(super) fn http_status(code: Code) -> StatusCode {
    let status = match code {
        Code::Ok => 200,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => 400,
        Code::Unauthenticated => 401,
        Code::PermissionDenied => 403,
        Code::NotFound => 404,
        Code::AlreadyExists | Code::Aborted => 409,
        Code::ResourceExhausted => 429,
        Code::Cancelled => 499,
        Code::Unknown | Code::Internal | Code::DataLoss => 500,
        Code::Unimplemented => 501,
        Code::Unavailable => 503,
        Code::DeadlineExceeded => 504,
    };
    StatusCode::from_u16(status).expect("all of them are")
}
