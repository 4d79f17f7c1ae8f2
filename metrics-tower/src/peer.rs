//! The labels `server.address` and `server.port` of a client's request.
//!
//! An address is [just the address][address], so an IPv6 address has no brackets. The port is
//! [required][port], so a server without a port has the default port of its scheme.
//!
//! [address]: https://opentelemetry.io/docs/specs/semconv/general/attributes/#address-and-port-attributes
//! [port]: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration

use std::sync::Arc;

use http::uri::Authority;
use http::{Request, header};

use crate::protocol::Scheme;

/// The server that a client asks.
#[derive(Debug, Clone)]
pub(crate) enum Peer {
    /// A name that the program gives.
    Named(Arc<str>, u16),
    /// A part of the request's URI, or the header `Host`.
    Authority(Authority, Option<u16>),
    Unknown,
}

impl Peer {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let uri = request.uri();
        let given = uri
            .authority()
            .cloned()
            .or_else(|| Authority::try_from(request.headers().get(header::HOST)?.as_bytes()).ok());
        let Some(authority) = given else { return Self::Unknown };
        // A URI without a scheme is taken for `http`, as the layer for servers takes it.
        let scheme = uri.scheme().map_or(Some(Scheme::Http), |_| Scheme::of(uri));
        let port = authority.port_u16().or_else(|| scheme.map(Scheme::default_port));
        Self::Authority(authority, port)
    }

    pub(crate) fn address(&self) -> Option<&str> {
        match self {
            Self::Named(name, _) => Some(name),
            Self::Authority(authority, _) => {
                let host = authority.host();
                let ipv6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
                Some(ipv6.unwrap_or(host))
            }
            Self::Unknown => None,
        }
    }

    pub(crate) fn port(&self) -> Option<u16> {
        match self {
            Self::Named(_, port) => Some(*port),
            Self::Authority(_, port) => *port,
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_comes_first_then_the_host() {
        let peer = |uri: &str, host: Option<&str>| {
            let mut request = Request::get(uri);
            if let Some(host) = host {
                request = request.header(header::HOST, host);
            }
            let peer = Peer::of(&request.body(()).unwrap());
            (peer.address().map(str::to_owned), peer.port())
        };
        let of = |address: &str, port| (Some(address.to_owned()), port);
        assert_eq!(peer("http://a.test/x", Some("b.test")), of("a.test", Some(80)));
        assert_eq!(peer("https://user@a.test/x", None), of("a.test", Some(443)));
        assert_eq!(peer("http://[::1]:8080/", None), of("::1", Some(8080)));
        assert_eq!(peer("https://[2001:db8::1]/", None), of("2001:db8::1", Some(443)));
        assert_eq!(peer("/x", Some("[::1]")), of("::1", Some(80)));
        assert_eq!(peer("/x", Some("b.test:81")), of("b.test", Some(81)));
        assert_eq!(peer("/x", Some("b.test")), of("b.test", Some(80)));
        assert_eq!(peer("ftp://b.test/x", None), of("b.test", None));
        assert_eq!(peer("/x", Some("no host")), (None, None));
        assert_eq!(peer("/x", None), (None, None));
    }
}
