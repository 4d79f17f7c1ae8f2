//! Certificates: whom to trust, and who we are.

use std::path::{Path, PathBuf};

use super::mistakes::Mistakes;
use super::vars::{Set, Vars};

/// Certificates in PEM, checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(not(feature = "tls"), allow(dead_code, reason = "nobody can use it"))]
pub(super) struct Tls {
    /// Trusted instead of the roots that are built in.
    pub(super) roots: Option<Vec<u8>>,
    /// Our chain of certificates, and its key.
    pub(super) client: Option<(Vec<u8>, Vec<u8>)>,
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
        let client = read(chain, Wanted::Certificate).zip(read(key, Wanted::Key));
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
    check(&text, wanted, &file.value).map_err(|problem| said(&problem))?;
    Ok(text)
}

#[cfg(feature = "tls")]
fn check(text: &[u8], wanted: Wanted, _: &Path) -> Result<(), String> {
    use ureq::tls::{PemItem, parse_pem};

    let what = match wanted {
        Wanted::Certificate => "certificate",
        Wanted::Key => "private key",
    };
    let mut found = 0;
    for item in parse_pem(text) {
        match item {
            Ok(PemItem::Certificate(_)) if wanted == Wanted::Certificate => found += 1,
            Ok(PemItem::PrivateKey(_)) if wanted == Wanted::Key => found += 1,
            Ok(_) => {}
            Err(error) => return Err(format!("which is no PEM: {error}; give a {what} in PEM")),
        }
    }
    if found == 0 {
        Err(format!("which has no {what} in it; give a {what} in PEM"))
    } else {
        Ok(())
    }
}

#[cfg(not(feature = "tls"))]
fn check(_: &[u8], _: Wanted, _: &Path) -> Result<(), String> {
    Err("which needs TLS; enable the feature `otel-tls` of `typed-metrics`".to_owned())
}
