//! A family: one metric, all its series, and how a series is found.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use hashbrown::HashTable;

use super::block::{Block, Owner};
use super::cache::{cache, cached};
use super::key::{Key, Parts, Query, hash};
use super::observers::Observers;
use super::series::Series;
use super::shape::{Combinations, SeriesLookup};
use super::state::NEVER_RECYCLED;
use crate::labels::set::Labels;
use crate::labels::value::LabelValue;
use crate::metric::descriptor::{Definition, Descriptor};
use crate::metric::dropped::{DropReason, Dropped};
use crate::metric::kind::{MetricType, ValueType};
use crate::metric::source::Source;
use crate::shards::layout::Layout;

/// A metric and its series. One static for each variant of a metrics enum; run-time metrics leak
/// theirs.
#[derive(Debug)]
#[doc(hidden)]
pub struct Family {
    descriptor: &'static Descriptor,
    /// Whether series are found by hashing.
    open: bool,
    /// The series, if all labels are fixed.
    fixed_block: Block,
    /// The series, if some label is open.
    table: RwLock<Table>,
    /// The series for what is over the limit, once there is something.
    overflow: OnceLock<&'static Block>,
    dropped: Dropped,
    observers: Observers,
    /// Whether the application left this definition out because another one contradicts it.
    left_out: AtomicBool,
}

#[derive(Debug)]
struct Table {
    found: HashTable<Found>,
    /// In the order of their creation.
    series: Vec<(Arc<Key>, &'static Block)>,
    /// Places in `series` that were removed and can be recycled.
    removed: Vec<usize>,
    subscribed: bool,
}

#[derive(Debug)]
struct Found {
    hash: u64,
    place: usize,
}

/// What the fixed block of a run-time metric belongs to; such a block is never used.
static NO_FAMILY: Family = Family::new(&NO_METRIC, &NO_FAMILY);
static NO_METRIC: Descriptor = Descriptor::new(Definition {
    name: "",
    metric_type: MetricType::Gauge,
    value_type: ValueType::F64,
    unit: "",
    description: "",
    labels: &[],
    boundaries: &[],
    series_limit: 0,
    source: Source { file: "", line: 0, module: "", item: "" },
});

impl Family {
    /// The family of a typed metric. `this` is the static that the result is put into.
    #[must_use]
    pub const fn new(descriptor: &'static Descriptor, this: &'static Self) -> Self {
        let combinations = Combinations::of(descriptor.definition());
        Self {
            descriptor,
            open: combinations.open,
            fixed_block: Block::new(
                descriptor,
                this,
                combinations.series,
                combinations.layout(descriptor.definition()),
                NEVER_RECYCLED,
            ),
            table: RwLock::new(Table::EMPTY),
            overflow: OnceLock::new(),
            dropped: Dropped::new(),
            observers: Observers::new(),
            left_out: AtomicBool::new(false),
        }
    }

    /// The family of a run-time metric: its labels come with each measurement.
    pub(crate) fn leak(descriptor: &'static Descriptor) -> &'static Self {
        let layout = Layout::new(descriptor.definition(), true);
        let fixed_block = Block::new(descriptor, &NO_FAMILY, 1, layout, NEVER_RECYCLED);
        Box::leak(Box::new(Self { open: true, fixed_block, ..Self::new(descriptor, &NO_FAMILY) }))
    }

    pub(crate) fn descriptor(&self) -> &'static Descriptor {
        self.descriptor
    }

    /// What could not be recorded as it was meant.
    pub(crate) fn dropped(&self) -> &Dropped {
        &self.dropped
    }

    /// The callbacks that observe series of the metric.
    pub(crate) fn observers(&self) -> &Observers {
        &self.observers
    }

    /// Whether readers pass over this definition.
    pub(crate) fn is_left_out(&self) -> bool {
        // Relaxed: the flag orders nothing; it changes before handlers are installed.
        self.left_out.load(Relaxed)
    }

    pub(crate) fn set_left_out(&self, left_out: bool) {
        self.left_out.store(left_out, Relaxed);
    }

    /// The series with these labels: by arithmetic if they are fixed, else by hashing.
    #[inline(always)]
    pub(crate) fn typed<const N: usize>(
        &'static self,
        shape: SeriesLookup<N>,
        parts: &Parts<'_, N>,
    ) -> Series {
        if shape.open {
            self.find(parts)
        } else {
            Series::at(&self.fixed_block, shape.layout, parts.fixed())
        }
    }

    /// The open series that `query` asks for, made if need be.
    #[inline(always)]
    pub(crate) fn find(&'static self, query: &impl Query) -> Series {
        let hash = self.hash(query);
        match cached(self.descriptor, hash, query) {
            Some(series) => series,
            None => self.intern(hash, query),
        }
    }

    /// The hash of a query to this family. Threads keep the series of all families in one table, and
    /// many families have the same labels, run-time metrics above all: none or those of one queue.
    #[inline(always)]
    pub(crate) fn hash(&'static self, query: &impl Query) -> u64 {
        hash(query, std::ptr::from_ref(self).addr() as u64)
    }

    #[cold]
    #[inline(never)]
    fn intern(&'static self, hash: u64, query: &impl Query) -> Series {
        // Everything under the table's lock: a series is recycled for other labels at any time else.
        let found = |table: &Table| {
            let (key, series) = table.get(hash, query)?;
            cache(hash, &key, series);
            Some(series)
        };
        {
            let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(series) = found(&table) {
                return series;
            }
            if table.is_full(self.descriptor.series_limit()) {
                drop(table);
                return self.overflowing();
            }
        }
        // The key is made outside the lock: other threads go on finding their series.
        let mut key = query.to_key(self.descriptor);
        key.hash = hash;
        let key = Arc::new(key);
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(series) = found(&table) {
            return series;
        }
        let Some(series) = table.insert(self, hash, &key) else {
            drop(table);
            return self.overflowing();
        };
        drop(table);
        cache(hash, &key, series);
        series
    }

    /// A block for one open series.
    fn new_block(&'static self, subscribed: bool) -> &'static Block {
        let block = Block::new(self.descriptor, self, 1, self.fixed_block.layout(), 1);
        block.set_subscribed(subscribed);
        Box::leak(Box::new(block))
    }

    fn overflowing(&'static self) -> Series {
        self.dropped.note(DropReason::Overflow);
        Series::of(self.overflow_block())
    }

    /// Every series that has a place in memory.
    pub(crate) fn for_each_series(&'static self, mut visit: impl FnMut(Series)) {
        if self.open {
            let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
            // A copy, so that new series need not wait for the reader. Of the blocks alone: to look
            // into each twice would double what a collection waits for memory.
            let all: Vec<_> = table.series.iter().map(|(_, block)| *block).collect();
            drop(table);
            all.into_iter().for_each(|block| visit(Series::of(block)));
        } else if self.fixed_block.placed().is_some() {
            for place in 0..self.fixed_block.series() {
                visit(Series::at(&self.fixed_block, self.fixed_block.layout(), place));
            }
        }
        if let Some(block) = self.overflow.get() {
            visit(Series::of(block));
        }
    }

    /// From now on every measurement is forwarded, or none any more.
    pub(crate) fn set_subscribed(&'static self, subscribed: bool) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        table.subscribed = subscribed;
        table.series.iter().for_each(|(_, block)| block.set_subscribed(subscribed));
        self.fixed_block.set_subscribed(subscribed);
        if let Some(overflow) = self.overflow.get() {
            overflow.set_subscribed(subscribed);
        }
    }
}

impl Owner for Family {
    fn dropped(&self) -> &Dropped {
        &self.dropped
    }

    fn observers(&self) -> &Observers {
        &self.observers
    }

    fn overflow_block(&'static self) -> &'static Block {
        if let Some(block) = self.overflow.get() {
            return block;
        }
        // Under the lock, so that a subscription that comes meanwhile is not missed.
        let table = self.table.read().unwrap_or_else(PoisonError::into_inner);
        self.overflow.get_or_init(|| {
            let block = self.new_block(table.subscribed);
            let overflow = ("otel.metric.overflow".into(), LabelValue::Bool(true));
            block.set_labels(Labels::new([overflow]));
            block
        })
    }

    fn is_overflow(&self, block: &Block) -> bool {
        self.overflow.get().is_some_and(|overflow| std::ptr::eq(*overflow, block))
    }

    fn remove(&'static self, block: &'static Block, tenancy: u32) {
        let mut table = self.table.write().unwrap_or_else(PoisonError::into_inner);
        // Removed before, and serving other labels now: those are not meant.
        if !block.has_labels_of(tenancy) {
            return;
        }
        block.start_over();
        table.removed.extend(block.queue());
    }
}

impl Table {
    const EMPTY: Self = Self {
        found: HashTable::new(),
        series: Vec::new(),
        removed: Vec::new(),
        subscribed: false,
    };

    fn get(&self, hash: u64, query: &impl Query) -> Option<(Arc<Key>, Series)> {
        let matches = |found: &Found| query.matches(&self.series[found.place].0);
        let (key, block) = &self.series[self.found.find(hash, matches)?.place];
        Some((Arc::clone(key), Series::of(block)))
    }

    /// Whether there is no room, as far as that can be told without looking at removed series.
    fn is_full(&self, limit: usize) -> bool {
        self.series.len() >= limit && self.removed.is_empty()
    }

    /// Makes the series of `key`; `None` if there is no room.
    fn insert(&mut self, family: &'static Family, hash: u64, key: &Arc<Key>) -> Option<Series> {
        // Recycling comes last: until then, whoever holds a handle of a removed series finds it again.
        let place = if self.series.len() < family.descriptor.series_limit() {
            let block = family.new_block(self.subscribed);
            block.set_labels(key.labels.clone());
            block.set_row(self.series.len());
            self.series.push((Arc::clone(key), block));
            self.series.len() - 1
        } else {
            let place = self.recycle()?;
            let (old, block) = &mut self.series[place];
            // After the new tenancy has begun: see `Series::snapshot`.
            block.set_labels(key.labels.clone());
            let old = std::mem::replace(old, Arc::clone(key));
            if let Ok(found) = self.found.find_entry(old.hash, |found| found.place == place) {
                found.remove();
            }
            place
        };
        self.found.insert_unique(hash, Found { hash, place }, |found| found.hash);
        Some(Series::of(self.series[place].1))
    }

    /// Makes room of a removed series that nobody has recorded in since.
    fn recycle(&mut self) -> Option<usize> {
        while let Some(place) = self.removed.pop() {
            let block = self.series[place].1;
            block.unqueue();
            if block.recycle(|| Series::of(block).is_recorded()) {
                return Some(place);
            }
        }
        None
    }
}
