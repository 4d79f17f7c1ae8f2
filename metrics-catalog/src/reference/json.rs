//! `catalog.json`, and the JSON schema of `catalog.json` and `catalog.yaml`.

use super::data::{Data, SCHEMA_FILE};
use crate::catalog::Catalog;
use crate::document::Document;
use crate::settings::Settings;

const SCHEMA: &str = include_str!("assets/catalog.schema.json");

/// The catalog as JSON, and the schema.
pub(crate) fn documents(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    let text = to_text(&Data::of(catalog, settings));
    vec![Document::new("catalog.json", text), Document::new(SCHEMA_FILE, SCHEMA)]
}

/// Any data as JSON, with a line for each fact.
pub(crate) fn to_text(data: &impl serde::Serialize) -> String {
    let json = serde_json::to_string_pretty(data);
    // Fails for maps without text as keys and for a `Serialize` that fails; data here has neither.
    let mut text = json.unwrap_or_else(|error| unreachable!("{error}"));
    text.push('\n');
    text
}
