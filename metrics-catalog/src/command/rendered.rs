//! The files that are to be in the folder.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::document::Document;
use crate::renderers::{RENDERERS, RULES};
use crate::rules::render::rules;
use crate::settings::Settings;

/// A renderer of the program's own.
pub(super) type OwnRender = Box<dyn Fn(&Catalog, &Settings) -> Vec<Document>>;

/// The names of all renderers.
pub(super) fn names(own: &[(String, OwnRender)]) -> Vec<&str> {
    let known = RENDERERS.iter().map(|(name, _)| *name);
    known.chain(own.iter().map(|(name, _)| name.as_str())).collect()
}

/// The documents of the renderers with these names, or of all renderers, by their paths.
///
/// Fails if two documents have one path, or if a path leads out of the folder.
pub(super) fn rendered(
    catalog: &Catalog,
    settings: &Settings,
    own: &[(String, OwnRender)],
    names: &[String],
) -> Result<BTreeMap<String, Document>, String> {
    let is_wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let mut all = Vec::new();
    for (_, render) in RENDERERS.iter().filter(|(name, _)| is_wanted(name)) {
        all.extend(render(catalog, settings));
    }
    for (_, render) in own.iter().filter(|(name, _)| is_wanted(name)) {
        all.extend(render(catalog, settings));
    }
    let mut by_path = BTreeMap::new();
    for document in all {
        check_path(&document.path)?;
        if let Some(other) = by_path.insert(document.path.clone(), document) {
            return Err(format!("two documents have the path `{}`", other.path));
        }
    }
    Ok(by_path)
}

/// The objectives for which the rules among these documents have no rules, and the reasons.
pub(super) fn warnings(catalog: &Catalog, settings: &Settings, names: &[String]) -> Vec<String> {
    if !names.is_empty() && !names.iter().any(|name| name == RULES) {
        return Vec::new();
    }
    let rules = rules(catalog, &settings.rules.clone().dialect(settings.dialect.clone()));
    rules.left_out.iter().map(ToString::to_string).collect()
}

fn check_path(path: &str) -> Result<(), String> {
    let is_name =
        |name: &str| !matches!(name, "" | "." | "..") && !name.contains(['\\', ':', '\0']);
    if path.split('/').all(is_name) {
        return Ok(());
    }
    Err(format!(
        "the path `{}` of a document does not lead to a file below the folder",
        path.escape_debug()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_below_the_folder() {
        for path in ["metrics.md", "rules/shop.yaml", "a/b/..c"] {
            assert_eq!(check_path(path), Ok(()), "{path}");
        }
        for path in ["", "/etc/passwd", "../x", "a/../../x", "a//b", "c:\\x", "a/", "./a"] {
            assert!(check_path(path).is_err(), "{path}");
        }
    }

    #[test]
    fn two_documents_with_one_path_are_an_error() {
        let again: OwnRender = Box::new(|_, _| vec![Document::new("metrics.md", "")]);
        let catalog: Catalog = [].into_iter().collect();
        let settings = Settings::default();
        let all = rendered(&catalog, &settings, &[("mine".to_owned(), again)], &[]);
        assert_eq!(all.unwrap_err(), "two documents have the path `metrics.md`");
    }
}
