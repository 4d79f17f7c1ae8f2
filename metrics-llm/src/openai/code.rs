//! The codes of errors that come in answers, which have no HTTP status of their own.

use serde_json::Value;

use crate::error_type;

/// Those that `OpenAI` sends. Servers send whatever they like; what is not here would be series without end.
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

/// A code as an error type: itself if it is known.
pub(super) fn known(code: &str) -> &'static str {
    KNOWN.iter().find(|known| **known == code).copied().unwrap_or(error_type::OTHER)
}

/// The type of the error that `text` is, which an answer has in the place of an item; none if it is not one.
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
