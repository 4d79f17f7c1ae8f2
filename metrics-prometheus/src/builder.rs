//! The builder of a handler.

#[cfg(feature = "server")]
use std::net::SocketAddr;
use std::sync::Arc;

use crate::error::PrometheusError;
use crate::handler::{PrometheusHandler, Shared};
#[cfg(feature = "push")]
use crate::push::gateway::Pushgateway;
#[cfg(any(feature = "server", feature = "tower"))]
use crate::scrape::scraper::Scraper;
#[cfg(feature = "server")]
use crate::server::address;
#[cfg(feature = "server")]
use crate::server::endpoint::{Endpoint, EndpointSettings};
#[cfg(feature = "server")]
use crate::server::login::Login;
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
    #[cfg(feature = "server")]
    login: Option<(String, Password)>,
    #[cfg(feature = "server")]
    allowed_hosts: Vec<String>,
    #[cfg(feature = "push")]
    last_push: Option<Pushgateway>,
}

/// A password, which no message shows.
#[cfg(feature = "server")]
#[derive(Clone)]
struct Password(String);

#[cfg(feature = "server")]
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

    /// Pushes the last values to this gateway when the handler is removed or the program shuts
    /// down, for batch jobs.
    ///
    /// A shutdown fails if the gateway does not accept them.
    #[cfg(feature = "push")]
    pub fn push_at_shutdown(self, gateway: Pushgateway) -> Self {
        Self { last_push: Some(gateway), ..self }
    }

    /// Starts nothing: the handler listens when it is installed.
    ///
    /// # Errors
    /// All settings that cannot be used.
    pub fn build(self) -> Result<PrometheusHandler, PrometheusError> {
        #[cfg(feature = "server")]
        let endpoint = self.endpoint()?.map(Endpoint::new);
        let shared = Shared {
            #[cfg(any(feature = "server", feature = "tower"))]
            scraper: Arc::new(Scraper::new(self.settings.clone())),
            settings: self.settings,
            #[cfg(feature = "server")]
            endpoint,
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
    pub fn without_server(self) -> Self {
        Self { is_without_server: true, ..self }
    }

    /// Serves the metrics for Prometheus, and no page for people.
    pub fn without_page(self) -> Self {
        Self { is_without_page: true, ..self }
    }

    /// Requires this user and this password of every request, except for `/healthz` (HTTP Basic
    /// authentication).
    ///
    /// HTTP does not encrypt them. On networks that others read, put a proxy with TLS before the
    /// server.
    pub fn basic_auth(self, user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { login: Some((user.into(), Password(password.into()))), ..self }
    }

    /// Also answers requests to this host name, while the server listens on loopback. May be
    /// called several times.
    ///
    /// There, the server refuses other names than `localhost`, because a page of another site can
    /// make its own name resolve to 127.0.0.1. A proxy on the same machine that passes on the
    /// original `Host` needs this setting.
    pub fn allow_host(mut self, name: impl Into<String>) -> Self {
        self.allowed_hosts.push(name.into().to_ascii_lowercase());
        self
    }

    fn endpoint(&self) -> Result<Option<EndpointSettings>, PrometheusError> {
        if self.is_without_server {
            return Ok(None);
        }
        let mut mistakes = Vec::new();
        let addresses = match self.address {
            Some(address) => vec![address],
            None => address::by_variables(|name| std::env::var_os(name), &mut mistakes),
        };
        let login = self.login.as_ref().map(|(user, Password(password))| {
            if user.contains(':') {
                mistakes.push(format!(
                    "the user of `basic_auth` is `{user}`, which contains `:`; HTTP ends the user \
                     there, so choose a user without `:`"
                ));
            }
            Login::new(user, password)
        });
        let allowed_hosts = self.allowed_hosts.clone();
        if mistakes.is_empty() {
            Ok(Some(EndpointSettings {
                addresses,
                allowed_hosts,
                login,
                has_page: !self.is_without_page,
            }))
        } else {
            Err(PrometheusError(mistakes))
        }
    }
}
