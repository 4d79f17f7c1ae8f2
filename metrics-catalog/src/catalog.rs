//! All metrics of a program.

use std::slice;

use typed_metrics_core::Descriptor;

use crate::entry::Entry;

/// All metrics of a program, sorted by name. A metric with several definitions is one [`Entry`].
///
/// A metric that was renamed is listed under its new name, and [`Entry::was`] has the old one.
#[derive(Debug, Clone)]
pub struct Catalog {
    entries: Vec<Entry>,
}

impl Catalog {
    /// The metrics of every linked crate, recorded or not, and those registered at run time so far.
    ///
    /// ```
    /// use typed_metrics_catalog::{Catalog, Kind};
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::Metric;
    ///
    /// typed_metrics::register_metric("jobs", Metric::counter("jobs").unit("{job}")).unwrap();
    /// let catalog = Catalog::of_program();
    /// let jobs = catalog.get("jobs").unwrap();
    /// assert_eq!((jobs.kind(), jobs.unit()), (Kind::Counter, "{job}"));
    /// ```
    #[must_use]
    pub fn of_program() -> Self {
        typed_metrics_core::definitions().into_iter().collect()
    }

    /// The metrics, sorted by name.
    pub fn iter(&self) -> slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// The metric of this name. Of several scopes that have such a metric, the first one.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Entry> {
        let first = self.entries.partition_point(|entry| entry.name() < name);
        self.entries.get(first).filter(|entry| entry.name() == name)
    }

    /// The part of the catalog with the metrics that `is_meant` selects.
    #[must_use]
    pub fn only(&self, is_meant: impl Fn(&Entry) -> bool) -> Self {
        Self { entries: self.entries.iter().filter(|entry| is_meant(entry)).cloned().collect() }
    }
}

impl FromIterator<&'static Descriptor> for Catalog {
    /// Descriptors with the old name of a metric are left out.
    fn from_iter<I: IntoIterator<Item = &'static Descriptor>>(descriptors: I) -> Self {
        let mut descriptors: Vec<_> = descriptors.into_iter().collect();
        descriptors.retain(|descriptor| descriptor.renamed_to().is_none());
        // By the place in the source code, because the linker may list definitions in any order.
        descriptors.sort_by_key(|descriptor| {
            let source = descriptor.source();
            (descriptor.name(), scope(descriptor), source.module, source.line, source.item)
        });
        let groups = descriptors.chunk_by(|a, b| a.id() == b.id());
        Self { entries: groups.filter_map(Entry::new).collect() }
    }
}

impl<'a> IntoIterator for &'a Catalog {
    type Item = &'a Entry;
    type IntoIter = slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

fn scope(descriptor: &Descriptor) -> Option<(&str, Option<&str>)> {
    descriptor.scope().map(|scope| (scope.name(), scope.version()))
}
