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
