//! Whether to send.

/// Whether metrics are sent to Logfire: `LOGFIRE_SEND_TO_LOGFIRE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Send {
    /// Yes, and it is an error if there is no token: `yes`, `true`, `t`, `1`.
    Yes,
    /// No, the handler does nothing: `no`, `false`, `f`, `0`.
    No,
    /// If there is a token; else the handler does nothing, quietly: `if-token-present`.
    IfTokenPresent,
}

impl Send {
    /// What the variable's text means; as Python's SDK and Rust's spell it, in whatever case.
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
    fn every_spelling_of_both_sdks_is_taken() {
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
