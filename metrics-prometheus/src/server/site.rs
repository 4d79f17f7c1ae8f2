//! The paths of the server.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, HeaderName, HeaderValue};
use http::{StatusCode, request};

use crate::answer::{Answer, bytes_of_type, collected, metrics, refuse_other_methods, text};
use crate::login::Login;
use crate::page;
use crate::scrape::output::Contents;
use crate::scrape::scraper::Scraper;
use crate::server::host::Hosts;

/// The paths, for those that ask for another one.
const PATHS: &str = "\
/metrics  the metrics, for Prometheus
/healthz  answers `ok` while this server runs
";
const PAGE: &str = "/         the metrics, for people\n";

/// Answers the requests of all connections.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) scraper: Arc<Scraper>,
    pub(crate) has_page: bool,
    pub(crate) hosts: Hosts,
    pub(crate) login: Option<Login>,
}

impl Site {
    pub(crate) async fn answer(&self, request: &request::Parts) -> Answer {
        if let Some(refused) = self.refuse(request) {
            return refused;
        }
        let (method, headers) = (&request.method, &request.headers);
        match request.uri.path() {
            "/metrics" | "/metrics/" => metrics(&self.scraper, method, headers).await,
            "/data.json" if self.has_page => {
                let json = "application/json";
                collected(&self.scraper, method, headers, Contents::Page, json).await
            }
            path => refuse_other_methods(method).unwrap_or_else(|| self.file(path)),
        }
    }

    fn file(&self, path: &str) -> Answer {
        if path == "/healthz" {
            return text(StatusCode::OK, "ok\n");
        }
        if let Some(asset) = page::get(path).filter(|_| self.has_page) {
            let mut answer = bytes_of_type(Bytes::from_static(asset.body), asset.content_type);
            for (name, value) in asset.headers {
                let (name, value) =
                    (HeaderName::from_static(name), HeaderValue::from_static(value));
                answer.headers_mut().insert(name, value);
            }
            return answer;
        }
        let page = if self.has_page { PAGE } else { "" };
        match path {
            "/" => text(StatusCode::OK, PATHS),
            _ => text(
                StatusCode::NOT_FOUND,
                format!("There is nothing at {path:?}. Here is what there is:\n\n{PATHS}{page}"),
            ),
        }
    }

    /// The answer to a request that may not see anything.
    fn refuse(&self, request: &request::Parts) -> Option<Answer> {
        // A request of HTTP/1.0 may have no host. A browser always sends one.
        let host = request.headers.get(HOST).map(HeaderValue::to_str);
        if host.is_some_and(|host| !host.is_ok_and(|host| self.hosts.allow(host))) {
            return Some(text(
                StatusCode::MISDIRECTED_REQUEST,
                "This server listens on loopback, and answers only requests whose header `Host` is \
                 an IP address or `localhost`. In the program, \
                 `PrometheusHandler::builder().allow_host(\"…\")` allows another name.\n",
            ));
        }
        // Those who probe the health of a program have no password.
        let is_open = request.uri.path() == "/healthz";
        let login = self.login.as_ref().filter(|_| !is_open)?;
        login.refuse(&request.headers)
    }
}
