//! Whether metrics are sent.

/// Whether metrics are sent to Logfire: `LOGFIRE_SEND_TO_LOGFIRE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Send {
    /// Metrics are sent, and a missing token is an error: `yes`, `true`, `t`, `1`.
    Yes,
    /// Nothing is sent, and the handler does nothing: `no`, `false`, `f`, `0`.
    No,
    /// Metrics are sent if there is a token, else the handler does nothing: `if-token-present`.
    IfTokenPresent,
}

impl Send {
    /// Parses the variable, in the spellings of Logfire's SDKs for Python and Rust, without regard
    /// to case.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text.trim().to_ascii_lowercase().as_str() {
            "yes" | "true" | "t" | "1" => Ok(Self::Yes),
            "no" | "false" | "f" | "0" => Ok(Self::No),
            "if-token-present" => Ok(Self::IfTokenPresent),
            _ => Err(format!(
                "`LOGFIRE_SEND_TO_LOGFIRE` is `{text}`; write `yes`, `no` or `if-token-present`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_both_sdks_is_accepted() {
        for text in ["yes", "1", "true", "t", "True", "T"] {
            assert_eq!(Send::parse(text), Ok(Send::Yes));
        }
        for text in ["no", "0", "false", "f", "FALSE"] {
            assert_eq!(Send::parse(text), Ok(Send::No));
        }
        assert_eq!(Send::parse(" if-token-present"), Ok(Send::IfTokenPresent));
        assert_eq!(
            Send::parse("maybe").unwrap_err(),
            "`LOGFIRE_SEND_TO_LOGFIRE` is `maybe`; write `yes`, `no` or `if-token-present`"
        );
    }
}
