//! The address of the server, and the server while it listens there.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use log::Level;
use typed_metrics_core::{HandlerError, report};

use crate::login::Login;
use crate::scrape::scraper::Scraper;
use crate::server::host::Hosts;
use crate::server::running::Running;
use crate::server::site::Site;

/// How long an address that is taken may take to become free.
const PATIENCE: Duration = Duration::from_millis(200);

/// A server that can be opened and closed again and again.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) settings: EndpointSettings,
    running: Mutex<Option<Running>>,
}

#[derive(Debug, Clone)]
pub(crate) struct EndpointSettings {
    /// The addresses of the host, of which the first one of this machine is used.
    pub(crate) addresses: Vec<SocketAddr>,
    /// Names that requests to loopback may have in `Host`.
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) login: Option<Login>,
    pub(crate) has_page: bool,
}

impl Endpoint {
    pub(crate) fn new(settings: EndpointSettings) -> Self {
        Self { settings, running: Mutex::new(None) }
    }

    /// Listens, unless the server listens already.
    pub(crate) fn open(&self, scraper: &Arc<Scraper>) -> Result<(), HandlerError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.as_ref().is_some_and(Running::is_here) {
            return Ok(());
        }
        let listener = self.listen()?;
        let address = listener.local_addr()?;
        let hosts = if address.ip().is_loopback() {
            Hosts::Local(self.settings.allowed_hosts.clone())
        } else {
            Hosts::All
        };
        let login = self.settings.login.clone();
        let has_page = self.settings.has_page;
        let site = Site { scraper: Arc::clone(scraper), has_page, hosts, login };
        *running = Some(Running::start(listener, site)?);
        // A logger of the program may ask for the address.
        drop(running);
        let text = format_args!("handler `prometheus` serves http://{address}/metrics");
        report(Level::Info, "handler `prometheus` serves", text);
        Ok(())
    }

    /// Closes the server. Returns when the port is free.
    pub(crate) fn close(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(running);
    }

    /// The address at which the server listens.
    pub(crate) fn local_addr(&self) -> Option<SocketAddr> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().filter(|running| running.is_here()).map(Running::address)
    }

    fn listen(&self) -> Result<TcpListener, String> {
        let mut failed = String::new();
        for address in &self.settings.addresses {
            match bind(*address) {
                Ok(listener) => return Ok(listener),
                Err(error) => {
                    failed = why(*address, &error);
                    // A name may have addresses that this machine lacks, such as one of IPv6.
                    if error.kind() != ErrorKind::AddrNotAvailable {
                        break;
                    }
                }
            }
        }
        Err(failed)
    }
}

/// Listens at the address. If a socket is there, waits a moment for its end: while this process
/// starts another program, that one may hold the socket of a server that has just ended.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let began = Instant::now();
    loop {
        match TcpListener::bind(address) {
            Err(error) if error.kind() == ErrorKind::AddrInUse && began.elapsed() < PATIENCE => {
                thread::sleep(PATIENCE / 10);
            }
            bound => return bound,
        }
    }
}

fn why(address: SocketAddr, error: &io::Error) -> String {
    const PORT: &str = "choose another port with `OTEL_EXPORTER_PROMETHEUS_PORT` or \
                        `PrometheusHandler::builder().address(…)`";
    let (reason, fix) = match error.kind() {
        ErrorKind::AddrInUse => (
            "another program, or another handler of this one, listens there".to_owned(),
            format!("stop it (`clear_metric_handlers` stops those of this program), or {PORT}"),
        ),
        ErrorKind::AddrNotAvailable => (
            "this machine does not have the address".to_owned(),
            "choose an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, \
             with `OTEL_EXPORTER_PROMETHEUS_HOST` or `PrometheusHandler::builder().address(…)`"
                .to_owned(),
        ),
        ErrorKind::PermissionDenied => (
            "this user may not listen there".to_owned(),
            format!("ports below 1024 usually belong to root; {PORT}"),
        ),
        _ => (error.to_string(), PORT.to_owned()),
    };
    format!("cannot listen on {address}: {reason}; {fix}")
}
