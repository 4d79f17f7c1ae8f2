//! Certificates: whom to trust, and who we are.

use std::path::PathBuf;

use super::mistakes::Mistakes;
use super::vars::{Set, Vars};

/// Certificates in PEM, checked.
#[derive(Clone, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "nobody can use it"))]
pub(super) struct Tls {
    /// Trusted instead of the roots that are built in.
    pub(super) roots: Option<Vec<u8>>,
    /// Our chain of certificates, and its key.
    pub(super) client: Option<(Vec<u8>, Vec<u8>)>,
}

impl std::fmt::Debug for Tls {
    /// Without a key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}

/// Files that the builder was given.
#[derive(Debug, Clone, Default)]
pub(super) struct Files {
    pub(super) roots: Option<PathBuf>,
    pub(super) client: Option<(PathBuf, PathBuf)>,
}

impl Files {
    /// Reads what was given, or what the variables name.
    pub(super) fn read(self, vars: &Vars<'_>, mistakes: &mut Mistakes) -> Tls {
        if !cfg!(feature = "tls") {
            // An endpoint that needs them is a mistake by itself.
            return Tls::default();
        }
        let path = |set: Set<String>| set.map(PathBuf::from);
        let roots = self.roots.map(|file| Set::in_code("ca_certificate", file));
        let roots = roots.or_else(|| vars.otlp("CERTIFICATE", mistakes).map(path));
        let (chain, key) = match self.client {
            Some((chain, key)) => (
                Some(Set::in_code("client_certificate", chain)),
                Some(Set::in_code("client_certificate", key)),
            ),
            None => (
                vars.otlp("CLIENT_CERTIFICATE", mistakes).map(path),
                vars.otlp("CLIENT_KEY", mistakes).map(path),
            ),
        };
        if let (Some(only), None) | (None, Some(only)) = (&chain, &key) {
            mistakes.add(format!(
                "`{}` is set alone; a client's certificate and its key \
                 (`OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, `OTEL_EXPORTER_OTLP_CLIENT_KEY`) go together",
                only.name
            ));
        }
        let mut read = |file: Option<Set<PathBuf>>, wanted| mistakes.note(pem(&file?, wanted));
        let roots = read(roots, Wanted::Certificate);
        let name = key.as_ref().map(|key| key.name.clone()).unwrap_or_default();
        let client = read(chain, Wanted::Certificate).zip(read(key, Wanted::Key));
        if client.as_ref().is_some_and(|(chain, key)| !fits(chain, key)) {
            mistakes.add(format!("`{name}`: the key is not that of the certificate; give its own"));
        }
        Tls { roots, client }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Certificate,
    Key,
}

/// The text of a file which has what is wanted.
fn pem(file: &Set<PathBuf>, wanted: Wanted) -> Result<Vec<u8>, String> {
    let said = |problem: &dyn std::fmt::Display| {
        let (name, path) = (&file.name, file.value.display());
        format!("`{name}` is `{path}`, {problem}")
    };
    let text = std::fs::read(&file.value).map_err(|error| {
        said(&format_args!("which cannot be read: {error}; give the path of a PEM file"))
    })?;
    check(&text, wanted).map_err(|problem| said(&problem))?;
    Ok(text)
}

#[cfg(feature = "tls")]
fn check(text: &[u8], wanted: Wanted) -> Result<(), String> {
    use rustls::RootCertStore;
    use rustls::crypto::ring::sign::any_supported_type;
    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};

    match wanted {
        Wanted::Certificate => {
            let mut found = 0;
            for certificate in CertificateDer::pem_slice_iter(text) {
                let read = certificate.map_err(|error| error.to_string()).and_then(|certificate| {
                    RootCertStore::empty().add(certificate).map_err(|error| error.to_string())
                });
                read.map_err(|error| format!("which is no certificate: {error}; give one in PEM"))?;
                found += 1;
            }
            let none = "which has no certificate in it; give a certificate in PEM";
            if found == 0 { Err(none.to_owned()) } else { Ok(()) }
        }
        Wanted::Key => {
            let none = "which has no private key in it; give a private key in PEM";
            let key = PrivateKeyDer::from_pem_slice(text).map_err(|_| none.to_owned())?;
            let usable = any_supported_type(&key);
            usable.map(drop).map_err(|error| format!("which is no usable key: {error}"))
        }
    }
}

/// Whether the key is that of the certificate.
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
#[expect(clippy::unnecessary_wraps, reason = "with the feature, it fails")]
fn check(_: &[u8], _: Wanted) -> Result<(), String> {
    Ok(())
}

#[cfg(not(feature = "tls"))]
fn fits(_: &[u8], _: &[u8]) -> bool {
    true
}
