//! The variables of the environment.

use std::env::{VarError, var};
use std::net::SocketAddr;

use crate::Error;

/// The settings that the environment gives.
#[derive(Debug)]
pub struct Settings {
    /// `SERVICE_ADDRESS`: where the service listens. Port 0 is any free port.
    pub address: String,
    /// `DATABASE_URL`: a database of SQLite or PostgreSQL.
    pub database: String,
    /// Whether `OTEL_EXPORTER_OTLP_ENDPOINT` names a collector.
    pub exports_by_otlp: bool,
}

impl Settings {
    /// Reads the variables. Without any, the service uses a file beside it, and needs nothing.
    ///
    /// # Errors
    /// If a variable is not valid Unicode.
    pub fn from_env() -> Result<Self, Error> {
        let or = |value: Option<String>, default: &str| value.unwrap_or_else(|| default.to_owned());
        Ok(Self {
            address: service_address()?,
            database: or(read("DATABASE_URL")?, "sqlite:questions.db?mode=rwc"),
            exports_by_otlp: read("OTEL_EXPORTER_OTLP_ENDPOINT")?.is_some(),
        })
    }
}

/// `SERVICE_ADDRESS`, or 127.0.0.1:8080.
///
/// # Errors
/// If the variable is not valid Unicode.
pub fn service_address() -> Result<String, Error> {
    Ok(read("SERVICE_ADDRESS")?.unwrap_or_else(|| "127.0.0.1:8080".to_owned()))
}

/// The addresses to which a driver on the same machine sends: that of the service, and that of its
/// metrics, by the variables that the service reads.
///
/// # Errors
/// If a variable is not valid Unicode.
pub fn urls() -> Result<(String, String), Error> {
    let host = read("OTEL_EXPORTER_PROMETHEUS_HOST")?.unwrap_or_else(|| "127.0.0.1".to_owned());
    let host = if host.contains(':') { format!("[{host}]") } else { host };
    let port = read("OTEL_EXPORTER_PROMETHEUS_PORT")?.unwrap_or_else(|| "9464".to_owned());
    let url = |address: &str| format!("http://{}", reachable(address));
    Ok((url(&service_address()?), url(&format!("{host}:{port}")) + "/metrics"))
}

/// The address at which a server is reached that listens at `address`: a server that listens at all
/// addresses is reached at the loopback address.
fn reachable(address: &str) -> String {
    match address.parse::<SocketAddr>() {
        Ok(SocketAddr::V4(all)) if all.ip().is_unspecified() => format!("127.0.0.1:{}", all.port()),
        Ok(SocketAddr::V6(all)) if all.ip().is_unspecified() => format!("[::1]:{}", all.port()),
        _ => address.to_owned(),
    }
}

/// The variable, unless it is empty or not set.
fn read(name: &str) -> Result<Option<String>, Error> {
    match var(name) {
        Ok(value) => Ok(Some(value).filter(|value| !value.is_empty())),
        Err(VarError::NotPresent) => Ok(None),
        Err(VarError::NotUnicode(_)) => Err(format!("`{name}` is not valid Unicode").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_at_all_addresses_is_reached_at_the_loopback_address() {
        for (address, reached) in [
            ("0.0.0.0:8080", "127.0.0.1:8080"),
            ("[::]:8080", "[::1]:8080"),
            ("10.1.2.3:80", "10.1.2.3:80"),
            ("questions.internal:80", "questions.internal:80"),
        ] {
            assert_eq!(reachable(address), reached);
        }
    }
}
