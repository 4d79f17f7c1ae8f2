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
    /// Not accepted: an HTTP response with this status. A gRPC client gets the same response, as
    /// from a proxy that does not support gRPC.
    Status {
        /// The status code.
        status: StatusCode,
        /// The names and values of the headers.
        headers: Vec<(&'static str, String)>,
        /// The text of the body.
        body: String,
    },
    /// Not accepted: a gRPC code, with a `RetryInfo` if `retry_after` is set. An HTTP client gets
    /// the status for the code, and the time as `Retry-After`, in seconds rounded up.
    Code {
        /// The gRPC code.
        code: Code,
        /// The text of the error.
        message: String,
        /// The time after which the client may retry.
        retry_after: Option<Duration>,
    },
    /// Accepted, except for some points. The answer does not say which, so `Totals` counts all
    /// points of the request.
    PartialSuccess {
        /// The number of refused points.
        rejected: i64,
        /// The reason for the refusal.
        message: String,
    },
    /// Accepted after this time, unless the client disconnects first.
    Slow(Duration),
    /// Not accepted: the server reads the request and closes the connection.
    HangUp,
    /// Accepted, but the server closes the connection, so the client cannot know.
    AcceptThenHangUp,
}

impl Answer {
    /// An HTTP status, with a body that names the status.
    ///
    /// # Panics
    /// If `status` is not a valid HTTP status.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("a valid HTTP status");
        Self::Status { status, headers: Vec::new(), body: format!("says the receiver: {status}") }
    }

    /// An HTTP status with `Retry-After`, as seconds or as a date.
    pub fn retry_after(status: u16, when: impl Into<String>) -> Self {
        Self::status(status).header("retry-after", when)
    }

    /// Adds a header to a [`Status`](Self::Status).
    ///
    /// # Panics
    /// If the answer is not a `Status`.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let Self::Status { headers, .. } = &mut self else { panic!("{self:?} has no headers") };
        headers.push((name, value.into()));
        self
    }

    /// Replaces the body of a [`Status`](Self::Status).
    ///
    /// # Panics
    /// If the answer is not a `Status`.
    #[must_use]
    pub fn body(mut self, text: impl Into<String>) -> Self {
        let Self::Status { body, .. } = &mut self else { panic!("{self:?} has no body") };
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

    /// Accepted, except for this many points.
    pub fn partial(rejected: i64, message: impl Into<String>) -> Self {
        Self::PartialSuccess { rejected, message: message.into() }
    }

    pub(crate) fn accepts(&self) -> bool {
        matches!(self, Self::Ok | Self::PartialSuccess { .. } | Self::AcceptThenHangUp)
    }
}

/// The response to an accepted request. `partial` is the number of rejected points, and the reason.
pub(crate) fn accepted(partial: Option<(i64, String)>) -> ExportMetricsServiceResponse {
    ExportMetricsServiceResponse {
        partial_success: partial.map(|(rejected_data_points, error_message)| {
            ExportMetricsPartialSuccess { rejected_data_points, error_message }
        }),
    }
}

/// The HTTP status of a gRPC code, as listed in
/// <https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto>.
pub(crate) fn http_status(code: Code) -> StatusCode {
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
    StatusCode::from_u16(status).expect("every status above is valid")
}
