//! HTTP Basic authentication (RFC 7617).

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, HeaderValue, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use subtle::ConstantTimeEq;

use crate::answer::{Answer, text};

/// The user and the password that requests must have.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    /// `user:password` in base64, as a header has it.
    credentials: String,
}

impl Login {
    pub(crate) fn new(user: &str, password: &str) -> Self {
        Self { credentials: BASE64_STANDARD.encode(format!("{user}:{password}")) }
    }

    /// The answer to a request without the user and the password.
    pub(crate) fn refuse(&self, headers: &HeaderMap) -> Option<Answer> {
        if self.allows(headers) {
            return None;
        }
        let mut refused =
            text(StatusCode::UNAUTHORIZED, "The metrics need a user and a password.\n");
        let basic = HeaderValue::from_static("Basic realm=\"metrics\", charset=\"UTF-8\"");
        refused.headers_mut().insert(WWW_AUTHENTICATE, basic);
        Some(refused)
    }

    /// Whether the request has the user and the password. The time that the comparison takes tells
    /// nothing about them, except their common length.
    fn allows(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(AUTHORIZATION).map_or(&[][..], |value| value.as_bytes());
        let Some((scheme, credentials)) = given.split_at_checked("Basic ".len()) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"Basic ")
            && bool::from(credentials.trim_ascii().ct_eq(self.credentials.as_bytes()))
    }
}

/// Without the password.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_user_with_the_password_is_let_in() {
        let login = Login::new("Aladdin", "open sesame");
        let allows = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(AUTHORIZATION, value.parse().unwrap());
            login.allows(&headers)
        };
        // The example of RFC 7617, section 2.
        assert!(allows("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        assert!(allows("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
        for wrong in ["", "Basic ", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZR==", "Bearer QWxhZGRpbjo="] {
            assert!(!allows(wrong), "{wrong}");
        }
        assert!(!login.allows(&HeaderMap::new()));
        assert!(!format!("{login:?}").contains("QWx"));
    }
}
