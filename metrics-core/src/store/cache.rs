//! The open series that a thread has used.

use std::cell::RefCell;

use hashbrown::HashTable;

use super::encoded::Encoded;
use super::key::{Key, Query};
use super::series::Series;
use crate::metric::descriptor::Descriptor;

/// The number of tables of a thread. Many small tables instead of a large one, because a table that
/// grows moves all its entries within one measurement.
const TABLES: usize = 128;

/// The maximum number of entries in a table, which then has at most 4096 buckets. A thread
/// remembers at most 196,608 series.
const TABLE_LIMIT: usize = 1536;

/// The number of buckets that each insertion searches for series that were removed. So the entries
/// of removed series take up at most a quarter of a table.
const SWEPT: usize = 4;

/// Aligned, so that an entry is in one cache line.
#[derive(Debug)]
#[repr(align(64))]
struct Cached {
    hash: u64,
    /// The metric of the series, also known to its block. Here it costs no access to the block.
    metric: &'static Descriptor,
    labels: Encoded,
    series: Series,
}

/// The series whose hashes share some bits.
#[derive(Debug)]
struct Table {
    entries: HashTable<Cached>,
    /// The bucket at which the next sweep begins.
    hand: usize,
}

thread_local! {
    /// The open series that this thread has used. Finding a series here takes no lock.
    static CACHE: RefCell<[Table; TABLES]> = const { RefCell::new([const { Table::new() }; TABLES]) };
}

/// The table for a hash. `HashTable` uses the lowest and the highest bits.
#[inline(always)]
fn table_of(hash: u64) -> usize {
    (hash >> 40) as usize % TABLES
}

/// The series of `metric` that matches `query`, if this thread has used it.
#[inline(always)]
pub(super) fn cached(metric: &'static Descriptor, hash: u64, query: &impl Query) -> Option<Series> {
    CACHE
        .try_with(|cache| {
            let cache = cache.try_borrow().ok()?;
            let matches = |cached: &Cached| {
                std::ptr::eq(cached.metric, metric)
                    && query.matches(&cached.labels)
                    && cached.series.is_current()
            };
            cache[table_of(hash)].entries.find(hash, matches).map(|cached| cached.series)
        })
        .ok()
        .flatten()
}

/// Remembers a series for the next lookup.
pub(super) fn cache(hash: u64, key: &Key, series: Series) {
    cache_as(hash, key.encoded.clone(), series);
}

/// Remembers a series for the next lookup by these labels.
pub(super) fn cache_as(hash: u64, labels: Encoded, series: Series) {
    // Without thread-local storage, at the end of a thread, every lookup takes the table's lock.
    let _ = CACHE.try_with(|cache| {
        let Ok(mut cache) = cache.try_borrow_mut() else { return };
        let metric = series.descriptor();
        let cached = Cached { hash, metric, labels, series };
        cache[table_of(hash)].insert(cached);
    });
}

impl Table {
    const fn new() -> Self {
        Self { entries: HashTable::new(), hand: 0 }
    }

    fn insert(&mut self, cached: Cached) {
        (0..SWEPT).for_each(|_| self.sweep(|cached| !cached.series.is_current()));
        // A bucket has no relation to the age of its entry. So if a thread uses more series than
        // fit, one after another, it still finds most of them.
        while self.entries.len() >= TABLE_LIMIT {
            self.sweep(|_| true);
        }
        if self.entries.len() < self.entries.num_buckets() / 8 {
            self.entries.shrink_to(2 * self.entries.len(), |cached| cached.hash);
        }
        // A series that was removed or recycled would never match again.
        let is_stale = |old: &Cached| old.hash == cached.hash && !old.series.is_current();
        if let Ok(old) = self.entries.find_entry(cached.hash, is_stale) {
            old.remove();
        }
        self.entries.insert_unique(cached.hash, cached, |cached| cached.hash);
    }

    /// Empties the next bucket if `is_unwanted` holds for its entry.
    fn sweep(&mut self, is_unwanted: impl FnOnce(&Cached) -> bool) {
        self.hand = if self.hand + 1 < self.entries.num_buckets() { self.hand + 1 } else { 0 };
        if let Ok(entry) = self.entries.get_bucket_entry(self.hand)
            && is_unwanted(entry.get())
        {
            entry.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::store::block::Owner;
    use crate::store::sample::{counter, label};
    use crate::store::state::End;

    fn entries() -> usize {
        CACHE.with_borrow(|cache| cache.iter().map(|table| table.entries.len()).sum())
    }

    #[test]
    fn a_thread_remembers_all_of_many_series() {
        let live: u32 = if cfg!(miri) { 100 } else { 20_000 };
        let family = counter(live as usize);
        for id in 0..live {
            family.find(&label(id));
        }
        let is_cached = |id: &u32| {
            let label = label(*id);
            cached(family.descriptor(), family.hash(&label), &label).is_some()
        };
        assert_eq!((0..live).filter(is_cached).count(), live as usize);
    }

    #[test]
    fn removed_series_leave_the_cache() {
        let (live, rounds) = if cfg!(miri) { (10, 20) } else { (100, 20_000) };
        let family = counter(live);
        let mut series = VecDeque::new();
        for id in 0..rounds {
            if series.len() == live {
                let oldest: Series = series.pop_front().unwrap();
                family.end_life(oldest.block, oldest.life(), End::Removal);
            }
            series.push_back(family.find(&label(id)));
        }
        assert!(entries() < live + 4 * TABLES, "{} entries", entries());
    }

    #[test]
    fn a_full_table_keeps_its_size() {
        let series = counter(1).find(&label(1));
        let labels = label(1).to_key(series.descriptor()).encoded;
        let mut table = Table::new();
        for hash in 0..3 * TABLE_LIMIT as u64 {
            // As good hashes as any.
            let hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let labels = labels.clone();
            table.insert(Cached { hash, metric: series.descriptor(), labels, series });
            assert!(table.entries.num_buckets() <= 4096);
        }
        assert_eq!(table.entries.len(), TABLE_LIMIT);
    }
}
