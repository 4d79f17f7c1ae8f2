//! The exemplars that readers have yet to report.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::exemplar::Exemplar;
use crate::shards::layout::SHARED;
use crate::store::exemplars::slots::{self, Candidate};
use crate::store::exemplars::switch::Switch;
use crate::store::series::Series;

/// Candidates, each with its key, by the index of their cell.
#[derive(Debug, Clone, Default)]
pub(in crate::collect) struct ByCell(BTreeMap<u32, (f32, Candidate)>);

/// The exemplars between collections. Locked with the readers.
///
/// Every collection ends the interval, for all readers. A reader with a longer interval keeps the
/// candidate with the least key of all intervals since its last collection, so that its choice is
/// as even.
#[derive(Debug, Default)]
pub(in crate::collect) struct Kept {
    /// Those of each reader that has intervals.
    unread: Vec<(u64, ByCell)>,
    /// The last ones, for readers without intervals.
    latest: Arc<ByCell>,
}

/// The exemplars of a removed series that each reader has yet to report.
#[derive(Debug, Default)]
pub(in crate::collect) struct LastExemplars(Vec<(u64, Vec<Exemplar>)>);

impl Kept {
    pub(in crate::collect) fn add_reader(&mut self, reader: u64) {
        self.unread.push((reader, ByCell::default()));
    }

    pub(in crate::collect) fn remove_reader(&mut self, reader: u64) {
        self.unread.retain(|(other, _)| *other != reader);
    }

    /// Ends the interval, and keeps its candidates for the readers.
    pub(in crate::collect) fn end_interval(&mut self) {
        match Switch::end_interval() {
            Some(ended) => slots::take_all(ended, |index, key, candidate| {
                self.add(index, key, candidate);
            }),
            None => self.forget(),
        }
    }

    /// Forgets all exemplars, also those of the interval that goes on.
    pub(in crate::collect) fn forget(&mut self) {
        self.latest = Arc::default();
        self.unread.iter_mut().for_each(|(_, unread)| *unread = ByCell::default());
    }

    fn add(&mut self, index: u32, key: f32, candidate: Candidate) {
        for (_, unread) in &mut self.unread {
            unread.add(index, key, &candidate);
        }
        Arc::make_mut(&mut self.latest).0.insert(index, (key, candidate));
    }

    /// Takes the exemplars that `reader` has yet to report. Without a reader, the last exemplars.
    pub(in crate::collect) fn take(&mut self, reader: Option<u64>) -> Arc<ByCell> {
        let Some(reader) = reader else { return Arc::clone(&self.latest) };
        let unread = self.unread.iter_mut().find(|(other, _)| *other == reader);
        unread.map(|(_, unread)| Arc::new(std::mem::take(unread))).unwrap_or_default()
    }

    /// Takes the exemplars of a series whose life is about to end.
    pub(in crate::collect) fn end(&mut self, series: Series) -> LastExemplars {
        let Some((first, width)) = cells(series).filter(|_| series.block.has_exemplars()) else {
            return LastExemplars::default();
        };
        let switch = Switch::get();
        if switch.is_on() {
            slots::take(switch.interval(), first, width, |index, key, candidate| {
                self.add(index, key, candidate);
            });
        }
        let unread = self.unread.iter_mut().map(|(reader, unread)| (*reader, unread.take(series)));
        LastExemplars(unread.filter(|(_, exemplars)| !exemplars.is_empty()).collect())
    }
}

impl LastExemplars {
    pub(in crate::collect) fn of(&self, reader: u64) -> Vec<Exemplar> {
        let exemplars = self.0.iter().find(|(other, _)| *other == reader);
        exemplars.map(|(_, exemplars)| exemplars.clone()).unwrap_or_default()
    }
}

impl ByCell {
    fn add(&mut self, index: u32, key: f32, candidate: &Candidate) {
        let (least, kept) = self.0.entry(index).or_insert_with(|| (key, candidate.clone()));
        // The candidate of another life is that of a series that is gone.
        if key < *least || kept.tag != candidate.tag {
            (*least, *kept) = (key, candidate.clone());
        }
    }

    /// The exemplars of the current life of a series, in the order of its buckets.
    pub(in crate::collect) fn of(&self, series: Series) -> Vec<Exemplar> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let Some((first, width)) = cells(series) else { return Vec::new() };
        let counts = series.counting();
        let kept = self.0.range(first..first + width);
        kept.filter(|(_, (_, candidate))| counts(candidate.tag))
            .map(|(index, (key, candidate))| Exemplar::new(series, index - first, *key, candidate))
            .collect()
    }

    fn take(&mut self, series: Series) -> Vec<Exemplar> {
        let exemplars = self.of(series);
        if let Some((first, width)) = cells(series) {
            let taken: Vec<_> = self.0.range(first..first + width).map(|(i, _)| *i).collect();
            taken.iter().for_each(|index| drop(self.0.remove(index)));
        }
        exemplars
    }
}

/// The index of the first cell of a series, and the number of its cells.
fn cells(series: Series) -> Option<(u32, u32)> {
    let base = series.block.reserved_base_if_any().filter(|base| *base < SHARED)?;
    // No truncation: a run is shorter than a segment.
    #[expect(clippy::cast_possible_truncation)]
    let width = series.block.layout().width() as u32;
    Some((base + series.offset(), width))
}
