//! Recording in a gauge, which is one cell for all threads.

use super::record::slow;
use super::series::Series;
use super::shared::Shared;
use crate::cells::adjustment::Adjustment;
use crate::cells::change::Change;
use crate::cells::shared_gauge::SharedGauge;
use crate::number::Number;
use crate::shards::layout::SHARED;
use crate::shards::scope;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

impl Series {
    /// Sets a gauge.
    #[inline]
    pub(crate) fn set<N: Number>(self, n: N) {
        if self.write_gauge(|gauge| gauge.set(n)).is_none() {
            slow(self, Change::Set(n.to_bits()));
        }
    }

    /// Sets an info: the series with the greatest number is the latest.
    pub(crate) fn set_latest(self) {
        static LAST: AtomicU64 = AtomicU64::new(0);
        // Relaxed: the numbers order the calls, and no other data depends on them.
        self.set(LAST.fetch_add(1, Relaxed) + 1);
    }

    /// Changes a gauge relative to its value. A result that the type does not hold stops at the
    /// limit of the type, and counts as dropped.
    #[inline]
    pub(crate) fn adjust<N: Number>(self, adjustment: Adjustment) {
        match self.write_gauge(|gauge| gauge.adjust::<N>(adjustment)) {
            Some(adjusted) if adjusted.is_whole => {}
            Some(_) => self.note_limit(adjustment),
            None => {
                slow(self, Change::Adjust(adjustment));
            }
        }
    }

    /// Writes to the cell of a gauge; `None` in the uncommon cases, in which nothing is written.
    #[inline(always)]
    fn write_gauge<R>(self, write: impl FnOnce(&SharedGauge) -> R) -> Option<R> {
        // Without a base, a handler subscribes, or the cells are not allocated yet.
        if self.block.base() != SHARED || scope::is_active() {
            return None;
        }
        let Some(Shared::Gauges(gauges)) = self.block.shared_if_any() else { return None };
        let gauge = gauges.get(self.offset() as usize)?;
        if self.is_fixed() {
            return Some(write(gauge));
        }
        if !self.is_current() {
            return None;
        }
        let _writing = self.enter()?;
        Some(write(gauge))
    }
}
