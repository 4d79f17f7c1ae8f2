//! The open series of one family, found by the hash of their labels.

use std::sync::Arc;

use hashbrown::HashTable;

use super::block::Block;
use super::full::Full;
use super::key::{Key, Query};
use super::series::Series;

/// The open series of a family. Each has a block of its own.
#[derive(Debug)]
pub(super) struct Table {
    by_hash: HashTable<Row>,
    /// The series in the order of their creation.
    rows: Vec<(Arc<Key>, &'static Block)>,
    /// The rows of removed series, which can be recycled.
    removed: Vec<usize>,
    subscribed: bool,
}

/// The row of a series, and the hash that finds it.
#[derive(Debug)]
struct Row {
    hash: u64,
    row: usize,
}

/// The maximum number of removed series that are tried for one new series.
const MOST_TRIED: usize = 256;

impl Table {
    pub(super) const EMPTY: Self = Self {
        by_hash: HashTable::new(),
        rows: Vec::new(),
        removed: Vec::new(),
        subscribed: false,
    };

    pub(super) fn get(&self, hash: u64, query: &impl Query) -> Option<(Arc<Key>, Series)> {
        let matches = |entry: &Row| query.matches(&self.rows[entry.row].0.encoded);
        let (key, block) = &self.rows[self.by_hash.find(hash, matches)?.row];
        Some((Arc::clone(key), Series::of(block)))
    }

    /// The key of the series in a row.
    pub(super) fn key(&self, row: usize) -> Option<Arc<Key>> {
        self.rows.get(row).map(|(key, _)| Arc::clone(key))
    }

    /// Whether the table is full. Does not check whether removed series can really be recycled.
    pub(super) fn is_full(&self, limit: usize) -> bool {
        self.rows.len() >= limit && self.removed.is_empty()
    }

    /// Makes the series of `key`, in a block from `new_block` or in a recycled one; `None` if the
    /// table is full. The argument of `new_block` tells whether the metric is subscribed. Keeps
    /// `full` up to date.
    pub(super) fn insert(
        &mut self,
        key: &Arc<Key>,
        limit: usize,
        full: &Full,
        new_block: impl FnOnce(bool) -> &'static Block,
    ) -> Option<Series> {
        let series = self.insert_if_room(key, limit, full, new_block);
        full.set(self.is_full(limit));
        series
    }

    fn insert_if_room(
        &mut self,
        key: &Arc<Key>,
        limit: usize,
        full: &Full,
        new_block: impl FnOnce(bool) -> &'static Block,
    ) -> Option<Series> {
        // Recycling is the last resort: until then, the handles of a removed series find it again.
        let row = if self.rows.len() < limit {
            let block = new_block(self.subscribed);
            block.set_labels(key.labels.clone());
            block.set_row(self.rows.len());
            self.rows.push((Arc::clone(key), block));
            full.add_row(self.rows.len() - 1, limit, |row| self.rows[row].0.hash);
            self.rows.len() - 1
        } else {
            let row = self.recycle()?;
            let (old, block) = &mut self.rows[row];
            // After the block has its new stamp: see `Series::snapshot`.
            block.set_labels(key.labels.clone());
            let old = std::mem::replace(old, Arc::clone(key));
            if let Ok(entry) = self.by_hash.find_entry(old.hash, |entry| entry.row == row) {
                entry.remove();
            }
            full.remove(old.hash);
            full.add(key.hash);
            row
        };
        self.by_hash.insert_unique(key.hash, Row { hash: key.hash, row }, |entry| entry.hash);
        Some(Series::of(self.rows[row].1))
    }

    /// Frees the row of a removed series in which nothing was recorded since its removal. Tries the
    /// series that were removed last, and only so many that the caller waits some microseconds. If
    /// all of these were recorded again, the new series overflows once more.
    fn recycle(&mut self) -> Option<usize> {
        for _ in 0..MOST_TRIED {
            let row = self.removed.pop()?;
            let block = self.rows[row].1;
            // A series that was recorded again leaves the queue until it is removed again.
            block.unqueue();
            if block.recycle() {
                return Some(row);
            }
        }
        None
    }

    /// Queues the block of a removed series for recycling, unless it is queued already.
    pub(super) fn queue_for_recycling(&mut self, block: &Block, limit: usize, full: &Full) {
        self.removed.extend(block.queue());
        full.set(self.is_full(limit));
    }

    pub(super) fn blocks(&self) -> impl Iterator<Item = &'static Block> {
        self.rows.iter().map(|(_, block)| *block)
    }

    pub(super) fn is_subscribed(&self) -> bool {
        self.subscribed
    }

    pub(super) fn set_subscribed(&mut self, subscribed: bool) {
        self.subscribed = subscribed;
        self.blocks().for_each(|block| block.set_subscribed(subscribed));
    }
}
