//! The list of all renderers.

use crate::catalog::Catalog;
use crate::document::{Document, NOTICE};
use crate::grafana::dashboard::dashboards;
use crate::reference::{html, json, markdown, yaml};
use crate::rules::render::rules;
use crate::settings::Settings;

/// Renders the files of one form.
pub(crate) type Render = fn(&Catalog, &Settings) -> Vec<Document>;

/// The name of the renderer of rules.
pub(crate) const RULES: &str = "rules";

/// Every renderer with its name, which `--documents` takes.
pub(crate) const RENDERERS: &[(&str, Render)] = &[
    ("dashboards", grafana),
    ("html", html::documents),
    ("json", json::documents),
    ("markdown", markdown::documents),
    (RULES, prometheus),
    ("semconv", semconv),
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

fn grafana(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    let mut own = settings.dashboards.clone().dialect(settings.dialect.clone());
    if let Some(url) = &settings.documentation {
        own = own.documentation(url);
    }
    if let Some(program) = &settings.program {
        own = own.program(program);
    }
    if settings.rules.allows_nearest {
        own = own.allow_nearest_boundary(true);
    }
    dashboards(catalog, &own)
}

fn prometheus(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    let rules = rules(catalog, &settings.rules.clone().dialect(settings.dialect.clone()));
    rules.documents.into_iter().map(with_notice).collect()
}

fn semconv(catalog: &Catalog, settings: &Settings) -> Vec<Document> {
    let registry = settings.conventions.iter().flat_map(|registry| registry.documents(catalog));
    let in_folder =
        |document: Document| Document::new(format!("semconv/{}", document.path), document.text);
    registry.map(in_folder).map(with_notice).collect()
}

/// The YAML document with the notice as its first line.
fn with_notice(document: Document) -> Document {
    Document::new(document.path, format!("# {NOTICE}\n{}", document.text))
}
