//! Finding a series by attributes as a foreign API gives them.
//!
//! Sorting attributes takes longer than finding the series. A call site gives its attributes in one
//! order, so a thread's cache also has the series under its labels as they were given.

use super::cache::{cache_as, cached};
use super::encoded::{Encoded, Encoder};
use super::family::Family;
use super::key::{Key, Query};
use super::series::Series;
use crate::labels::attributes::collected::Collected;
use crate::labels::given::{GivenAttributes, are_plain, collected};
use crate::labels::hash::LabelHash;
use crate::metric::descriptor::Descriptor;

/// Attributes in the order in which they are given. If they are sorted and no name is repeated, the
/// query is the same as that of [`Collected`]; otherwise no series has such labels.
struct AsGiven<'a, G>(&'a G);

impl<G: GivenAttributes> AsGiven<'_, G> {
    fn encode(&self) -> Encoded {
        let pairs = self.0.pairs();
        let encoder = Encoder::default().number(pairs.len());
        pairs.fold(encoder, |encoder, (name, value)| encoder.text(name).value(value)).finish()
    }
}

impl<G: GivenAttributes> Query for AsGiven<'_, G> {
    #[inline(always)]
    fn hash(&self, start: LabelHash<'static>) -> LabelHash<'static> {
        let mut hash = start;
        for (name, value) in self.0.pairs() {
            hash = hash.pair(name, value);
        }
        hash
    }

    #[inline(always)]
    fn matches(&self, encoded: &Encoded) -> bool {
        let mut labels = encoded.read();
        let pairs = self.0.pairs();
        if !labels.number(pairs.len()) {
            return false;
        }
        for (name, value) in pairs {
            if !(labels.short_text(name) && labels.short_value(value)) {
                return false;
            }
        }
        true
    }

    fn to_key(&self, descriptor: &'static Descriptor) -> Key {
        collected(self.0, |collected| collected.to_key(descriptor))
    }
}

impl Family {
    /// The series with these attributes. Makes the series if there is none.
    #[inline(always)]
    pub(crate) fn find_given(&'static self, given: &impl GivenAttributes) -> Series {
        let query = AsGiven(given);
        let hash = self.hash(&query);
        match cached(self.descriptor(), hash, &query) {
            Some(series) => series,
            None => self.find_collected(hash, &query),
        }
    }

    #[cold]
    #[inline(never)]
    fn find_collected(
        &'static self,
        hash: u64,
        query: &AsGiven<'_, impl GivenAttributes>,
    ) -> Series {
        collected(query.0, |collected: &Collected| {
            let series = self.find(collected);
            // Sorted attributes have the same hash, and were cached under it. The overflow series
            // is not cached: there is no end to the labels that lead to it.
            let is_cached = hash == self.hash(collected) || series.is_overflow();
            if !is_cached && are_plain(query.0) {
                cache_as(hash, query.encode(), series);
            }
            series
        })
    }
}
