//! Write tokens: `pylf_v1_us_…`.

use std::fmt;

/// A token that can be sent in a header. Neither messages nor `Debug` show it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token {
    text: String,
    /// The setting that contains the token, for messages.
    pub(crate) origin: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Token").field(&self.origin).finish()
    }
}

impl Token {
    /// The tokens of a setting, separated by commas, without duplicates.
    pub(crate) fn list(setting: &str, text: &str, mistakes: &mut Vec<String>) -> Vec<Self> {
        let mut tokens: Vec<Self> = Vec::new();
        let parts: Vec<_> =
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        for (i, part) in parts.iter().enumerate() {
            let origin = match parts.len() {
                1 => format!("`{setting}`"),
                _ => format!("token {} of `{setting}`", i + 1),
            };
            if !part.bytes().all(|byte| byte.is_ascii_graphic()) {
                mistakes.push(format!(
                    "{origin} contains a blank or another character that tokens do not have; copy \
                     the token again"
                ));
            } else if tokens.iter().all(|token| token.text != *part) {
                tokens.push(Self { text: (*part).to_owned(), origin });
            }
        }
        tokens
    }

    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.text)
    }

    /// The address of the token's region.
    pub(crate) fn base_url(&self) -> Result<&'static str, String> {
        let Self { origin, .. } = self;
        let region = self.region().ok_or_else(|| {
            format!(
                "{origin} is not a write token of Logfire, which begins with `pylf_v1_`, the \
                 region and `_`. Create a token in the project's settings, under *Write tokens*, \
                 or set `LOGFIRE_BASE_URL` for another server"
            )
        })?;
        match region {
            "us" => Ok("https://logfire-us.pydantic.dev"),
            "eu" => Ok("https://logfire-eu.pydantic.dev"),
            "stagingus" => Ok("https://logfire-us.pydantic.info"),
            "stagingeu" => Ok("https://logfire-eu.pydantic.info"),
            other => {
                // A longer text may be a part of a secret, so the message does not show it.
                let shown =
                    if other.len() <= 9 { format!("`{other}`, which") } else { "that".into() };
                let article = if other.len() <= 9 { "the" } else { "a" };
                Err(format!(
                    "{origin} is for {article} region {shown} is not known; use `us`, `eu`, \
                     `stagingus` or `stagingeu`, or set `LOGFIRE_BASE_URL` for another server"
                ))
            }
        }
    }

    /// The region, by the pattern of the Python SDK: `^pylf_v[0-9]+_(?P<region>[a-z]+)_`, followed
    /// by a secret.
    fn region(&self) -> Option<&str> {
        let (version, rest) = self.text.strip_prefix("pylf_v")?.split_once('_')?;
        let (region, secret) = rest.split_once('_')?;
        let is_version = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
        // A longer text is not a region but part of a secret.
        let is_region =
            (1..=16).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_lowercase());
        (is_version && is_region && !secret.is_empty()).then_some(region)
    }

    /// A hash of the token (FNV-1a), the same in every process, which identifies the token without
    /// showing it.
    pub(crate) fn fingerprint(&self) -> u64 {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        self.text.bytes().fold(0xcbf2_9ce4_8422_2325, step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Token {
        let mut mistakes = Vec::new();
        let tokens = Token::list("LOGFIRE_TOKEN", text, &mut mistakes);
        assert_eq!((tokens.len(), mistakes.len()), (1, 0), "{mistakes:?}");
        tokens.into_iter().next().unwrap()
    }

    #[test]
    fn regions_have_their_addresses() {
        let urls = [
            ("pylf_v1_us_0123", "https://logfire-us.pydantic.dev"),
            ("pylf_v1_eu_0123", "https://logfire-eu.pydantic.dev"),
            // The token of an organization has the organization's id before the secret.
            (
                "pylf_v2_eu_5f2b0c7e-1111-4222-8333-944445555666_ab",
                "https://logfire-eu.pydantic.dev",
            ),
            ("pylf_v12_stagingus_0", "https://logfire-us.pydantic.info"),
            (" pylf_v1_stagingeu_0123\n", "https://logfire-eu.pydantic.info"),
        ];
        for (token, url) in urls {
            assert_eq!(one(token).base_url(), Ok(url), "{token}");
        }
    }

    #[test]
    fn an_invalid_token_is_reported_but_not_shown() {
        for text in [
            "s3cret",
            "pylf_v1_us_",
            "pylf_v1_us",
            "pylf_v_us_s3cret",
            "pylf_vx_us_s3cret",
            "pylf_v1_S3CRET_",
            "pylf_v1__s3cret",
            "\"pylf_v1_us_s3cret\"",
        ] {
            let message = one(text).base_url().unwrap_err();
            assert!(
                message.starts_with("`LOGFIRE_TOKEN` is not a write token of Logfire"),
                "{message}"
            );
            assert!(!message.contains("s3cret") && !message.contains("S3CRET"), "{message}");
        }
        let message = one("pylf_v1_ap_s3cret").base_url().unwrap_err();
        assert!(
            message.contains("the region `ap`, which is not known") && !message.contains("s3cret"),
            "{message}"
        );
        let message = one("pylf_v1_supersecret_x").base_url().unwrap_err();
        assert!(
            message.contains("a region that is not known") && !message.contains("secret"),
            "{message}"
        );
        assert_eq!(format!("{:?}", one("pylf_v1_us_s3cret")), "Token(\"`LOGFIRE_TOKEN`\")");
    }

    #[test]
    fn commas_separate_tokens_and_each_counts_once() {
        let mut mistakes = Vec::new();
        let text = "pylf_v1_us_1, pylf_v1_eu_2,,pylf_v1_us_1,pylf v1,";
        let tokens = Token::list("LOGFIRE_TOKEN", text, &mut mistakes);
        let texts: Vec<_> = tokens.iter().map(|token| token.text.as_str()).collect();
        assert_eq!(texts, ["pylf_v1_us_1", "pylf_v1_eu_2"]);
        assert_eq!(tokens[1].origin, "token 2 of `LOGFIRE_TOKEN`");
        assert_eq!(
            mistakes,
            ["token 4 of `LOGFIRE_TOKEN` contains a blank or another character that tokens do \
                 not have; copy the token again"]
        );
    }

    #[test]
    fn fingerprints_are_fnv() {
        let token = |text: &str| Token { text: text.to_owned(), origin: String::new() };
        // The algorithm's own test vectors.
        assert_eq!(token("a").fingerprint(), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(token("foobar").fingerprint(), 0x8594_4171_f739_67e8);
    }
}
