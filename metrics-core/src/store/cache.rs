//! The open series that a thread has used.

use std::cell::RefCell;
use std::sync::Arc;

use hashbrown::HashTable;

use super::key::{Key, Query};
use super::series::Series;
use crate::metric::descriptor::Descriptor;

/// The maximum number of series that a thread remembers. At the limit, the thread empties its
/// table.
const CACHE_LIMIT: usize = 8192;

struct Cached {
    hash: u64,
    key: Arc<Key>,
    series: Series,
}

thread_local! {
    /// The open series that this thread has used. Finding a series here takes no lock.
    static CACHE: RefCell<HashTable<Cached>> = const { RefCell::new(HashTable::new()) };
}

/// The series of `metric` that matches `query`, if this thread has used it.
#[inline(always)]
pub(super) fn cached(metric: &'static Descriptor, hash: u64, query: &impl Query) -> Option<Series> {
    CACHE
        .try_with(|cache| {
            let cache = cache.try_borrow().ok()?;
            let matches = |cached: &Cached| {
                std::ptr::eq(cached.series.descriptor(), metric)
                    && query.matches(&cached.key)
                    && cached.series.is_current()
            };
            cache.find(hash, matches).map(|cached| cached.series)
        })
        .ok()
        .flatten()
}

/// Remembers a series for the next lookup.
pub(super) fn cache(hash: u64, key: &Arc<Key>, series: Series) {
    // Without thread-local storage, at the end of a thread, every lookup takes the table's lock.
    let _ = CACHE.try_with(|cache| {
        let Ok(mut cache) = cache.try_borrow_mut() else { return };
        if cache.len() >= CACHE_LIMIT {
            cache.clear();
        }
        // A series that was removed or recycled since would never match again.
        if let Ok(old) = cache.find_entry(hash, |cached| !cached.series.is_current()) {
            old.remove();
        }
        let cached = Cached { hash, key: Arc::clone(key), series };
        cache.insert_unique(hash, cached, |cached| cached.hash);
    });
}
