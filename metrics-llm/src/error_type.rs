//! What `error.type` says where this crate finds the error itself.
//!
//! The adapters for clients add theirs, and each is one of a fixed set, for each is a series of its own; so
//! should yours be:
//!
//! | adapter | besides those below |
//! |---|---|
//! | `async-openai` | the HTTP status that the server answered with, such as `429`; for an error within an answer its code, such as `rate_limit_exceeded`, if `OpenAI` is known to send it, else [`OTHER`] |
//! | `rig` | such a status; `provider` for an answer that says that the model failed; else what Rig calls the kind of the error: `http`, `json`, `url`, `request`, `response`, `provider_response`, and for calls that are relayed those of its other parts |

/// The call was dropped before it ended: by a timeout, by a user who left.
pub const CANCELLED: &str = "cancelled";

/// The stream ended, and nothing in it had said that the answer is whole, or not of all its choices.
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
