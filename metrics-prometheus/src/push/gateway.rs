//! A Pushgateway, and the group of metrics that a job has there.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::Uri;
use ureq::{Agent, Body, http};

use crate::error::PrometheusError;
use crate::format::Format;
use crate::push::group::{append, is_label};

/// The time limit of a request, unless [`timeout`](Pushgateway::timeout) sets another.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The group of metrics of one job in a Pushgateway.
///
/// A job that ends before Prometheus scrapes it pushes its metrics to a
/// [Pushgateway](https://github.com/prometheus/pushgateway), which Prometheus scrapes.
///
/// ```no_run
/// use typed_metrics_prometheus::{PrometheusHandler, Pushgateway};
///
/// let backup = Pushgateway::new("http://localhost:9091", "backup")
///     .group("instance", "db-1")
///     .group("path", "/var/lib");
/// let handler = PrometheusHandler::builder().without_server().build()?;
/// // … the job …
/// handler.push(&backup)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The gateway keeps the metrics of a group until they are pushed again or
/// [deleted](Self::delete).
#[derive(Clone)]
#[must_use = "push to it with `PrometheusHandler::push`"]
pub struct Pushgateway {
    url: String,
    job: String,
    labels: Vec<(String, String)>,
    authorization: Option<String>,
    timeout: Duration,
}

impl Pushgateway {
    /// The gateway at this address, such as `http://localhost:9091`, and the label `job` of the
    /// group.
    ///
    /// The address begins with `http://`. Where others can read the network, push to a proxy on
    /// this machine that speaks TLS.
    pub fn new(url: impl Into<String>, job: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            job: job.into(),
            labels: Vec::new(),
            authorization: None,
            timeout: TIMEOUT,
        }
    }

    /// Adds a label to those that distinguish the group from other groups of the job. The value may
    /// be any text. A label of a metric with the same name is overwritten.
    pub fn group(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((label.into(), value.into()));
        self
    }

    /// Sends this user and this password (HTTP Basic authentication).
    pub fn basic_auth(self, user: &str, password: &str) -> Self {
        let credentials = BASE64_STANDARD.encode(format!("{user}:{password}"));
        Self { authorization: Some(format!("Basic {credentials}")), ..self }
    }

    /// The time limit of each request. The default is 5 s.
    pub fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// Deletes all metrics of the group.
    ///
    /// # Errors
    /// If the gateway does not accept the request, or a part of its address cannot be used.
    pub fn delete(&self) -> Result<(), PrometheusError> {
        let request = self.agent().delete(self.address()?);
        self.answer("delete", self.authorized(request).call())
    }

    /// Sends a text of the format 0.0.4.
    pub(crate) fn send(&self, method: Method, metrics: &[u8]) -> Result<(), PrometheusError> {
        let (agent, address) = (self.agent(), self.address()?);
        let request = match method {
            Method::Put => agent.put(address),
            Method::Post => agent.post(address),
        };
        let request = self.authorized(request).content_type(Format::Text.content_type());
        self.answer("push", request.send(metrics))
    }

    fn agent(&self) -> Agent {
        let name = concat!("typed-metrics-prometheus/", env!("CARGO_PKG_VERSION"));
        Agent::config_builder()
            .timeout_global(Some(self.timeout))
            // A gateway is near. A proxy for the outside does not reach it.
            .proxy(None)
            .http_status_as_error(false)
            .user_agent(name)
            .build()
            .into()
    }

    fn authorized<B>(&self, request: ureq::RequestBuilder<B>) -> ureq::RequestBuilder<B> {
        match &self.authorization {
            Some(authorization) => request.header("authorization", authorization),
            None => request,
        }
    }

    /// Finds mistakes in the address, the job and the labels.
    pub(crate) fn check(&self) -> Result<(), PrometheusError> {
        self.address().map(drop)
    }

    /// The address of the group.
    fn address(&self) -> Result<Uri, PrometheusError> {
        let mut mistakes = Vec::new();
        let url = self.url.trim_end_matches('/');
        if let Err(reason) = check_server(url) {
            let shown = self.shown();
            mistakes.push(format!("the address of the Pushgateway is `{shown}`, {reason}"));
        }
        if self.job.is_empty() {
            mistakes.push(
                "the job of the Pushgateway is empty; give it the name of the job".to_owned(),
            );
        }
        let mut path = String::from("/metrics");
        append(&mut path, "job", &self.job);
        for (name, value) in &self.labels {
            if !is_label(name) {
                mistakes.push(format!(
                    "`{name}` cannot be a label of a group in the Pushgateway; write a name of \
                     letters, digits and `_` that begins with a letter, and is not `job`"
                ));
            }
            append(&mut path, name, value);
        }
        let address = format!("{url}{path}");
        match Uri::try_from(&address) {
            Ok(address) if mistakes.is_empty() => Ok(address),
            Err(error) if mistakes.is_empty() => {
                let address = format!("{}{path}", without_user(url));
                Err(PrometheusError(vec![format!("`{address}` is no valid address: {error}")]))
            }
            _ => Err(PrometheusError(mistakes)),
        }
    }

    /// The address as messages show it.
    fn shown(&self) -> Cow<'_, str> {
        without_user(&self.url)
    }

    fn answer(
        &self,
        action: &str,
        answer: Result<http::Response<Body>, ureq::Error>,
    ) -> Result<(), PrometheusError> {
        let failed = format!("could not {action} the metrics of job `{}`", self.job);
        let at = self.shown();
        let mut answer = answer.map_err(|error| {
            let error = error.to_string().replace(self.url.trim_end_matches('/'), &at);
            PrometheusError(vec![format!("{failed}: the Pushgateway at {at}: {error}")])
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        // The gateway explains what it refuses.
        let reason = answer.body_mut().with_config().limit(2000).read_to_string();
        let reason = reason.unwrap_or_default();
        let reason = reason.trim();
        let text = format!("{failed}: the Pushgateway at {at} answered {status}: {reason}");
        Err(PrometheusError(vec![text]))
    }
}

/// Whether this is the address of a server that speaks HTTP; if not, the reason and the fix.
fn check_server(url: &str) -> Result<(), String> {
    const FIX: &str = "write `http://host:9091`";
    let begins_with = |scheme: &str| {
        url.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
    };
    if begins_with("https://") {
        return Err(
            "but TLS is not supported; push to a proxy on this machine that speaks TLS, at \
                    an address that begins with `http://`"
                .to_owned(),
        );
    }
    if !begins_with("http://") || url.contains(['?', '#']) {
        return Err(format!("which is no address of a server; {FIX}"));
    }
    let parsed = Uri::try_from(url);
    let uri = parsed.map_err(|error| format!("which is no valid address ({error}); {FIX}"))?;
    if uri.host().is_none_or(str::is_empty) {
        return Err(format!("which has no host; {FIX}"));
    }
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let after_host = authority.rsplit(['@', ']']).next().unwrap_or_default();
    if after_host.contains(':') && uri.port_u16().is_none() {
        return Err(format!("whose port is not a whole number from 0 to 65535; {FIX}"));
    }
    Ok(())
}

/// Without the password.
impl fmt::Debug for Pushgateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pushgateway")
            .field("url", &self.shown())
            .field("job", &self.job)
            .field("labels", &self.labels)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

/// The address without its user and its password, which end at an `@`.
fn without_user(url: &str) -> Cow<'_, str> {
    let Some(at) = url.rfind('@') else { return url.into() };
    let begin = url[..at].find("://").map_or(0, |colon| colon + 3);
    format!("{}…{}", &url[..begin], &url[at..]).into()
}

/// How pushed metrics and those of the group are joined.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Method {
    /// The pushed metrics replace all metrics of the group.
    Put,
    /// The pushed metrics replace those that have the same names.
    Post,
}
