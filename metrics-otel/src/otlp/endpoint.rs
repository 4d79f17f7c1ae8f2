//! Where metrics are sent to.

use ureq::http::Uri;
use ureq::http::uri::{Authority, PathAndQuery, Scheme};

use super::Protocol;
use super::vars::Set;

/// The path of metrics below a collector's address.
const PATH: &str = "/v1/metrics";

/// An address: `http` or `https`, a host, and a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Endpoint(Uri);

impl Endpoint {
    /// The address of a collector. OTLP over HTTP has metrics below it, at `v1/metrics`.
    pub(super) fn of_collector(
        set: &Set<String>,
        protocol: Protocol,
        insecure: bool,
    ) -> Result<Self, String> {
        let endpoint = Self::verbatim(set, protocol, insecure)?;
        let path = endpoint.0.path().trim_end_matches('/');
        if protocol == Protocol::Grpc || path.ends_with(PATH) {
            return Ok(endpoint);
        }
        let query = endpoint.0.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = endpoint.0.clone().into_parts();
        parts.path_and_query = PathAndQuery::try_from(format!("{path}{PATH}{query}")).ok();
        Uri::from_parts(parts).map(Self).map_err(|error| unusable(set, &error))
    }

    /// The address of metrics, as it is.
    pub(super) fn verbatim(
        set: &Set<String>,
        protocol: Protocol,
        insecure: bool,
    ) -> Result<Self, String> {
        let text = set.value.trim();
        let (name, shown) = (&set.name, without_password(text));
        let full = match text.split_once("://") {
            Some(("http" | "https", _)) => text.to_owned(),
            Some((scheme, _)) => {
                return Err(format!(
                    "`{name}` is `{shown}`; write `http://` or `https://` instead of `{scheme}://`, \
                     also for gRPC"
                ));
            }
            // OpenTelemetry's specification allows it here: `OTEL_EXPORTER_OTLP_INSECURE` decides.
            None if protocol == Protocol::Grpc && insecure => format!("http://{text}"),
            None => {
                return Err(format!(
                    "`{name}` is `{shown}`, which does not begin with `http://` or `https://`; write \
                     `http://{shown}`"
                ));
            }
        };
        let uri = Uri::try_from(full).map_err(|error| unusable(set, &error))?;
        if uri.host().is_none_or(str::is_empty) {
            return Err(format!(
                "`{name}` is `{shown}`, which names no host; write `http://host:4318`"
            ));
        }
        if let Some(authority) = uri.authority().filter(|authority| has_bad_port(authority)) {
            return Err(format!(
                "`{name}` is `{shown}`, where the port of `{}` is no number up to 65535; OTLP's are \
                 4318 for HTTP and 4317 for gRPC",
                without_password(authority.as_str())
            ));
        }
        Ok(Self(uri))
    }

    pub(super) fn uri(&self) -> &Uri {
        &self.0
    }

    pub(super) fn is_https(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// As it may be shown.
    pub(super) fn shown(&self) -> String {
        without_password(&self.0.to_string())
    }

    /// What may be wrong, if nobody answers as OTLP does.
    pub(super) fn hint(&self, protocol: Protocol) -> &'static str {
        match (protocol, self.0.port_u16()) {
            (Protocol::HttpProtobuf, Some(4317)) => {
                " (port 4317 usually speaks gRPC: use port 4318, or the protocol `grpc`)"
            }
            (Protocol::Grpc, Some(4318)) => {
                " (port 4318 usually speaks HTTP: use port 4317, or the protocol `http/protobuf`)"
            }
            _ => "",
        }
    }
}

fn unusable(set: &Set<String>, error: &dyn std::fmt::Display) -> String {
    format!(
        "`{}` is `{}`, which is no address: {error}; write `http://host:port`",
        set.name,
        without_password(set.value.trim())
    )
}

/// Whether there is a colon, but no port after it.
fn has_bad_port(authority: &Authority) -> bool {
    let after_host = authority.as_str().rsplit('@').next().and_then(|host| host.rsplit(']').next());
    after_host.is_some_and(|host| host.contains(':')) && authority.port_u16().is_none()
}

/// Without a password, which an address can have before an `@`.
fn without_password(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), address),
    };
    let end = rest.find('/').unwrap_or(rest.len());
    match rest[..end].rfind('@') {
        Some(at) => format!("{scheme}…{}", &rest[at..]),
        None => address.to_owned(),
    }
}
