//! Where metrics are sent to.

use ureq::http::Uri;
use ureq::http::uri::{Authority, PathAndQuery, Scheme};

use super::Protocol;
use super::vars::Set;

/// The path of metrics below a collector's address.
const PATH: &str = "/v1/metrics";

/// An address: `http` or `https`, a host, and a path.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Endpoint(Uri);

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown())
    }
}

impl Endpoint {
    /// The address of a collector. OTLP over HTTP has metrics below it, at `v1/metrics`.
    pub(super) fn of_collector(
        set: &Set<String>,
        protocol: Protocol,
        insecure: bool,
    ) -> Result<Self, String> {
        let endpoint = Self::verbatim(set, protocol, insecure)?;
        let path = endpoint.0.path().trim_end_matches('/');
        if protocol == Protocol::Grpc {
            return Ok(endpoint);
        }
        if let Some(other) = ["/v1/traces", "/v1/logs"].iter().find(|other| path.ends_with(**other))
        {
            return Err(format!(
                "`{}` is `{}`, where no metrics are; write it without `{other}`",
                set.name,
                endpoint.shown()
            ));
        }
        let path = path.strip_suffix(PATH).unwrap_or(path);
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
            Some((scheme, _)) if is_http(scheme) => text.to_owned(),
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
        if uri.authority().is_some_and(has_bad_port) {
            return Err(format!(
                "`{name}` is `{shown}`, where the port is no number up to 65535; OTLP's are 4318 for \
                 HTTP and 4317 for gRPC"
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

    /// What may be wrong, if what answers is not understood.
    pub(super) fn hint(&self, protocol: Protocol, error: &str) -> &'static str {
        let is_no_tls = self.is_https() && error.contains("InvalidContentType");
        let is_odd = ["http parse fail", "invalid HTTP", "frame with invalid", "broken pipe"];
        let is_odd = is_odd.iter().any(|odd| error.contains(odd));
        match (protocol, self.0.port_u16()) {
            _ if is_no_tls => " (what answers there speaks no TLS: write `http://`)",
            (Protocol::HttpProtobuf, port) if is_odd || port == Some(4317) => {
                " (is it a port of gRPC? HTTP is usually at port 4318; for gRPC, the protocol is `grpc`)"
            }
            (Protocol::Grpc, port) if is_odd || port == Some(4318) => {
                " (is it a port of HTTP? gRPC is usually at port 4317; for HTTP, the protocol is \
                 `http/protobuf`)"
            }
            _ => "",
        }
    }
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
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

/// Without what may be secret: a name and password before an `@`, also if they have a `/` in them, and
/// a query.
pub(super) fn without_password(address: &str) -> String {
    let (scheme, rest) = match address.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), address),
    };
    let (rest, query) = match rest.split_once('?') {
        Some((rest, _)) => (rest, "?…"),
        None => (rest, ""),
    };
    match rest.rfind('@') {
        Some(at) => format!("{scheme}…{}{query}", &rest[at..]),
        None => format!("{scheme}{rest}{query}"),
    }
}
