//! What `error.type` says where this crate finds the error itself.
//!
//! Clients add theirs: the HTTP status that the server answered with, such as `429`, or what went
//! wrong before there was one. Keep yours few and fixed: each is a series of its own.

/// The call was dropped before it ended: by a timeout, by a user who left.
pub const CANCELLED: &str = "cancelled";

/// The stream ended, and nothing in it had said that the answer is whole.
pub const TRUNCATED: &str = "truncated";

/// It took too long.
pub const TIMEOUT: &str = "timeout";

/// There was no connection to be had.
pub const CONNECT: &str = "connect";

/// The connection broke.
pub const TRANSPORT: &str = "transport";

/// The answer is not one that the client can read.
pub const INVALID_RESPONSE: &str = "invalid_response";

/// The request was not sent, for it is not one that the client can send.
pub const INVALID_REQUEST: &str = "invalid_request";

/// Anything else; the name is [OpenTelemetry's].
///
/// [OpenTelemetry's]: https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
pub const OTHER: &str = "_OTHER";
