//! The variables of the environment.

use std::env::{VarError, var};

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
            address: or(read("SERVICE_ADDRESS")?, "127.0.0.1:8080"),
            database: or(read("DATABASE_URL")?, "sqlite:questions.db?mode=rwc"),
            exports_by_otlp: read("OTEL_EXPORTER_OTLP_ENDPOINT")?.is_some(),
        })
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
