//! The paths of the server.

use std::sync::Arc;

use http::header::{HOST, HeaderValue, WWW_AUTHENTICATE};
use http::{StatusCode, request};

use crate::answer::{Answer, metrics, refuse_other_methods, text};
use crate::scrape::scraper::Scraper;
use crate::server::host::Hosts;
use crate::server::login::Login;

const INDEX: &str = "\
typed-metrics

/metrics  the metrics, for Prometheus
/healthz  answers `ok` while this server runs
";

/// Answers the requests of all connections.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) scraper: Arc<Scraper>,
    pub(crate) hosts: Hosts,
    pub(crate) login: Option<Login>,
}

impl Site {
    pub(crate) async fn answer(&self, request: &request::Parts) -> Answer {
        if let Some(refused) = self.refuse(request) {
            return refused;
        }
        match request.uri.path() {
            "/metrics" | "/metrics/" => {
                metrics(&self.scraper, &request.method, &request.headers).await
            }
            path => refuse_other_methods(&request.method).unwrap_or_else(|| Self::at(path)),
        }
    }

    fn at(path: &str) -> Answer {
        match path {
            "/healthz" => text(StatusCode::OK, "ok\n"),
            "/" => text(StatusCode::OK, INDEX),
            _ => text(
                StatusCode::NOT_FOUND,
                format!("There is nothing at {path:?}. Here is what there is.\n\n{INDEX}"),
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
        if login.allows(&request.headers) {
            return None;
        }
        let mut refused =
            text(StatusCode::UNAUTHORIZED, "The metrics need a user and a password.\n");
        let basic = HeaderValue::from_static("Basic realm=\"metrics\", charset=\"UTF-8\"");
        refused.headers_mut().insert(WWW_AUTHENTICATE, basic);
        Some(refused)
    }
}
