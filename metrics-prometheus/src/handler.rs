//! The handler: what the ways in share.

use std::fmt;
use std::io::{self, Write};
#[cfg(feature = "server")]
use std::net::SocketAddr;
use std::sync::Arc;

use typed_metrics_core::{HandlerError, MetricHandler, observe_now};

#[cfg(feature = "push")]
use crate::error::PrometheusError;
use crate::format::Format;
#[cfg(feature = "tower")]
use crate::login::Login;
#[cfg(feature = "push")]
use crate::push::gateway::{Method, Pushgateway};
#[cfg(feature = "push")]
use crate::scrape::callbacks::Callbacks;
#[cfg(any(feature = "server", feature = "tower"))]
use crate::scrape::scraper::Scraper;
#[cfg(feature = "server")]
use crate::server::endpoint::Endpoint;
use crate::settings::Settings;

/// Lets Prometheus read the metrics of this process.
///
/// While the handler is installed, it serves `/metrics`, `/healthz` and a page at `/`, from a
/// thread of its own. [`builder`](Self::builder) has the settings.
///
#[cfg_attr(feature = "server", doc = "```")]
#[cfg_attr(not(feature = "server"), doc = "```ignore")]
/// # use typed_metrics_core as typed_metrics;
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
/// use typed_metrics::{MetricType, attributes, record_metric, set_metric_handlers};
/// use typed_metrics_prometheus::PrometheusHandler;
///
/// // Port 0 is any free port. Without an address, the handler serves 127.0.0.1:9464.
/// let handler = PrometheusHandler::builder().address(([127, 0, 0, 1], 0)).build()?;
/// set_metric_handlers(handler.clone())?;
/// record_metric("jobs", 2, MetricType::Counter, attributes!())?;
///
/// let mut scrape = TcpStream::connect(handler.local_addr().unwrap())?;
/// scrape.write_all(b"GET /metrics HTTP/1.0\r\n\r\n")?;
/// let mut answer = String::new();
/// scrape.read_to_string(&mut answer)?;
/// assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"));
/// assert!(answer.contains("\njobs_total 2"), "{answer}");
/// # typed_metrics::clear_metric_handlers();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A clone is the same handler: it may be installed, asked for its address, and rendered.
///
/// Counting is not the handler's work, so a handler that is installed late, cleared or set again
/// misses nothing. [`flush`](MetricHandler::flush) has nothing to do, and succeeds.
#[derive(Clone)]
pub struct PrometheusHandler {
    pub(crate) shared: Arc<Shared>,
}

/// What a handler and its clones share. Its address identifies the handler.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    #[cfg(any(feature = "server", feature = "tower"))]
    pub(crate) scraper: Arc<Scraper>,
    /// Of the service.
    #[cfg(feature = "tower")]
    pub(crate) login: Option<Login>,
    /// `None` if the handler serves nothing itself.
    #[cfg(feature = "server")]
    pub(crate) endpoint: Option<Endpoint>,
    /// Gets the last values.
    #[cfg(feature = "push")]
    pub(crate) last_push: Option<Pushgateway>,
}

impl PrometheusHandler {
    /// The metrics now, in one format.
    ///
    /// No server is needed, and the handler need not be installed. The observed callbacks run on
    /// the calling thread.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{MetricType, attributes, record_metric};
    /// use typed_metrics_prometheus::{Format, PrometheusHandler};
    ///
    /// record_metric("visits", 3, MetricType::Counter, attributes!("page" => "a\"b"))?;
    /// let handler = PrometheusHandler::builder().build()?;
    /// let text = String::from_utf8(handler.render(Format::Text))?;
    /// assert!(text.contains("visits_total{page=\"a\\\"b\"} 3"), "{text}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn render(&self, format: Format) -> Vec<u8> {
        let mut rendered = Vec::new();
        observe_now();
        format.encode_now(&self.shared.settings, &mut rendered);
        rendered
    }

    /// Writes the metrics to `writer`, as [`render`](Self::render) gives them: for example into a
    /// file for the text-file collector of Prometheus' node exporter.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn render_to(&self, format: Format, mut writer: impl Write) -> io::Result<()> {
        writer.write_all(&self.render(format))
    }

    /// The address at which the handler serves; `None` while it does not.
    ///
    /// With port 0, the system chooses the port, and this is how a program finds it.
    #[cfg(feature = "server")]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.shared.endpoint.as_ref()?.local_addr()
    }
}

/// For batch jobs.
#[cfg(feature = "push")]
impl PrometheusHandler {
    /// Pushes all metrics, in place of everything that the gateway has in the group.
    ///
    /// The calling thread waits for the answer. In async code, call this with `spawn_blocking`.
    ///
    /// # Errors
    /// If the gateway does not accept the metrics, or a part of its address cannot be used.
    pub fn push(&self, gateway: &Pushgateway) -> Result<(), PrometheusError> {
        gateway.send(Method::Put, &self.render(Format::Text))
    }

    /// Pushes all metrics, in place of those metrics in the group that have the same names.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_add(&self, gateway: &Pushgateway) -> Result<(), PrometheusError> {
        gateway.send(Method::Post, &self.render(Format::Text))
    }
}

impl fmt::Debug for PrometheusHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("PrometheusHandler");
        debug.field("settings", &self.shared.settings);
        #[cfg(feature = "server")]
        debug.field("endpoint", &self.shared.endpoint);
        debug.finish_non_exhaustive()
    }
}

impl MetricHandler for PrometheusHandler {
    fn name(&self) -> &'static str {
        "prometheus"
    }

    fn identity(&self) -> Option<usize> {
        Some(Arc::as_ptr(&self.shared).addr())
    }

    /// Listens.
    ///
    /// # Errors
    /// If the address cannot be used. The error names it, with the fix.
    fn install(&self) -> Result<(), HandlerError> {
        #[cfg(feature = "server")]
        if let Some(endpoint) = &self.shared.endpoint {
            endpoint.open(&self.shared.scraper)?;
        }
        Ok(())
    }

    /// False for a handler that serves or has a last push: the thread of the server is in the
    /// parent, and the values in the gateway are the parent's.
    fn survives_fork(&self) -> bool {
        #[cfg(feature = "server")]
        if self.shared.endpoint.is_some() {
            return false;
        }
        #[cfg(feature = "push")]
        if self.shared.last_push.is_some() {
            return false;
        }
        true
    }

    /// Does nothing: Prometheus comes for the values.
    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }

    /// Ends the server. Answers in progress have a second to be read. When this returns, the port
    /// is free. Then the last values are pushed, if the builder has a Pushgateway. Observed
    /// callbacks have 300 ms; of later ones, the values that they gave before are pushed.
    ///
    /// # Errors
    /// If the Pushgateway does not accept the values.
    fn shutdown(&self) -> Result<(), HandlerError> {
        self.abandon()?;
        #[cfg(feature = "push")]
        if let Some(gateway) = &self.shared.last_push {
            Callbacks::default().run();
            let mut last = Vec::new();
            Format::Text.encode_now(&self.shared.settings, &mut last);
            return Ok(gateway.send(Method::Put, &last)?);
        }
        Ok(())
    }

    /// Ends the server, and pushes nothing.
    fn abandon(&self) -> Result<(), HandlerError> {
        #[cfg(feature = "server")]
        if let Some(endpoint) = &self.shared.endpoint {
            endpoint.close();
        }
        Ok(())
    }
}
