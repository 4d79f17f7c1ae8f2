//! Requests to a proxy that forwards them: for `http://` endpoints, as curl does it.
//!
//! The client opens tunnels (`CONNECT`) through every proxy, which many proxies allow for port 443
//! only. A request that is to be forwarded differs in its first line, which has the whole address
//! (RFC 9112, section 3.2.2), and goes to the proxy.

use ureq::Error;
use ureq::http::Uri;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, DefaultConnector, NextTimeout, Transport,
};

/// Connects to the proxy in place of the server.
#[derive(Debug)]
pub(super) struct ToProxy {
    pub(super) proxy: Uri,
    pub(super) inner: DefaultConnector,
}

/// A connection to the proxy.
#[derive(Debug)]
pub(super) struct Forwarded {
    inner: Box<dyn Transport>,
    /// Scheme, host and port of the server.
    server: String,
}

impl Connector for ToProxy {
    type Out = Forwarded;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        _: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let addrs = details.resolver.resolve(&self.proxy, details.config, details.timeout)?;
        let to_proxy = ConnectionDetails {
            uri: &self.proxy,
            addrs,
            config: details.config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        let Some(inner) = self.inner.connect(&to_proxy, None)? else { return Ok(None) };
        let host = details.uri.authority().map(ureq::http::uri::Authority::as_str);
        // Without a user name and password: those are a header.
        let host = host.and_then(|host| host.rsplit('@').next()).unwrap_or_default();
        Ok(Some(Forwarded { inner, server: format!("http://{host}") }))
    }
}

impl Forwarded {
    /// Sends these bytes through the connection's own buffer.
    fn transmit(&mut self, mut bytes: &[u8], timeout: NextTimeout) -> Result<(), Error> {
        while !bytes.is_empty() {
            let output = self.inner.buffers().output();
            let amount = bytes.len().min(output.len());
            output[..amount].copy_from_slice(&bytes[..amount]);
            self.inner.transmit_output(amount, timeout)?;
            bytes = &bytes[amount..];
        }
        Ok(())
    }
}

impl Transport for Forwarded {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        const METHOD: &[u8] = b"POST ";
        let output = &self.inner.buffers().output()[..amount];
        // A body begins otherwise: protobuf with a tag, gzip with its magic number.
        let Some(rest) = output.strip_prefix(METHOD).filter(|rest| rest.starts_with(b"/")) else {
            return self.inner.transmit_output(amount, timeout);
        };
        let request = [METHOD, self.server.as_bytes(), rest].concat();
        self.transmit(&request, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
