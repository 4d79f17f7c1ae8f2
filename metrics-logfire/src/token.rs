//! Write tokens: `pylf_v1_us_…`.

use std::fmt;

/// A token that can be sent. It is shown nowhere.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Token {
    text: String,
    /// The setting that it is from, for messages.
    pub(crate) origin: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Token").field(&self.origin).finish()
    }
}

impl Token {
    /// The tokens of a setting, which are separated by commas; each once.
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
                    "{origin} has a blank, or something else that is not in tokens; copy it as it is"
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

    /// The address of the region that it is for.
    pub(crate) fn base_url(&self) -> Result<&'static str, String> {
        let Self { origin, .. } = self;
        let region = self.region().ok_or_else(|| {
            format!(
                "{origin} is no write token of Logfire: such a token is `pylf_v1_`, the region, `_` and \
                 more. Make one in the settings of the project, under *Write tokens*; for another \
                 server, set `LOGFIRE_BASE_URL`"
            )
        })?;
        match region {
            "us" => Ok("https://logfire-us.pydantic.dev"),
            "eu" => Ok("https://logfire-eu.pydantic.dev"),
            "stagingus" => Ok("https://logfire-us.pydantic.info"),
            "stagingeu" => Ok("https://logfire-eu.pydantic.info"),
            other => {
                // What is longer may be a part of what is no token.
                let shown =
                    if other.len() <= 9 { format!("`{other}`, which") } else { "that".into() };
                let article = if other.len() <= 9 { "the" } else { "a" };
                Err(format!(
                    "{origin} is for {article} region {shown} is not known; they are `us`, `eu`, \
                     `stagingus` and `stagingeu`. For another server, set `LOGFIRE_BASE_URL`"
                ))
            }
        }
    }

    /// As the Python SDK reads it: `^pylf_v[0-9]+_(?P<region>[a-z]+)_`, with something after it.
    fn region(&self) -> Option<&str> {
        let (version, rest) = self.text.strip_prefix("pylf_v")?.split_once('_')?;
        let (region, secret) = rest.split_once('_')?;
        let is_version = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit());
        // What is longer is no region but part of a secret.
        let is_region =
            (1..=16).contains(&region.len()) && region.bytes().all(|b| b.is_ascii_lowercase());
        (is_version && is_region && !secret.is_empty()).then_some(region)
    }

    /// What tells it from others, without telling it: a hash (FNV-1a), the same in every process.
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
            // An organization's id stands before the secret.
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
    fn what_is_no_token_is_named_but_not_shown() {
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
            let said = one(text).base_url().unwrap_err();
            assert!(said.starts_with("`LOGFIRE_TOKEN` is no write token of Logfire"), "{said}");
            assert!(!said.contains("s3cret") && !said.contains("S3CRET"), "{said}");
        }
        let said = one("pylf_v1_ap_s3cret").base_url().unwrap_err();
        assert!(
            said.contains("the region `ap`, which is not known") && !said.contains("s3cret"),
            "{said}"
        );
        let said = one("pylf_v1_supersecret_x").base_url().unwrap_err();
        assert!(said.contains("a region that is not known") && !said.contains("secret"), "{said}");
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
            [
                "token 4 of `LOGFIRE_TOKEN` has a blank, or something else that is not in tokens; copy \
              it as it is"
            ]
        );
    }

    #[test]
    fn fingerprints_are_fnv() {
        let token = |text: &str| Token { text: text.to_owned(), origin: String::new() };
        // From the algorithm's own test vectors.
        assert_eq!(token("a").fingerprint(), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(token("foobar").fingerprint(), 0x8594_4171_f739_67e8);
    }
}
