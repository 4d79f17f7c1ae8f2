//! Codes of errors that arrive inside an answer and so have no HTTP status.

use serde_json::Value;

use crate::error_type;

/// The codes that `OpenAI` sends. Other servers send any code; only codes in this list become a
/// label value, because each label value is a series.
const KNOWN: &[&str] = &[
    "bio_policy",
    "context_length_exceeded",
    "data_residency_mismatch",
    "empty_image_file",
    "failed_to_download_image",
    "image_content_policy_violation",
    "image_file_not_found",
    "image_file_too_large",
    "image_parse_error",
    "image_too_large",
    "image_too_small",
    "insufficient_quota",
    "invalid_base64_image",
    "invalid_image",
    "invalid_image_format",
    "invalid_image_mode",
    "invalid_image_url",
    "invalid_prompt",
    "invalid_request_error",
    "misalignment_policy_violation",
    "rate_limit_exceeded",
    "server_error",
    "server_is_overloaded",
    "service_unavailable_error",
    "slow_down",
    "unsupported_image_media_type",
    "vector_store_timeout",
];

/// The error type for a code: the code itself if it is in the list, else [`error_type::OTHER`].
pub(super) fn known(code: &str) -> &'static str {
    KNOWN.iter().find(|known| **known == code).copied().unwrap_or(error_type::OTHER)
}

/// The error type of `text`, which a stream contains in place of an item; `None` if `text` is no
/// error.
pub(super) fn of_error(text: &str) -> Option<&'static str> {
    let value: Value = serde_json::from_str(text).ok()?;
    let error = value.get("error").filter(|error| !error.is_null())?;
    let codes = [&error["code"], &error["type"]].into_iter().filter_map(Value::as_str);
    let mut types = codes.map(known).filter(|known| *known != error_type::OTHER);
    Some(types.next().unwrap_or(error_type::OTHER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_codes_that_are_known_are_types() {
        assert_eq!(known("rate_limit_exceeded"), "rate_limit_exceeded");
        assert_eq!(known("No capacity for request 4711"), "_OTHER");
        assert_eq!(known(""), "_OTHER");
    }

    #[test]
    fn an_error_is_told_by_its_code_or_else_its_type() {
        let of = |code: Value, kind: Value| {
            of_error(&serde_json::json!({"error": {"code": code, "type": kind}}).to_string())
        };
        assert_eq!(of("slow_down".into(), "server_error".into()), Some("slow_down"));
        assert_eq!(of("unheard_of".into(), "server_error".into()), Some("server_error"));
        assert_eq!(of(502.into(), Value::Null), Some("_OTHER"));
        assert_eq!(of_error(r#"{"error": "not now"}"#), Some("_OTHER"));
    }

    #[test]
    fn what_is_no_error_has_no_type() {
        assert_eq!(of_error(r#"{"error": null, "id": 7}"#), None);
        assert_eq!(of_error("<html>502</html>"), None);
        assert_eq!(of_error("[]"), None);
    }
}
