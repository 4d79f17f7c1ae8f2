//! OTLP over HTTP: protobuf by POST, with a blocking client.

use std::io::{self, Write};
use std::time::SystemTime;

use flate2::write::GzEncoder;
use prost::Message;
use ureq::http::{HeaderValue, Request, Response, StatusCode, header};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};

use super::answer::{
    ExportResponse, Failure, Outcome, error_message, is_of_tls, is_unreachable, retry_after,
    sanitized,
};
use super::forward::ToProxy;
use super::transport::Transport;
use crate::otlp::config::endpoint::without_password;
use crate::otlp::config::protocol::{Compression, Protocol};
use crate::otlp::config::proxy::Proxy;
use crate::otlp::config::target::Target;
#[cfg(feature = "tls")]
use crate::otlp::config::tls::Tls;

/// The largest part of an answer that is read.
const MOST_BYTES: u64 = 64 << 10;

/// A blocking client for OTLP over HTTP.
#[derive(Debug)]
pub(crate) struct Http {
    agent: Agent,
    target: Target,
}

impl Http {
    pub(crate) fn new(target: Target) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // A redirected POST is not repeated. The message names the new address.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(target.timeout))
            .user_agent(target.user_agent());
        #[cfg(feature = "tls")]
        let config = config.tls_config(tls(&target.tls));
        // Without the variables, which were read with the other settings.
        let agent = match target.proxy.clone() {
            None => config.proxy(None).build().into(),
            Some(Proxy { tunnel: Some(tunnel), .. }) => config.proxy(Some(tunnel)).build().into(),
            Some(proxy) => {
                let connector = ToProxy { proxy: proxy.uri, inner: DefaultConnector::default() };
                let config = config.proxy(None).build();
                Agent::with_parts(config, connector, DefaultResolver::default())
            }
        };
        Self { agent, target }
    }

    fn request(&self, body: &[u8]) -> Result<Request<Vec<u8>>, ureq::Error> {
        let mut request = Request::post(self.target.endpoint.uri());
        let body = match self.target.compression {
            Compression::None => body.to_vec(),
            Compression::Gzip => gzip(body)?,
        };
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&self.target.headers);
            let protobuf = HeaderValue::from_static("application/x-protobuf");
            headers.insert(header::CONTENT_TYPE, protobuf);
            let proxy = self.target.proxy.as_ref().filter(|_| !self.target.endpoint.is_https());
            if let Some(authorization) = proxy.and_then(|proxy| proxy.authorization.clone()) {
                headers.insert(header::PROXY_AUTHORIZATION, authorization);
            }
            if self.target.compression == Compression::Gzip {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        Ok(request.body(body)?)
    }

    pub(super) fn outcome(&self, mut response: Response<Body>) -> Outcome {
        let body = response.body_mut().with_config().limit(MOST_BYTES).read_to_vec();
        let is_too_long = matches!(body, Err(ureq::Error::BodyExceedsLimit(_)));
        let body = body.unwrap_or_default();
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let content_type = header(header::CONTENT_TYPE).unwrap_or_default();
        if status.is_success() {
            let response = if is_too_long { None } else { response_of(content_type, &body) };
            return match response {
                Some(response) => Outcome::accepted(response, &self.target.headers),
                None => self.foreign(status, content_type, &body),
            };
        }
        let message = sanitized(&error_message(content_type, &body), &self.target.headers);
        let message = if message.is_empty() { message } else { format!(": {message}") };
        let reason = format!("{status}{message}");
        match status.as_u16() {
            // Retryable by OTLP's specification.
            429 | 502 | 503 | 504 => {
                let after = header(header::RETRY_AFTER);
                let after = after.and_then(|value| retry_after(value, SystemTime::now()));
                Outcome::Retry { reason, after, failure: Failure::Answered }
            }
            // Vendors have gateways in front of their back ends, whose errors pass, too.
            408 | 500..=599 if self.target.vendor.is_some() => {
                Outcome::failed(Failure::Answered, reason)
            }
            code => {
                let location = header(header::LOCATION).unwrap_or("another address");
                let location = sanitized(&without_password(location), &self.target.headers);
                Outcome::Refused(format!("{reason}{}", self.fix(code, &location)))
            }
        }
    }

    /// The outcome of a successful response that is not one of OTLP: something else listens at the
    /// address, such as a proxy's login page.
    fn foreign(&self, status: StatusCode, content_type: &str, body: &[u8]) -> Outcome {
        let is_page = content_type.contains("html") || body.trim_ascii_start().starts_with(b"<");
        let answer = if is_page {
            "is a web page".to_owned()
        } else {
            let shown = sanitized(content_type, &self.target.headers);
            format!("of the type `{shown}` is not one of OTLP")
        };
        let reason = format!("{status}, but the answer {answer} (check the endpoint)");
        Outcome::failed(Failure::Settings, reason)
    }

    /// What to do after a refusal with this status.
    fn fix(&self, status: u16, location: &str) -> String {
        let hint = self.target.endpoint.hint(Protocol::HttpProtobuf, "");
        match status {
            301 | 302 | 303 | 307 | 308 => {
                format!(" (set {location} as the endpoint)")
            }
            401 | 403 => self.target.credentials_hint(),
            404 | 405 => format!(
                " (the server does not take metrics at `{}`: check the endpoint){hint}",
                self.target.endpoint.uri().path()
            ),
            413 => " (record fewer series, or raise the collector's limit)".into(),
            _ => hint.to_owned(),
        }
    }
}

impl Transport for Http {
    fn send(&mut self, body: &[u8]) -> Outcome {
        let response = self.request(body).and_then(|request| self.agent.run(request));
        match response {
            Ok(response) => self.outcome(response),
            Err(ureq::Error::Timeout(_)) => {
                Outcome::retry(format!("no answer within {:?}", self.target.timeout))
            }
            Err(error) => {
                let failure = failure(&error);
                let message = match error {
                    ureq::Error::Io(error) => error.to_string(),
                    error => error.to_string(),
                };
                let hint = self.target.endpoint.hint(Protocol::HttpProtobuf, &message);
                let tls = self.target.tls_hint(&message);
                let failure = if is_of_tls(&message) { Failure::Settings } else { failure };
                Outcome::failed(failure, format!("{message}{hint}{tls}"))
            }
        }
    }
}

fn failure(error: &ureq::Error) -> Failure {
    match error {
        ureq::Error::Io(error) if is_unreachable(error) => Failure::Unreachable,
        ureq::Error::HostNotFound => Failure::Unreachable,
        _ => Failure::Passing,
    }
}

/// The message in the body of a successful answer; `None` if the answer is not one of OTLP. Without
/// a body, an answer says that the batch was accepted.
fn response_of(content_type: &str, body: &[u8]) -> Option<ExportResponse> {
    if body.is_empty() && !content_type.contains("html") {
        return Some(ExportResponse::default());
    }
    if content_type.contains("json") {
        // Some servers answer every request in JSON.
        return ExportResponse::of_json(body);
    }
    let may_be = content_type.is_empty()
        || content_type.contains("protobuf")
        || content_type.contains("octet-stream");
    if may_be { ExportResponse::decode(body).ok() } else { None }
}

fn gzip(body: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(body)?;
    encoder.finish()
}

#[cfg(feature = "tls")]
fn tls(files: &Tls) -> ureq::tls::TlsConfig {
    use ureq::tls::{Certificate, ClientCert, PemItem, RootCerts, TlsConfig, parse_pem};

    // The files were checked when they were read, so no item is an error.
    let items = |pem: &[u8]| parse_pem(pem).filter_map(Result::ok).collect::<Vec<_>>();
    let certificates = |pem: &[u8]| {
        let certificate = |item| match item {
            PemItem::Certificate(certificate) => Some(certificate),
            _ => None,
        };
        items(pem).into_iter().filter_map(certificate).collect::<Vec<Certificate<'static>>>()
    };
    let mut config = TlsConfig::builder();
    let roots = match &files.roots {
        Some(roots) => certificates(roots),
        None => {
            let mozilla = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| root.as_ref());
            let system = files.system.iter().map(Vec::as_slice);
            mozilla.chain(system).map(|der| Certificate::from_der(der).to_owned()).collect()
        }
    };
    config = config.root_certs(RootCerts::new_with_certs(&roots));
    if let Some((chain, key)) = &files.client {
        let key = items(key).into_iter().find_map(|item| match item {
            PemItem::PrivateKey(key) => Some(key),
            _ => None,
        });
        let client = key.map(|key| ClientCert::new_with_certs(&certificates(chain), key));
        config = config.client_cert(client);
    }
    config.build()
}
