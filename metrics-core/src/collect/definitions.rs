//! The families of each metric.

use std::collections::HashMap;

use crate::store::family::Family;

/// The definitions of one metric.
#[derive(Debug)]
pub(super) struct Definitions {
    pub(super) first: &'static Family,
    pub(super) others: Vec<&'static Family>,
}

impl Definitions {
    /// The definitions of each metric.
    pub(super) fn of(families: Vec<&'static Family>) -> Vec<Self> {
        let mut by_id = HashMap::with_capacity(families.len());
        let mut all: Vec<Self> = Vec::with_capacity(families.len());
        for family in families {
            let index = *by_id.entry(family.descriptor().id()).or_insert(all.len());
            match all.get_mut(index) {
                Some(known) => known.others.push(family),
                None => all.push(Self { first: family, others: Vec::new() }),
            }
        }
        // The metrics of a scope follow each other.
        all.sort_by_key(|metric| metric.first.descriptor().scope_number());
        all
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Family> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }
}
