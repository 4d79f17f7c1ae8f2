//! The proxy between the program and the collector, from the variables that curl and others use.

use std::fmt;
use std::net::IpAddr;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use ureq::http::uri::Scheme;
use ureq::http::{HeaderValue, Uri};

use super::endpoint::{Endpoint, without_password};
use super::mistakes::Mistakes;
use super::protocol::Protocol;
use super::vars::{Setting, Vars};

/// A proxy that speaks HTTP.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// Scheme, host and port.
    pub(crate) uri: Uri,
    /// The value of `Proxy-Authorization`, marked as sensitive.
    pub(crate) authorization: Option<HeaderValue>,
    /// The tunnel of the HTTP client to an `https://` endpoint. Other requests need none.
    pub(crate) tunnel: Option<ureq::Proxy>,
}

impl fmt::Debug for Proxy {
    /// Omits the credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Proxy").field(&self.uri).finish()
    }
}

/// Reads the proxy for the endpoint.
///
/// For `https://` it is in `https_proxy` or `HTTPS_PROXY`, for `http://` in `http_proxy` or
/// `HTTP_PROXY`, else in `all_proxy` or `ALL_PROXY`. `no_proxy` or `NO_PROXY` lists hosts that are
/// reached without a proxy. The names in lower case win, as in curl.
pub(crate) fn proxy(
    endpoint: &Endpoint,
    protocol: Protocol,
    vars: &Vars<'_>,
    mistakes: &mut Mistakes,
) -> Option<Proxy> {
    let mut first = |names: &[&str]| names.iter().find_map(|name| vars.get(name, mistakes));
    let of_scheme = if endpoint.is_https() {
        first(&["https_proxy", "HTTPS_PROXY"])
    } else if vars.is_set("REQUEST_METHOD") {
        // In a CGI program, `HTTP_PROXY` is the header `Proxy` of a request (httpoxy).
        first(&["http_proxy"])
    } else {
        first(&["http_proxy", "HTTP_PROXY"])
    };
    let set = of_scheme.or_else(|| first(&["all_proxy", "ALL_PROXY"]))?;
    let excepted = first(&["no_proxy", "NO_PROXY"]);
    if excepted.is_some_and(|list| is_excepted(endpoint.uri(), &list.value)) {
        return None;
    }
    mistakes.note(parse(&set, protocol, endpoint.is_https()))
}

fn parse(set: &Setting<String>, protocol: Protocol, is_https: bool) -> Result<Proxy, String> {
    let text = set.value.trim();
    let (name, shown) = (&set.name, without_password(text));
    let full = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let invalid =
        || format!("`{name}` is `{shown}`, which is not a valid address; write `http://host:port`");
    let (scheme, rest) = full.split_once("://").ok_or_else(invalid)?;
    let rest = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, host) = match rest.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, rest),
    };
    let scheme = match &*scheme.to_ascii_lowercase() {
        "http" => Scheme::HTTP,
        "https" if protocol == Protocol::Grpc => {
            return Err(format!(
                "`{name}` is `{shown}`, and gRPC reaches a proxy by `http://` only; write \
                 `http://…`, or name the collector in `NO_PROXY`"
            ));
        }
        "https" if cfg!(feature = "tls") => Scheme::HTTPS,
        "https" => {
            return Err(format!(
                "`{name}` is `{shown}`, which needs TLS; enable the feature `otel-tls` of \
                 `typed-metrics`"
            ));
        }
        other => {
            return Err(format!(
                "`{name}` is `{shown}`, and `{other}://` proxies are not supported; write \
                 `http://…`, or name the collector in `NO_PROXY`"
            ));
        }
    };
    // curl's default port of proxies.
    let host = if has_port(host) { host.to_owned() } else { format!("{host}:1080") };
    let uri = Uri::builder().scheme(scheme).authority(host).path_and_query("/").build();
    let uri = uri.map_err(|_| invalid())?;
    let needs_tunnel = is_https && protocol == Protocol::HttpProtobuf;
    let tunnel = needs_tunnel.then(|| tunnel(&uri, user)).transpose().map_err(|error| {
        format!(
            "`{name}` is `{shown}`, which cannot be used for `https://`: {error}; write \
             `http://user:password@host:port`, with the user name and the password as \
             percent-encoded UTF-8"
        )
    })?;
    let authorization = user.map(authorization);
    Ok(Proxy { uri, authorization, tunnel })
}

fn tunnel(proxy: &Uri, user: Option<&str>) -> Result<ureq::Proxy, ureq::Error> {
    let address = proxy.to_string();
    match user {
        Some(user) => ureq::Proxy::new(&address.replacen("://", &format!("://{user}@"), 1)),
        None => ureq::Proxy::new(&address),
    }
}

/// Whether the text ends with a port.
fn has_port(host: &str) -> bool {
    let after = host.rsplit(']').next().unwrap_or_default();
    after.contains(':')
}

fn authorization(user: &str) -> HeaderValue {
    let decoded: Vec<u8> = percent_decode_str(user).collect();
    let with_colon = if user.contains(':') { decoded } else { [&decoded[..], b":"].concat() };
    let value = format!("Basic {}", BASE64_STANDARD.encode(with_colon));
    let mut value = HeaderValue::try_from(value).expect("base64 is a valid header");
    value.set_sensitive(true);
    value
}

/// Whether the list names the host of the address: `*`, a domain with all its subdomains, an IP
/// address, or a range such as `10.0.0.0/8`.
fn is_excepted(uri: &Uri, list: &str) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
    let ip: Option<IpAddr> = host.parse().ok();
    list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        let entry = entry.to_ascii_lowercase();
        if entry == "*" {
            return true;
        }
        if let Some(ip) = ip {
            let entry = entry.trim_matches(['[', ']']);
            return match entry.split_once('/') {
                Some((range, bits)) => is_in(ip, range, bits),
                None => entry.parse() == Ok(ip),
            };
        }
        let domain = entry.trim_matches('.');
        let before = host.trim_end_matches('.').strip_suffix(domain);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

fn is_in(ip: IpAddr, range: &str, bits: &str) -> bool {
    let (Ok(range), Ok(bits)) = (range.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    let (ip, range, most) = match (ip, range) {
        (IpAddr::V4(ip), IpAddr::V4(range)) => {
            (u128::from(ip.to_bits()), u128::from(range.to_bits()), 32)
        }
        (IpAddr::V6(ip), IpAddr::V6(range)) => (ip.to_bits(), range.to_bits(), 128),
        _ => return false,
    };
    let shift = most - bits.min(most);
    ip.checked_shr(shift).unwrap_or(0) == range.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The proxy for an endpoint, or the mistakes.
    fn of(endpoint: &str, set: &[(&str, &str)]) -> Result<Option<Proxy>, String> {
        let get = |name: &str| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into())
        };
        let mut mistakes = Mistakes::default();
        let setting = Setting::in_code("endpoint", endpoint.to_owned());
        let endpoint = Endpoint::verbatim(&setting, Protocol::HttpProtobuf, false).unwrap();
        let proxy = proxy(&endpoint, Protocol::HttpProtobuf, &Vars(&get), &mut mistakes);
        mistakes.into_result(Some(proxy)).map_err(|error| error.to_string())
    }

    fn uri(endpoint: &str, set: &[(&str, &str)]) -> Option<String> {
        of(endpoint, set).unwrap().map(|proxy| proxy.uri.to_string())
    }

    #[test]
    fn the_scheme_of_the_endpoint_decides_on_the_variable() {
        let set = [("HTTP_PROXY", "one:3128"), ("ALL_PROXY", "http://all")];
        assert_eq!(uri("http://h:4318", &set).as_deref(), Some("http://one:3128/"));
        assert_eq!(uri("https://h:4318", &set).as_deref(), Some("http://all:1080/"));
        let set = [("HTTPS_PROXY", "http://upper:1"), ("https_proxy", "http://lower:2/path")];
        assert_eq!(uri("https://h", &set).as_deref(), Some("http://lower:2/"));
        assert_eq!(uri("http://h", &set), None);
        let cgi = [("HTTP_PROXY", "http://attacker:1"), ("REQUEST_METHOD", "GET")];
        assert_eq!(uri("http://h", &cgi), None);
    }

    #[test]
    #[cfg(feature = "tls")]
    fn a_tunnel_has_the_port_and_the_credentials_of_the_address() {
        let tunnel = |address| {
            let proxy = of("https://h", &[("https_proxy", address)]).unwrap().unwrap();
            proxy.tunnel.unwrap()
        };
        assert_eq!(tunnel("p").port(), 1080);
        let with_user = tunnel("http://me:se%40cret@[::1]/path");
        assert_eq!((with_user.host(), with_user.port()), ("[::1]", 1080));
        assert_eq!((with_user.username(), with_user.password()), (Some("me"), Some("se@cret")));
        assert_eq!(tunnel("https://p:8443").port(), 8443);
        let error = of("https://h", &[("https_proxy", "http://me:%ff@p")]).unwrap_err();
        assert!(error.contains("cannot be used for `https://`"), "{error}");
    }

    #[test]
    fn no_proxy_names_domains_addresses_and_ranges() {
        let is_direct = |endpoint: &str, list: &str| {
            uri(endpoint, &[("ALL_PROXY", "http://p:1"), ("NO_PROXY", list)]).is_none()
        };
        assert!(is_direct("http://h:4318", "*"));
        assert!(is_direct("http://otel.Example.com", "other, .example.com"));
        assert!(is_direct("http://example.com", ".example.com"));
        assert!(!is_direct("http://badexample.com", "example.com"));
        assert!(is_direct("http://127.0.0.1:4318", "127.0.0.1"));
        assert!(is_direct("http://10.1.2.3", "192.168.0.0/16,10.0.0.0/8"));
        assert!(!is_direct("http://11.1.2.3", "10.0.0.0/8,nonsense/x"));
        assert!(is_direct("http://[fd00::1]:4318", "fd00::/8"));
        assert!(!is_direct("http://[fe00::1]:4318", "[fd00::1]"));
    }

    #[test]
    fn credentials_are_sent_and_not_shown() {
        let proxy = of("http://h", &[("http_proxy", "http://me:se%40cret@p:1")]).unwrap().unwrap();
        // `me:se@cret`.
        assert_eq!(proxy.authorization.as_ref().unwrap(), "Basic bWU6c2VAY3JldA==");
        assert!(!format!("{proxy:?}").contains("cret"));
        let error = of("http://h", &[("http_proxy", "socks5://me:secret@p:1")]).unwrap_err();
        assert!(error.starts_with("`http_proxy` is `socks5://…@p:1`, and `socks5://` proxies"));
        let error = of("http://h", &[("http_proxy", "http://a b")]).unwrap_err();
        assert!(
            error.contains("which is not a valid address; write `http://host:port`"),
            "{error}"
        );
    }
}
