//! Pipelines over TLS, with generated certificates, to a server with rustls.
#![cfg(feature = "tls")]

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use typed_metrics::{clear_metric_handlers, flush, set_metric_handlers};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::{OtelHandler, Protocol};
use typed_metrics_receiver::Receiver;
use typed_metrics_turn::my_turn;

use crate::environment::run;
use crate::pipelines::{PROTOCOLS, to};
use crate::proxies::Proxy;

#[derive(Metrics)]
#[metrics(prefix = "tls")]
enum Tls {
    #[counter]
    Count,
}

/// A folder with `ca.pem`, and with a certificate and a key for `server` and for `client`.
struct Certificates(PathBuf);

impl Certificates {
    fn new(test: &str) -> Self {
        let name = format!("typed-metrics-tls-{test}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        fs::write(folder.join("ca.pem"), ca.pem()).unwrap();
        for name in ["server", "client"] {
            let key = KeyPair::generate().unwrap();
            let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
            let certificate = params.signed_by(&key, &ca).unwrap();
            fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
            fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
        }
        Self(folder)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    fn certificate(&self, file: &str) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(self.path(file)).unwrap()
    }

    /// The settings of a server. With `mutual`, the server requires client certificates.
    fn server(&self, mutual: bool) -> ServerConfig {
        let provider = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
        let builder = builder.with_safe_default_protocol_versions().unwrap();
        let builder = if mutual {
            let mut roots = RootCertStore::empty();
            roots.add(self.certificate("ca.pem")).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::from_pem_file(self.path("server.key")).unwrap();
        let chain = vec![self.certificate("server.pem")];
        let mut config = builder.with_single_cert(chain, key).unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Starts a proxy that ends TLS. Returns its address, with a host name of the certificate.
fn in_front_of(endpoint: &str, config: ServerConfig) -> String {
    let to: SocketAddr = endpoint.strip_prefix("http://").unwrap().parse().unwrap();
    let (ready, port) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            ready.send(listener.local_addr().unwrap().port()).unwrap();
            let acceptor = TlsAcceptor::from(Arc::new(config));
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    let mut inside = acceptor.accept(stream).await?;
                    let mut server = TcpStream::connect(to).await?;
                    tokio::io::copy_bidirectional(&mut inside, &mut server).await
                });
            }
        });
    });
    format!("https://localhost:{}", port.recv().unwrap())
}

fn of(receiver: &Receiver, protocol: Protocol) -> String {
    match protocol {
        Protocol::Grpc => receiver.grpc_endpoint(),
        _ => receiver.http_endpoint(),
    }
}

#[test]
fn a_certificate_of_a_given_authority_is_trusted() {
    let _turn = my_turn();
    let certificates = Certificates::new("own");
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let endpoint = in_front_of(&of(&receiver, *protocol), certificates.server(false));
        let pipeline = || {
            let builder = to(&receiver, *protocol).endpoint(&endpoint);
            builder.shutdown_timeout(Duration::from_secs(5))
        };
        set_metric_handlers(pipeline().build().unwrap()).unwrap();
        Tls::count().inc();
        let error = flush().unwrap_err().to_string();
        assert!(error.contains("UnknownIssuer"), "{protocol:?}: {error}");
        let fix =
            "set `ca_certificate`, `OTEL_EXPORTER_OTLP_CERTIFICATE` or `SSL_CERT_FILE` to a PEM";
        assert!(error.contains(fix), "{protocol:?}: {error}");
        // Another attempt would fail as well, so a shutdown does not wait.
        let begin = Instant::now();
        clear_metric_handlers();
        assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
        Tls::count().inc();
        assert_eq!(receiver.requests().len(), 0);

        let trusting = pipeline().ca_certificate(certificates.path("ca.pem"));
        set_metric_handlers(trusting.build().unwrap()).unwrap();
        flush().unwrap();
        assert!(receiver.totals().int("tls.count", "") > 0);
        clear_metric_handlers();
    }
}

/// The variables of a process that sends to this endpoint.
fn to_endpoint(endpoint: &str, protocol: Protocol) -> [(&str, &str); 2] {
    let name = if protocol == Protocol::Grpc { "grpc" } else { "http/protobuf" };
    [("OTEL_EXPORTER_OTLP_PROTOCOL", name), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]
}

#[test]
fn certificates_of_the_system_are_trusted() {
    let certificates = Certificates::new("system");
    let roots = certificates.path("ca.pem");
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let endpoint = in_front_of(&of(&receiver, *protocol), certificates.server(false));
        let to = to_endpoint(&endpoint, *protocol);
        // The variable stands for the system's store.
        run("by_name", &[&to[..], &[("SSL_CERT_FILE", roots.to_str().unwrap())]].concat());
        assert_eq!(receiver.totals().int("environment.count", ""), 7, "{protocol:?}");
        let missing = run("error", &[&to[..], &[("SSL_CERT_FILE", "no/such.pem")]].concat());
        assert!(
            missing.contains("`SSL_CERT_FILE` is `no/such.pem`, which cannot be read: "),
            "{missing}"
        );
    }
}

#[test]
fn a_proxy_tunnels_tls() {
    let certificates = Certificates::new("tunnel");
    let roots = certificates.path("ca.pem");
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let proxy = Proxy::start(false);
        let endpoint = in_front_of(&of(&receiver, *protocol), certificates.server(false));
        let more = [
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", roots.to_str().unwrap()),
            ("https_proxy", &*proxy.host),
        ];
        run("by_name", &[&to_endpoint(&endpoint, *protocol)[..], &more[..]].concat());
        assert_eq!(receiver.totals().int("environment.count", ""), 7, "{protocol:?}");
        let line = endpoint.replace("https://", "CONNECT ");
        assert!(proxy.heads().iter().all(|head| head.starts_with(&line)), "{:?}", proxy.heads());
        assert!(!proxy.heads().is_empty());
    }
}

#[test]
fn a_server_can_require_a_client_certificate() {
    let _turn = my_turn();
    let certificates = Certificates::new("mutual");
    for protocol in PROTOCOLS {
        let receiver = Receiver::start();
        let endpoint = in_front_of(&of(&receiver, *protocol), certificates.server(true));
        let pipeline = || {
            let builder = to(&receiver, *protocol).endpoint(&endpoint);
            builder.ca_certificate(certificates.path("ca.pem"))
        };
        set_metric_handlers(pipeline().build().unwrap()).unwrap();
        Tls::count().inc();
        let error = flush().unwrap_err().to_string();
        assert!(error.contains("does the server require a client certificate?"), "{error}");
        assert!(error.contains("`OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`"), "{error}");
        assert_eq!(receiver.requests().len(), 0);

        let (chain, key) = (certificates.path("client.pem"), certificates.path("client.key"));
        set_metric_handlers(pipeline().client_certificate(chain, key).build().unwrap()).unwrap();
        flush().unwrap();
        assert!(receiver.totals().int("tls.count", "") > 0);
        clear_metric_handlers();
    }
}

#[test]
fn invalid_certificate_files_are_reported_by_the_builder() {
    let certificates = Certificates::new("files");
    let not_pem = certificates.path("not.pem");
    fs::write(&not_pem, "hello").unwrap();
    let error = |builder: typed_metrics_otel::OtlpBuilder| builder.build().unwrap_err().to_string();
    let show = |path: &Path| path.display().to_string();

    let missing = error(OtelHandler::otlp().ca_certificate("no/such.pem"));
    assert!(missing.starts_with("`ca_certificate` is `no/such.pem`, which cannot be read: "));
    let none = error(OtelHandler::otlp().ca_certificate(&not_pem));
    let expected = format!(
        "`ca_certificate` is `{}`, which contains no certificate; give a certificate in PEM",
        show(&not_pem)
    );
    assert_eq!(none, expected);
    let chain = certificates.path("client.pem");
    let swapped = error(OtelHandler::otlp().client_certificate(&chain, &chain));
    let expected = format!(
        "`client_certificate` is `{}`, which contains no private key; give a private key in PEM",
        show(&chain)
    );
    assert_eq!(swapped, expected);
    let other = certificates.path("server.key");
    let foreign = error(OtelHandler::otlp().client_certificate(&chain, &other));
    let expected = "`client_certificate`: the key does not belong to the certificate; give the \
                    certificate's key";
    assert_eq!(foreign, expected);
    let junk = certificates.path("junk.pem");
    let text = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    fs::write(&junk, text).unwrap();
    let junk = error(OtelHandler::otlp().ca_certificate(&junk));
    assert!(junk.contains("which is not a valid certificate: "), "{junk}");
}
