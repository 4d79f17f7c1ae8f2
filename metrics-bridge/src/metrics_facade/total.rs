//! Totals that something else counts, for `absolute` of a counter.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use log::Level;
use metrics::Key;
use typed_metrics_core::{in_section, report};

/// The greatest total that any handle of a series was given.
#[derive(Debug, Clone)]
pub(super) struct Total(Option<Arc<AtomicU64>>);

/// The most totals. They stay for ever, because a forgotten total would be counted twice.
const MOST: usize = 100_000;

static TOTALS: LazyLock<Mutex<HashMap<Key, Arc<AtomicU64>>>> = LazyLock::new(Mutex::default);

impl Total {
    /// The total of a series.
    pub(super) fn of(key: &Key) -> Self {
        let total = in_section(|| {
            let mut totals = TOTALS.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(total) = totals.get(key) {
                return Some(Arc::clone(total));
            }
            let has_room = totals.len() < MOST;
            has_room.then(|| Arc::clone(totals.entry(key.to_retained()).or_default()))
        });
        if total.is_none() {
            let text = format_args!(
                "counter `{}` of the crate metrics: {MOST} series have an absolute total, which is \
                 the limit, and further ones are not recorded; use labels with fewer values",
                key.name()
            );
            report(Level::Error, "limit of absolute totals", text);
        }
        Self(total)
    }

    /// Notes that the total is at least `total`. Returns by how much it grew.
    pub(super) fn rise_to(&self, total: u64) -> u64 {
        // Relaxed: the number alone matters.
        let before = self.0.as_ref().map_or(total, |known| known.fetch_max(total, Relaxed));
        total.saturating_sub(before)
    }
}
