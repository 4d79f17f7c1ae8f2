//! `catalog.yaml`, with the contents of `catalog.json`.

use super::data::{Data, SCHEMA_FILE};
use crate::catalog::Catalog;
use crate::document::{Document, NOTICE};
use crate::settings::Settings;

/// The catalog as YAML.
pub(crate) fn documents(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    vec![Document::new("catalog.yaml", to_text(&Data::of(catalog, settings)))]
}

pub(super) fn to_text(data: &Data) -> String {
    // Not every parser reads tabs and empty lines in the blocks that texts of several lines would
    // be. In quotes, they are escapes.
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let yaml = serde_saphyr::to_string_with_options(data, options);
    // Fails for a `Serialize` that fails; the data has none.
    let yaml = yaml.unwrap_or_else(|error| unreachable!("{error}"));
    // Editors read the schema from the first comment.
    format!("# yaml-language-server: $schema={SCHEMA_FILE}\n# {NOTICE}\n{yaml}")
}
