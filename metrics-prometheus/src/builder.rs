//! The builder of a handler.

#[cfg(feature = "server")]
use std::net::SocketAddr;
use std::sync::Arc;

use crate::error::PrometheusError;
use crate::handler::{PrometheusHandler, Shared};
#[cfg(any(feature = "server", feature = "tower"))]
use crate::login::Login;
#[cfg(feature = "push")]
use crate::push::gateway::Pushgateway;
#[cfg(any(feature = "server", feature = "tower"))]
use crate::scrape::scraper::Scraper;
#[cfg(feature = "server")]
use crate::server::address;
#[cfg(feature = "server")]
use crate::server::endpoint::{Endpoint, EndpointSettings};
#[cfg(feature = "server")]
use crate::server::host;
use crate::settings::Settings;

impl PrometheusHandler {
    /// Returns a builder.
    pub fn builder() -> PrometheusBuilder {
        PrometheusBuilder::default()
    }
}

/// Builds a [`PrometheusHandler`].
///
#[cfg_attr(feature = "server", doc = "```")]
#[cfg_attr(not(feature = "server"), doc = "```ignore")]
/// use typed_metrics_prometheus::PrometheusHandler;
///
/// // For scrapers on other machines, with a password.
/// let handler = PrometheusHandler::builder()
///     .address(([0, 0, 0, 0], 0))
///     .basic_auth("prometheus", "open sesame")
///     .build()?;
/// typed_metrics_core::set_metric_handlers(handler.clone())?;
/// assert!(handler.local_addr().unwrap().ip().is_unspecified());
/// # typed_metrics_core::clear_metric_handlers();
/// assert_eq!(handler.local_addr(), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "call `build` to make a handler"]
pub struct PrometheusBuilder {
    settings: Settings,
    #[cfg(feature = "server")]
    address: Option<SocketAddr>,
    #[cfg(feature = "server")]
    is_without_server: bool,
    #[cfg(feature = "server")]
    is_without_page: bool,
    #[cfg(any(feature = "server", feature = "tower"))]
    login: Option<(String, Password)>,
    #[cfg(feature = "server")]
    allowed_hosts: Vec<String>,
    #[cfg(feature = "push")]
    last_push: Option<Pushgateway>,
}

/// A password, which no message shows.
#[cfg(any(feature = "server", feature = "tower"))]
#[derive(Clone)]
struct Password(String);

#[cfg(any(feature = "server", feature = "tower"))]
impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl PrometheusBuilder {
    /// What a scrape contains besides the metrics, and how names are written.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Requires this user and this password (HTTP Basic authentication): the server of every
    /// request except for `/healthz`, and the service for a router of every request.
    ///
    /// HTTP does not encrypt them. On networks that others read, put a proxy with TLS before the
    /// server.
    #[cfg(any(feature = "server", feature = "tower"))]
    pub fn basic_auth(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { login: Some((user.into(), Password(password.into()))), ..self }
    }

    /// Pushes the last values to this gateway when the handler is removed or the program shuts
    /// down, for batch jobs.
    ///
    /// A shutdown fails if the gateway does not accept them. An address, job or label that cannot
    /// be used is an error of [`build`](Self::build).
    ///
    /// ```
    /// use typed_metrics_prometheus::{PrometheusHandler, Pushgateway};
    ///
    /// let nowhere = Pushgateway::new("https://gateway:9091", "backup");
    /// let error = PrometheusHandler::builder().push_at_shutdown(nowhere).build().unwrap_err();
    /// assert!(error.to_string().contains("TLS is not supported"), "{error}");
    /// ```
    #[cfg(feature = "push")]
    pub fn push_at_shutdown(self, gateway: Pushgateway) -> Self {
        Self { last_push: Some(gateway), ..self }
    }

    /// Starts nothing: the handler listens when it is installed.
    ///
    /// # Errors
    /// All settings that cannot be used.
    pub fn build(self) -> Result<PrometheusHandler, PrometheusError> {
        #[allow(unused_mut, reason = "without features, nothing can be wrong")]
        let mut mistakes = Vec::new();
        #[cfg(any(feature = "server", feature = "tower"))]
        let login = self.checked_login(&mut mistakes);
        #[cfg(feature = "server")]
        let endpoint = self.endpoint(login.clone(), &mut mistakes);
        #[cfg(feature = "push")]
        if let Some(Err(PrometheusError(wrong))) = self.last_push.as_ref().map(Pushgateway::check) {
            mistakes.extend(wrong);
        }
        if !mistakes.is_empty() {
            return Err(PrometheusError(mistakes));
        }
        let shared = Shared {
            #[cfg(any(feature = "server", feature = "tower"))]
            scraper: Arc::new(Scraper::new(self.settings.clone())),
            settings: self.settings,
            #[cfg(feature = "server")]
            endpoint: endpoint.map(Endpoint::new),
            #[cfg(feature = "tower")]
            login,
            #[cfg(feature = "push")]
            last_push: self.last_push,
        };
        Ok(PrometheusHandler { shared: Arc::new(shared) })
    }
}

/// The server.
#[cfg(feature = "server")]
impl PrometheusBuilder {
    /// The address at which the handler serves. The default is what the variables
    /// `OTEL_EXPORTER_PROMETHEUS_HOST` and `OTEL_EXPORTER_PROMETHEUS_PORT` say, and 127.0.0.1:9464
    /// without them.
    ///
    /// Port 0 is any free port. The host 0.0.0.0 is every address of this machine.
    pub fn address(self, address: impl Into<SocketAddr>) -> Self {
        Self { address: Some(address.into()), ..self }
    }

    /// Serves nothing: for programs that only [render](PrometheusHandler::render), push, or answer
    /// scrapes in a router of their own.
    ///
    /// [`basic_auth`](Self::basic_auth) then applies to the service for that router. An
    /// [`address`](Self::address) or [`allow_host`](Self::allow_host) is an error, because only a
    /// server has them.
    pub fn without_server(self) -> Self {
        Self { is_without_server: true, ..self }
    }

    /// Serves the metrics for Prometheus, and no page for people.
    pub fn without_page(self) -> Self {
        Self { is_without_page: true, ..self }
    }

    /// Also answers requests to this host name, while the server listens on loopback. May be
    /// called several times.
    ///
    /// There, the server refuses other names than `localhost`, because a page of another site can
    /// make its own name resolve to 127.0.0.1. A proxy on the same machine that passes on the
    /// original `Host` needs this setting. The name has no scheme, port or path.
    ///
    /// ```
    /// use typed_metrics_prometheus::PrometheusHandler;
    ///
    /// let proxied = PrometheusHandler::builder().allow_host("metrics.example");
    /// assert!(proxied.build().is_ok());
    /// let error = PrometheusHandler::builder().allow_host("http://x:1").build().unwrap_err();
    /// assert!(error.to_string().ends_with("; write `x`"), "{error}");
    /// ```
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into());
        self
    }

    /// `None` if the handler serves nothing itself.
    fn endpoint(
        &self,
        login: Option<Login>,
        mistakes: &mut Vec<String>,
    ) -> Option<EndpointSettings> {
        let host = |name: &String| host::name(name).map_err(|mistake| mistakes.push(mistake)).ok();
        let allowed_hosts = self.allowed_hosts.iter().filter_map(host).collect();
        if self.is_without_server {
            let of_a_server = [
                ("address", self.address.is_some()),
                ("allow_host", !self.allowed_hosts.is_empty()),
            ];
            for (setting, _) in of_a_server.iter().filter(|(_, is_set)| *is_set) {
                mistakes.push(format!(
                    "the builder has both `without_server` and `{setting}`, which is a setting of \
                     the server; leave out one of them"
                ));
            }
            return None;
        }
        let addresses = match self.address {
            Some(address) => vec![address],
            None => address::by_variables(|name| std::env::var_os(name), mistakes),
        };
        Some(EndpointSettings { addresses, allowed_hosts, login, has_page: !self.is_without_page })
    }
}

/// The password.
#[cfg(any(feature = "server", feature = "tower"))]
impl PrometheusBuilder {
    fn checked_login(&self, mistakes: &mut Vec<String>) -> Option<Login> {
        let (user, Password(password)) = self.login.as_ref()?;
        if user.contains(':') {
            mistakes.push(format!(
                "the user of `basic_auth` is `{user}`, which contains `:`; HTTP ends the user \
                 there, so choose a user without `:`"
            ));
        }
        Some(Login::new(user, password))
    }
}
