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
    /// Not accepted: an HTTP status. gRPC gets it as from a proxy that does not know gRPC.
    Status {
        /// Its code.
        status: StatusCode,
        /// Names and values.
        headers: Vec<(&'static str, String)>,
        /// The text.
        body: String,
    },
    /// Not accepted: a gRPC code, with a `RetryInfo` if there is a time. HTTP gets the status that
    /// belongs to it, and the time as `Retry-After`, in seconds rounded up.
    Code {
        /// The code.
        code: Code,
        /// Its text.
        message: String,
        /// The time after which it is worth another try.
        retry_after: Option<Duration>,
    },
    /// Accepted but for this many points. Which ones nobody learns; `Totals` counts them all.
    PartialSuccess {
        /// How many points are refused.
        rejected: i64,
        /// Why.
        message: String,
    },
    /// Accepted after a while, unless the client has gone by then.
    Slow(Duration),
    /// Not accepted: the server reads the request and closes the connection.
    HangUp,
    /// Accepted, but the server closes the connection, so the client cannot know.
    AcceptThenHangUp,
}

impl Answer {
    /// An HTTP status with a text that says it.
    ///
    /// # Panics
    /// If there is no such status.
    pub fn status(status: u16) -> Self {
        let status = StatusCode::from_u16(status).expect("an HTTP status");
        Self::Status { status, headers: Vec::new(), body: format!("says the receiver: {status}") }
    }

    /// An HTTP status with `Retry-After`, as seconds or as a date.
    pub fn retry_after(status: u16, when: impl Into<String>) -> Self {
        Self::status(status).header("retry-after", when)
    }

    /// One more header of a [`Status`](Self::Status).
    ///
    /// # Panics
    /// If it is another answer.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        let Self::Status { headers, .. } = &mut self else { panic!("{self:?} has no headers") };
        headers.push((name, value.into()));
        self
    }

    /// Another text of a [`Status`](Self::Status).
    ///
    /// # Panics
    /// If it is another answer.
    #[must_use]
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

    pub(crate) fn accepts(&self) -> bool {
        matches!(self, Self::Ok | Self::PartialSuccess { .. } | Self::AcceptThenHangUp)
    }
}

/// What says that a request was accepted, but for what was not.
pub(crate) fn accepted(partial: Option<(i64, String)>) -> ExportMetricsServiceResponse {
    ExportMetricsServiceResponse {
        partial_success: partial.map(|(rejected_data_points, error_message)| {
            ExportMetricsPartialSuccess { rejected_data_points, error_message }
        }),
    }
}

/// The status of <https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto>.
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
    StatusCode::from_u16(status).expect("all of them are")
}
