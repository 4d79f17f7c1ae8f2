//! The address that metrics are sent to.

use ureq::http::Uri;
use ureq::http::uri::{Authority, PathAndQuery, Scheme};

use super::given::Given;
use super::mistakes::Mistakes;
use super::protocol::Protocol;
use super::vars::{Setting, Vars, is_true};

/// The path for metrics below a collector's address.
const PATH: &str = "/v1/metrics";

/// An address: `http` or `https`, a host, and a path.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint(Uri);

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.redacted())
    }
}

impl Endpoint {
    /// Reads the address from code, else from the variables, else takes the default.
    pub(crate) fn read(
        given: &Given,
        protocol: Protocol,
        vars: &Vars<'_>,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        let metrics = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
        let in_code = |name, value: &Option<String>| Some(Setting::in_code(name, value.clone()?));
        let insecure = vars.otlp("INSECURE", mistakes);
        let insecure = insecure.is_some_and(|set| is_true(&set));
        let made = if let Some(set) = in_code("metrics_endpoint", &given.metrics_endpoint) {
            Self::verbatim(&set, protocol, insecure).map(|endpoint| (set, endpoint))
        } else if let Some(set) = in_code(
            given.vendor.as_ref().map_or("endpoint", |vendor| &vendor.endpoint),
            &given.endpoint,
        ) {
            Self::of_collector(&set, protocol, insecure).map(|endpoint| (set, endpoint))
        } else if let Some(set) = vars.get(metrics, mistakes) {
            Self::verbatim(&set, protocol, insecure).map(|endpoint| (set, endpoint))
        } else {
            let set = vars.get("OTEL_EXPORTER_OTLP_ENDPOINT", mistakes).unwrap_or_else(|| {
                let default = match protocol {
                    Protocol::HttpProtobuf => "http://localhost:4318",
                    Protocol::Grpc => "http://localhost:4317",
                };
                Setting::in_code("endpoint", default.to_owned())
            });
            Self::of_collector(&set, protocol, insecure).map(|endpoint| (set, endpoint))
        };
        let (set, endpoint) = mistakes.note(made)?;
        if endpoint.is_https() && !cfg!(feature = "tls") {
            mistakes.add(format!(
                "`{}` is `{}`, which needs TLS; enable the feature `otel-tls` of `typed-metrics`",
                set.name,
                endpoint.redacted()
            ));
        }
        Some(endpoint)
    }

    /// Makes the address for metrics from the address of a collector: OTLP over HTTP appends
    /// `/v1/metrics`.
    pub(crate) fn of_collector(
        set: &Setting<String>,
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
                "`{}` is `{}`, which is not an address for metrics; remove `{other}`",
                set.name,
                endpoint.redacted()
            ));
        }
        let path = path.strip_suffix(PATH).unwrap_or(path);
        let query = endpoint.0.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut parts = endpoint.0.clone().into_parts();
        parts.path_and_query = PathAndQuery::try_from(format!("{path}{PATH}{query}")).ok();
        Uri::from_parts(parts).map(Self).map_err(|error| unusable(set, &error))
    }

    /// Takes the address for metrics as written.
    pub(crate) fn verbatim(
        set: &Setting<String>,
        protocol: Protocol,
        insecure: bool,
    ) -> Result<Self, String> {
        let text = set.value.trim();
        let (name, shown) = (&set.name, without_password(text));
        let full = match text.split_once("://") {
            Some((scheme, _)) if is_http(scheme) => text.to_owned(),
            Some((scheme, _)) => {
                return Err(format!(
                    "`{name}` is `{shown}`; write `http://` or `https://` instead of \
                     `{scheme}://`, also for gRPC"
                ));
            }
            // OpenTelemetry's specification allows an address without a scheme for gRPC, and
            // `OTEL_EXPORTER_OTLP_INSECURE` decides between `http` and `https`.
            None if protocol == Protocol::Grpc && insecure => format!("http://{text}"),
            None => {
                let suggestion = with_scheme(&shown);
                return Err(format!(
                    "`{name}` is `{shown}`, which does not begin with `http://` or `https://`; \
                     write `{suggestion}`"
                ));
            }
        };
        let uri = Uri::try_from(full).map_err(|error| unusable(set, &error))?;
        if uri.host().is_none_or(str::is_empty) {
            return Err(format!(
                "`{name}` is `{shown}`, which has no host; write `http://host:4318`"
            ));
        }
        if uri.authority().is_some_and(has_bad_port) {
            return Err(format!(
                "`{name}` is `{shown}`, whose port is not a number up to 65535; OTLP uses 4318 for \
                 HTTP and 4317 for gRPC"
            ));
        }
        Ok(Self(uri))
    }

    pub(crate) fn uri(&self) -> &Uri {
        &self.0
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == Some(&Scheme::HTTPS)
    }

    /// The address for messages: without a password and without a query.
    pub(crate) fn redacted(&self) -> String {
        without_password(&self.0.to_string())
    }

    /// A hint for the message if the answer is not OTLP of this protocol, else an empty text.
    pub(crate) fn hint(&self, protocol: Protocol, error: &str) -> &'static str {
        let is_no_tls = self.is_https() && error.contains("InvalidContentType");
        let is_odd = ["http parse fail", "invalid HTTP", "frame with invalid", "broken pipe"];
        let is_odd = is_odd.iter().any(|odd| error.contains(odd));
        match (protocol, self.0.port_u16()) {
            _ if is_no_tls => " (the server does not use TLS: write `http://`)",
            (Protocol::HttpProtobuf, port) if is_odd || port == Some(4317) => {
                " (is this the port for gRPC? HTTP usually uses port 4318; for gRPC, set the \
                 protocol `grpc`)"
            }
            (Protocol::Grpc, port) if is_odd || port == Some(4318) => {
                " (is this the port for HTTP? gRPC usually uses port 4317; for HTTP, set the \
                 protocol `http/protobuf`)"
            }
            _ => "",
        }
    }
}

/// The address with a scheme: in place of a misspelt one, such as `http//` or `https:/`, or before
/// the host.
fn with_scheme(address: &str) -> String {
    let bare = |rest: &str| rest.trim_start_matches([':', '/', ';', '.', '\\']).to_owned();
    let lower = address.to_ascii_lowercase();
    for scheme in ["https", "http"] {
        // A host may begin with these letters, but not go on with `/`.
        let rest = lower.strip_prefix(scheme).and_then(|_| address.get(scheme.len()..));
        if let Some(rest) = rest.filter(|rest| {
            [":/", "//", "/", ";//", ":\\", ".//"].iter().any(|typo| rest.starts_with(typo))
        }) {
            return format!("{scheme}://{}", bare(rest));
        }
    }
    format!("http://{}", bare(address))
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https")
}

fn unusable(set: &Setting<String>, error: &dyn std::fmt::Display) -> String {
    format!(
        "`{}` is `{}`, which is not a valid address: {error}; write `http://host:port`",
        set.name,
        without_password(set.value.trim())
    )
}

/// Whether the authority has a colon without a valid port after it.
fn has_bad_port(authority: &Authority) -> bool {
    let after_host = authority.as_str().rsplit('@').next().and_then(|host| host.rsplit(']').next());
    after_host.is_some_and(|host| host.contains(':')) && authority.port_u16().is_none()
}

/// The address without parts that may be secret: a user name and password before an `@`, also if
/// they contain a `/`, and a query.
pub(crate) fn without_password(address: &str) -> String {
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
