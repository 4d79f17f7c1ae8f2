//! The status of a gRPC call.

use http::{HeaderMap, StatusCode};
use typed_metrics_derive::Label;

/// The status of a call: the label `rpc.response.status_code`.
///
/// The names are those of [gRPC](https://grpc.io/docs/guides/status-codes/).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
#[label(rename_all = "SCREAMING_SNAKE_CASE", crate = typed_metrics_core)]
pub enum GrpcCode {
    /// `OK`.
    Ok,
    /// `CANCELLED`.
    Cancelled,
    /// `UNKNOWN`.
    Unknown,
    /// `INVALID_ARGUMENT`.
    InvalidArgument,
    /// `DEADLINE_EXCEEDED`.
    DeadlineExceeded,
    /// `NOT_FOUND`.
    NotFound,
    /// `ALREADY_EXISTS`.
    AlreadyExists,
    /// `PERMISSION_DENIED`.
    PermissionDenied,
    /// `RESOURCE_EXHAUSTED`.
    ResourceExhausted,
    /// `FAILED_PRECONDITION`.
    FailedPrecondition,
    /// `ABORTED`.
    Aborted,
    /// `OUT_OF_RANGE`.
    OutOfRange,
    /// `UNIMPLEMENTED`.
    Unimplemented,
    /// `INTERNAL`.
    Internal,
    /// `UNAVAILABLE`.
    Unavailable,
    /// `DATA_LOSS`.
    DataLoss,
    /// `UNAUTHENTICATED`.
    Unauthenticated,
}

const HEADER: &str = "grpc-status";

impl GrpcCode {
    const ALL: [(Self, &str); 17] = [
        (Self::Ok, "OK"),
        (Self::Cancelled, "CANCELLED"),
        (Self::Unknown, "UNKNOWN"),
        (Self::InvalidArgument, "INVALID_ARGUMENT"),
        (Self::DeadlineExceeded, "DEADLINE_EXCEEDED"),
        (Self::NotFound, "NOT_FOUND"),
        (Self::AlreadyExists, "ALREADY_EXISTS"),
        (Self::PermissionDenied, "PERMISSION_DENIED"),
        (Self::ResourceExhausted, "RESOURCE_EXHAUSTED"),
        (Self::FailedPrecondition, "FAILED_PRECONDITION"),
        (Self::Aborted, "ABORTED"),
        (Self::OutOfRange, "OUT_OF_RANGE"),
        (Self::Unimplemented, "UNIMPLEMENTED"),
        (Self::Internal, "INTERNAL"),
        (Self::Unavailable, "UNAVAILABLE"),
        (Self::DataLoss, "DATA_LOSS"),
        (Self::Unauthenticated, "UNAUTHENTICATED"),
    ];

    /// The status in the trailers of a response, or in the head of a response that consists of
    /// trailers only. A number that gRPC does not define is `UNKNOWN`.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        let number = headers.get(HEADER)?;
        let code = number.to_str().ok().and_then(|number| number.parse::<usize>().ok());
        let known = code.and_then(|code| Self::ALL.get(code));
        Some(known.map_or(Self::Unknown, |(code, _)| *code))
    }

    /// The status of a response without a `grpc-status`: [the mapping of gRPC][mapping].
    ///
    /// [mapping]: https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
    pub(crate) fn of_http(status: StatusCode) -> Self {
        match status {
            StatusCode::BAD_REQUEST => Self::Internal,
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::FORBIDDEN => Self::PermissionDenied,
            StatusCode::NOT_FOUND => Self::Unimplemented,
            StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT => Self::Unavailable,
            _ => Self::Unknown,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        Self::ALL[self as usize].1
    }

    /// Whether the conventions call this status of a server's response [an error of the
    /// server][errors].
    ///
    /// [errors]: https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
    pub(crate) fn is_error_of_server(self) -> bool {
        matches!(
            self,
            Self::Unknown
                | Self::DeadlineExceeded
                | Self::Unimplemented
                | Self::Internal
                | Self::Unavailable
                | Self::DataLoss
        )
    }
}

#[cfg(test)]
mod tests {
    use typed_metrics_core::{Label, LabelRef};

    use super::*;

    #[test]
    fn a_number_is_the_code_with_the_name_of_the_label() {
        for (number, (code, name)) in GrpcCode::ALL.into_iter().enumerate() {
            let headers = HeaderMap::from_iter([(
                HEADER.parse().unwrap(),
                number.to_string().parse().unwrap(),
            )]);
            assert_eq!(GrpcCode::of(&headers), Some(code));
            assert_eq!(GrpcCode::value_at(Label::index(&code)), LabelRef::Str(name));
            assert_eq!(code.name(), name);
        }
        for number in ["17", "-1", "ok"] {
            let headers =
                HeaderMap::from_iter([(HEADER.parse().unwrap(), number.parse().unwrap())]);
            assert_eq!(GrpcCode::of(&headers), Some(GrpcCode::Unknown));
        }
        assert_eq!(GrpcCode::of(&HeaderMap::new()), None);
    }
}
