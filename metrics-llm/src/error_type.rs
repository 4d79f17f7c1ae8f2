//! Values of the label `error.type` that this crate sets.
//!
//! The adapters for clients set more values. Each value is a series of its own, so every adapter
//! uses a fixed set of values. Use a fixed set in your code as well.
//!
//! | adapter | other values |
//! |---|---|
//! | `async-openai` | the HTTP status of the response, such as `429`; for an error inside an answer, the code of the error, such as `rate_limit_exceeded`, if `OpenAI` is known to send this code, else [`OTHER`] |
//! | `genai` | the HTTP status of the response |
//! | `rig` | the HTTP status; `provider` for an answer that reports that the model failed; else Rig's name for the kind of the error: `http`, `json`, `url`, `request`, `response`, `provider_response`, and for relayed calls the kinds of Rig's other parts |

/// The call was dropped before its end: by a timeout, or because the user left.
pub const CANCELLED: &str = "cancelled";

/// The stream ended before an item marked the answer, or all its choices, as complete.
pub const TRUNCATED: &str = "truncated";

/// The call took too long.
pub const TIMEOUT: &str = "timeout";

/// The client could not connect to the server.
pub const CONNECT: &str = "connect";

/// The connection broke.
pub const TRANSPORT: &str = "transport";

/// The client cannot read the answer.
pub const INVALID_RESPONSE: &str = "invalid_response";

/// The client could not send the request, because the request is invalid.
pub const INVALID_REQUEST: &str = "invalid_request";

/// Any other error. The name is [OpenTelemetry's].
///
/// [OpenTelemetry's]: https://opentelemetry.io/docs/specs/semconv/registry/attributes/error/
pub const OTHER: &str = "_OTHER";
