//! The prices of the models.

use std::env::var_os;
use std::fs;
use std::path::Path;

use typed_metrics::llm::PriceTable;

use crate::Error;

/// Prices change, so they are not part of the program: `RAG_PRICES` names another file.
const PRICES: &str = include_str!("../prices.toml");

/// The prices of the models.
///
/// # Errors
/// If the file that `RAG_PRICES` names cannot be read, or has something else than prices.
pub fn table() -> Result<PriceTable, Error> {
    match var_os("RAG_PRICES") {
        None => Ok(toml::from_str(PRICES)?),
        Some(path) => {
            let path = Path::new(&path);
            let at = |error: &dyn std::error::Error| format!("{}: {error}", path.display());
            let text = fs::read_to_string(path).map_err(|error| at(&error))?;
            Ok(toml::from_str(&text).map_err(|error| at(&error))?)
        }
    }
}
