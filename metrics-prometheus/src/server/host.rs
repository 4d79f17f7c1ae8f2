//! The header `Host` of requests to a server that listens on loopback.
//!
//! A page of another site can make its own name resolve to 127.0.0.1 (DNS rebinding), and then read
//! a server on loopback as if it were its own. Such a request has the site's name in its header
//! `Host`, so names are refused there, unless the program allows them.

use std::net::IpAddr;

/// The hosts that requests may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// All, because the server listens on an address that others can reach in any case.
    All,
    /// IP addresses, `localhost`, and these names in lower case.
    Local(Vec<String>),
}

impl Hosts {
    /// Whether a request may name this host, with or without a port.
    pub(crate) fn allow(&self, host: &str) -> bool {
        let Self::Local(names) = self else { return true };
        let host = without_port(host).trim_end_matches('.').to_ascii_lowercase();
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        bare.unwrap_or(&host).parse::<IpAddr>().is_ok()
            || host == "localhost"
            || host.ends_with(".localhost")
            || names.contains(&host)
    }
}

/// The name that requests may have, in lower case; an error if this is no bare host name.
pub(crate) fn name(text: &str) -> Result<String, String> {
    let name = text.trim_end_matches('.').to_ascii_lowercase();
    if is_name(&name) {
        return Ok(name);
    }
    let after_scheme = name.split_once("://").map_or(&*name, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let bare = without_port(authority).trim_end_matches('.');
    let fix = if is_name(bare) { bare } else { "metrics.example" };
    let such = if is_name(bare) { "" } else { "a name such as " };
    Err(format!(
        "`allow_host` has `{text}`, which is no bare host name (ASCII letters, digits, `-`, `_` \
         and `.`, without scheme, port and path); write {such}`{fix}`"
    ))
}

fn is_name(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !text.is_empty() && text.bytes().all(is_allowed)
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bare_host_name_can_be_allowed() {
        assert_eq!(name("Metrics.Example.").unwrap(), "metrics.example");
        assert_eq!(name("my_host-1").unwrap(), "my_host-1");
        for (wrong, fix) in [
            ("http://x:1", "write `x`"),
            ("shop.example:9464", "write `shop.example`"),
            ("shop.example/metrics", "write `shop.example`"),
            ("https://Shop.example./?a", "write `shop.example`"),
            ("", "write a name such as `metrics.example`"),
            ("*.example", "write a name such as `metrics.example`"),
            ("a b", "write a name such as `metrics.example`"),
            ("[::1]", "write a name such as `metrics.example`"),
        ] {
            let error = name(wrong).unwrap_err();
            let begin = format!("`allow_host` has `{wrong}`, which is no bare host name (");
            assert!(error.starts_with(&begin) && error.ends_with(fix), "{error}");
        }
    }

    #[test]
    fn a_server_on_loopback_refuses_names_of_other_sites() {
        let local = Hosts::Local(vec!["metrics.example".to_owned()]);
        for own in [
            "127.0.0.1",
            "127.0.0.1:9464",
            "[::1]:9464",
            "[::1]",
            "LocalHost:80",
            "shop.localhost",
            "localhost.",
            "Metrics.Example:443",
        ] {
            assert!(local.allow(own), "{own}");
        }
        for other in ["", "evil.example", "127.0.0.1.evil.example:9464", "localhost.evil.example"] {
            assert!(!local.allow(other), "{other}");
            assert!(Hosts::All.allow(other), "{other}");
        }
    }
}
