//! Whether a family is at its series limit and lacks a series, answered without a lock.
//!
//! A program that uses up a series limit usually does so with labels that never end, for example
//! the ids of its users. So no thread can remember which labels overflow. Instead, the family keeps
//! a [counting Bloom filter] of the series that it has.
//!
//! [counting Bloom filter]: https://en.wikipedia.org/wiki/Counting_Bloom_filter

use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use crate::sync::{
    AtomicU64,
    Ordering::{Acquire, Relaxed, Release},
};

/// See the module. All changes are made under the lock of the family's table.
#[derive(Debug)]
pub(super) struct Full {
    is_full: AtomicBool,
    /// The filter, allocated when the table is half full. A hash selects a word and, in the word,
    /// three of sixteen counters of four bits. There are at least two words for each series, so one
    /// of about 150 labels that overflow seems to have a series, and takes the lock.
    words: OnceLock<Box<[AtomicU64]>>,
}

/// The highest count. A counter that reached it no longer changes.
const MOST: u64 = 15;

impl Full {
    pub(super) const fn new() -> Self {
        Self { is_full: AtomicBool::new(false), words: OnceLock::new() }
    }

    /// Whether the table has no room and no series with this hash. `false` if that is not certain.
    pub(super) fn excludes(&self, hash: u64) -> bool {
        // Acquire: pairs with the release in `set`. The counters contain every series that was made
        // before the table became full.
        self.is_full.load(Acquire)
            && self.words.get().is_some_and(|words| {
                // Relaxed: a concurrent change is that of another series.
                let word = words[position(words, hash)].load(Relaxed);
                counters(hash).into_iter().any(|counter| word >> counter & MOST == 0)
            })
    }

    pub(super) fn set(&self, is_full: bool) {
        // Release: pairs with the acquire in `excludes`.
        self.is_full.store(is_full, Release);
    }

    /// Adds a new series, which has the number `row`, and maybe an older one. So the filter is
    /// complete when the table is full, and no measurement waits until it is filled.
    pub(super) fn add_row(&self, row: usize, limit: usize, hash_of: impl Fn(usize) -> u64) {
        let half = limit / 2;
        if row < half {
            return;
        }
        self.words.get_or_init(|| {
            let count = limit.saturating_mul(2).next_power_of_two();
            (0..count).map(|_| AtomicU64::new(0)).collect()
        });
        self.add(hash_of(row));
        if row < 2 * half {
            self.add(hash_of(row - half));
        }
    }

    pub(super) fn add(&self, hash: u64) {
        self.change(hash, |count| count + 1);
    }

    pub(super) fn remove(&self, hash: u64) {
        self.change(hash, |count| count.saturating_sub(1));
    }

    fn change(&self, hash: u64, to: impl Fn(u64) -> u64) {
        let Some(words) = self.words.get() else { return };
        let cell = &words[position(words, hash)];
        let mut word = cell.load(Relaxed);
        for counter in counters(hash) {
            let count = word >> counter & MOST;
            if count < MOST {
                word = word & !(MOST << counter) | to(count) << counter;
            }
        }
        cell.store(word, Relaxed);
    }
}

/// The position of the word for a hash.
fn position(words: &[AtomicU64], hash: u64) -> usize {
    // No truncation: there are fewer words.
    #[expect(clippy::cast_possible_truncation)]
    let low = hash as usize;
    low & (words.len() - 1)
}

/// The counters for a hash, as shifts.
fn counters(hash: u64) -> [u64; 3] {
    [52, 56, 60].map(|shift| (hash >> shift & 15) * 4)
}

#[cfg(test)]
mod tests {
    use super::super::sample::scattered;
    use super::*;

    fn hash(id: usize) -> u64 {
        scattered(id as u64)
    }

    #[test]
    fn a_full_table_excludes_most_other_series_and_none_of_its_own() {
        for limit in [1, 2, 3, 10, if cfg!(miri) { 50 } else { 2_001 }] {
            let full = Full::new();
            for row in 0..limit {
                full.add_row(row, limit, hash);
                assert!(!full.excludes(hash(limit)), "not full yet");
            }
            full.set(true);
            assert!((0..limit).all(|row| !full.excludes(hash(row))));
            let excluded = (limit..51 * limit).filter(|id| full.excludes(hash(*id))).count();
            assert!(excluded >= 49 * limit, "{excluded} of {}", 50 * limit);
        }
    }

    #[test]
    fn replaced_series_are_excluded_again() {
        let limit = 100;
        let full = Full::new();
        (0..limit).for_each(|row| full.add_row(row, limit, hash));
        let last = if cfg!(miri) { 500 } else { 50_000 };
        for id in limit..last {
            full.remove(hash(id - limit));
            full.add(hash(id));
        }
        full.set(true);
        assert!((last - limit..last).all(|id| !full.excludes(hash(id))));
        let excluded = (0..last - limit).filter(|id| full.excludes(hash(*id))).count();
        assert!(excluded * 100 >= (last - limit) * 98, "{excluded}");
    }
}
