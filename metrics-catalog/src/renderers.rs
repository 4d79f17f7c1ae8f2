//! The list of all renderers.

use crate::catalog::Catalog;
use crate::document::Document;
use crate::reference::{html, json, markdown, yaml};
use crate::settings::Settings;

/// Renders the files of one form.
pub(crate) type Render = fn(&Catalog, &Settings) -> Vec<Document>;

/// Every renderer with its name, which `--documents` takes.
pub(crate) const RENDERERS: &[(&str, Render)] = &[
    ("html", html::documents),
    ("json", json::documents),
    ("markdown", markdown::documents),
    ("yaml", yaml::documents),
];

/// All files of a catalog.
///
/// ```
/// use typed_metrics_catalog::{Catalog, Settings, documents};
///
/// let documents = documents(&Catalog::of_program(), &Settings::default());
/// assert!(documents.iter().any(|document| document.path == "catalog.json"));
/// ```
#[must_use]
pub fn documents(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    RENDERERS.iter().flat_map(|(_, render)| render(catalog, settings)).collect()
}
