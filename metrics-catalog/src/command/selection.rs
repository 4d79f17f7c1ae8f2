//! Which metrics the command is about.

use std::collections::BTreeSet;

use super::arguments::Selection;
use crate::catalog::Catalog;
use crate::entry::Entry;

/// The part of the catalog that is selected, or the reason why there is none.
pub(super) fn select(catalog: &Catalog, selection: &Selection) -> Result<Catalog, String> {
    if catalog.iter().next().is_none() {
        return Err("this program has no metrics; if a crate `shop` declares them, write \
                    `use shop as _;`, or the linker leaves the crate out"
            .to_owned());
    }
    let crates: BTreeSet<String> =
        catalog.iter().map(|entry| underscored(entry.crate_name())).collect();
    let wanted: Vec<String> = selection.crates.iter().map(|name| underscored(name)).collect();
    if let Some(unknown) = wanted.iter().find(|name| !crates.contains(*name)) {
        let known: Vec<_> = crates.iter().filter(|name| !name.is_empty()).cloned().collect();
        return Err(format!(
            "this program has no metrics of the crate `{unknown}`, but of {}",
            known.join(", ")
        ));
    }
    let is_of_prefix = |entry: &Entry, prefix: &String| entry.name().starts_with(prefix.as_str());
    let mut prefixes = selection.only.iter();
    if let Some(unknown) =
        prefixes.find(|prefix| !catalog.iter().any(|entry| is_of_prefix(entry, prefix)))
    {
        return Err(format!(
            "no metric of this program has a name that begins with `{unknown}`; `list` lists them"
        ));
    }
    let selected = catalog.only(|entry| {
        let is_of_crate = wanted.is_empty() || wanted.contains(&underscored(entry.crate_name()));
        let is_named = selection.only.is_empty()
            || selection.only.iter().any(|prefix| is_of_prefix(entry, prefix));
        is_of_crate && is_named
    });
    if selected.iter().next().is_none() {
        return Err(
            "no metric is both of a crate of `--crate` and named as `--only` says".to_owned()
        );
    }
    Ok(selected)
}

/// A crate's name as the compiler knows it.
fn underscored(name: &str) -> String {
    name.replace('-', "_")
}
