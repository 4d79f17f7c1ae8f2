//! The metrics of a drawn dashboard.

use std::collections::{BTreeMap, BTreeSet};

use crate::entry::Entry;

/// The metrics of a drawn dashboard, and which of them it has shown.
#[derive(Debug)]
pub(super) struct Drawn<'a> {
    entries: BTreeMap<&'static str, &'a Entry>,
    shown: BTreeSet<&'static str>,
}

impl<'a> Drawn<'a> {
    pub(super) fn new(entries: &[&'a Entry]) -> Self {
        let entries = entries.iter().map(|entry| (entry.name(), *entry)).collect();
        Self { entries, shown: BTreeSet::new() }
    }

    /// The metric of this name, which is then shown.
    pub(super) fn metric(&mut self, name: &str) -> Option<&'a Entry> {
        let entry = *self.entries.get(name)?;
        self.shown.insert(entry.name());
        Some(entry)
    }

    /// The metrics that are not shown.
    pub(super) fn others(&self) -> Vec<&'a Entry> {
        let others = self.entries.iter().filter(|(name, _)| !self.shown.contains(*name));
        others.map(|(_, entry)| *entry).collect()
    }
}
