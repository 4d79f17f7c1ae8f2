//! Certificates: the trusted roots, and the client's own certificate.

use std::path::PathBuf;

use super::mistakes::Mistakes;
use super::vars::{Setting, Vars};

/// Checked certificates in PEM.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "only TLS uses the certificates"))]
pub(crate) struct Tls {
    /// Trusted in place of the built-in roots and those of the system.
    pub(crate) roots: Option<Vec<u8>>,
    /// Certificates of the system's store, in DER, which are trusted beside the built-in roots.
    pub(crate) system: Vec<Vec<u8>>,
    /// The client's chain of certificates, and its key.
    pub(crate) client: Option<(Vec<u8>, Vec<u8>)>,
}

impl std::fmt::Debug for Tls {
    /// Omits the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

impl Tls {
    /// Adds the roots of the system's store, or of `SSL_CERT_FILE` and `SSL_CERT_DIR` in its place,
    /// unless roots are given.
    #[cfg(feature = "tls")]
    pub(crate) fn with_system_roots(mut self, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Self {
        use rustls::pki_types::CertificateDer;
        use rustls::pki_types::pem::PemObject;

        if self.roots.is_none() {
            let store = rustls_native_certs::load_native_certs();
            self.system = store.certs.iter().map(|root| root.to_vec()).collect();
            let file = vars.get("SSL_CERT_FILE", mistakes);
            if let Some(file) = file.map(|set| set.map(PathBuf::from)) {
                // A store may contain certificates of kinds that are not supported.
                mistakes.note(read(&file).and_then(|text| {
                    let is_found = CertificateDer::pem_slice_iter(&text).any(|found| found.is_ok());
                    is_found.then_some(()).ok_or_else(|| said(&file, &NO_CERTIFICATE))
                }));
            }
        }
        self
    }

    #[cfg(not(feature = "tls"))]
    pub(crate) fn with_system_roots(self, _: &Vars<'_>, _: &mut Mistakes) -> Self {
        self
    }
}

/// The files that were given in code.
#[derive(Debug, Clone, Default)]
pub(crate) struct CertificateFiles {
    pub(crate) roots: Option<PathBuf>,
    pub(crate) client: Option<(PathBuf, PathBuf)>,
}

impl CertificateFiles {
    /// Reads and checks the files given in code, else the files that the variables name.
    pub(crate) fn read(self, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Tls {
        if !cfg!(feature = "tls") {
            // An endpoint that needs TLS is a mistake of its own.
            return Tls::default();
        }
        let path = |set: Setting<String>| set.map(PathBuf::from);
        let roots = self.roots.map(|file| Setting::in_code("ca_certificate", file));
        let roots = roots.or_else(|| vars.otlp("CERTIFICATE", mistakes).map(path));
        let (chain, key) = match self.client {
            Some((chain, key)) => (
                Some(Setting::in_code("client_certificate", chain)),
                Some(Setting::in_code("client_certificate", key)),
            ),
            None => (
                vars.otlp("CLIENT_CERTIFICATE", mistakes).map(path),
                vars.otlp("CLIENT_KEY", mistakes).map(path),
            ),
        };
        if let (Some(only), None) | (None, Some(only)) = (&chain, &key) {
            mistakes.add(format!(
                "`{}` is set alone; set both the client's certificate and its key \
                 (`OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, `OTEL_EXPORTER_OTLP_CLIENT_KEY`)",
                only.name
            ));
        }
        let mut read = |file: Option<Setting<PathBuf>>, kind| mistakes.note(pem(&file?, kind));
        let roots = read(roots, PemKind::Certificate);
        let name = key.as_ref().map(|key| key.name.clone()).unwrap_or_default();
        let client = read(chain, PemKind::Certificate).zip(read(key, PemKind::Key));
        if client.as_ref().is_some_and(|(chain, key)| !fits(chain, key)) {
            mistakes.add(format!(
                "`{name}`: the key does not belong to the certificate; give the certificate's key"
            ));
        }
        Tls { roots, client, system: Vec::new() }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PemKind {
    Certificate,
    Key,
}

/// The text about a problem with a file.
fn said(file: &Setting<PathBuf>, problem: &dyn std::fmt::Display) -> String {
    format!("`{}` is `{}`, {problem}", file.name, file.value.display())
}

fn read(file: &Setting<PathBuf>) -> Result<Vec<u8>, String> {
    std::fs::read(&file.value).map_err(|error| {
        let problem = format!("which cannot be read: {error}; give the path of a PEM file");
        said(file, &problem)
    })
}

/// Reads a file, and checks that the file has PEM of this kind.
fn pem(file: &Setting<PathBuf>, kind: PemKind) -> Result<Vec<u8>, String> {
    let text = read(file)?;
    check(&text, kind).map_err(|problem| said(file, &problem))?;
    Ok(text)
}

#[cfg(feature = "tls")]
const NO_CERTIFICATE: &str = "which contains no certificate; give a certificate in PEM";

#[cfg(feature = "tls")]
fn check(text: &[u8], kind: PemKind) -> Result<(), String> {
    use rustls::RootCertStore;
    use rustls::crypto::ring::sign::any_supported_type;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    match kind {
        PemKind::Certificate => {
            let mut found = 0;
            for certificate in CertificateDer::pem_slice_iter(text) {
                let read = certificate.map_err(|error| error.to_string()).and_then(|certificate| {
                    RootCertStore::empty().add(certificate).map_err(|error| error.to_string())
                });
                read.map_err(|error| {
                    format!("which is not a valid certificate: {error}; give a certificate in PEM")
                })?;
                found += 1;
            }
            if found == 0 { Err(NO_CERTIFICATE.to_owned()) } else { Ok(()) }
        }
        PemKind::Key => {
            let none = "which contains no private key; give a private key in PEM";
            let key = PrivateKeyDer::from_pem_slice(text).map_err(|_| none.to_owned())?;
            let usable = any_supported_type(&key);
            usable.map(drop).map_err(|error| {
                format!("which is not a usable key: {error}; give a private key in PEM")
            })
        }
    }
}

/// Whether the key belongs to the certificate.
#[cfg(feature = "tls")]
fn fits(chain: &[u8], key: &[u8]) -> bool {
    use rustls::crypto::ring::sign::any_supported_type;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::sign::CertifiedKey;

    let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>();
    let key = PrivateKeyDer::from_pem_slice(key).ok().and_then(|key| any_supported_type(&key).ok());
    let pair = chain.ok().zip(key).map(|(chain, key)| CertifiedKey::new(chain, key));
    !matches!(
        pair.map(|pair| pair.keys_match()),
        Some(Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)))
    )
}

#[cfg(not(feature = "tls"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature, the function can fail")]
fn check(_: &[u8], _: PemKind) -> Result<(), String> {
    Ok(())
}

#[cfg(not(feature = "tls"))]
fn fits(_: &[u8], _: &[u8]) -> bool {
    true
}
