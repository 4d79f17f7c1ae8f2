//! A family: one metric, all its series, and the lookup of a series.

#[cfg(test)]
mod tests;
mod visit;

use std::sync::atomic::{
    AtomicBool, AtomicU32,
    Ordering::{Relaxed, Release},
};
use std::sync::{Arc, OnceLock, RwLock};

use super::block::{Block, HistogramSettings, Owner};
use super::cache::{cache, cached};
use super::full::Full;
use super::key::{Completed, Parts, Query, hash};
use super::observers::Observers;
use super::series::Series;
use super::shape::Combinations;
use super::state::End;
use super::table::Table;
use crate::cells::change::Reading;
use crate::labels::part::PartList;
use crate::locks::{get_or_init, read, write};
use crate::metric::definition::Definition;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::{DropReason, Dropped};
use crate::metric::lifetime::Lifetime;
use crate::metric::recorded_file;
use crate::metric::scope::Scope;
use crate::metric::settings::DecidedSettings;
use crate::metric::source::Place;
use crate::rules::kind::{MetricType, ValueType};
use crate::shards::layout::{Layout, SINGLE, Width};

/// A metric and its series. Each variant of a metrics enum has one static of this type; run-time
/// metrics leak theirs.
#[derive(Debug)]
#[doc(hidden)]
pub struct Family {
    descriptor: Descriptor,
    settings: DecidedSettings,
    /// If the metric is a histogram.
    histogram: OnceLock<HistogramSettings>,
    /// Whether series are found by hashing.
    open: bool,
    /// The series, if all labels are fixed.
    fixed_block: Block,
    /// Allocated when first needed, which keeps the static of each metric small.
    open_series: OnceLock<Box<OpenSeries>>,
    dropped: Dropped,
    observers: Observers,
    /// The descriptor under the metric's old name, once a reader needed it.
    renamed: OnceLock<Box<Descriptor>>,
    /// Whether the application left this definition out because another one contradicts it.
    left_out: AtomicBool,
    /// Whether anything was ever recorded, also in a series that was removed since.
    measured: AtomicBool,
}

/// The series of a metric with open labels.
#[derive(Debug)]
struct OpenSeries {
    table: RwLock<Table>,
    /// Whether the table is full, and what it holds.
    full: Full,
    /// The block of the overflow series, once a measurement needed it.
    overflow: OnceLock<&'static Block>,
    /// How many blocks have shared cells.
    shared: AtomicU32,
}

/// The metric and the owner of a block that is never used: the fixed block of a run-time metric, or
/// of a family that no metric has yet. They have no cells, because Rust 1.89 allows no reference to
/// a cell in a constant.
static UNUSED: Descriptor = Descriptor::new(NO_METRIC);
struct NoOwner;
pub(crate) const NO_METRIC: Definition = Definition {
    name: "",
    metric_type: MetricType::Gauge,
    value_type: ValueType::F64,
    unit: "",
    description: "",
    labels: &[],
    boundaries: &[],
    exponential: None,
    series_limit: 1,
    lifetime: Lifetime::UNSET,
    presentation: None,
    place: &Place::NOWHERE,
    line: 0,
    item: "",
};

impl Family {
    /// A family that no metric has yet.
    const fn empty() -> Self {
        Self {
            descriptor: Descriptor::new(NO_METRIC),
            settings: DecidedSettings::new(),
            histogram: OnceLock::new(),
            open: false,
            fixed_block: Block::new(&UNUSED, &NoOwner, 1, Layout::of_width(SINGLE)),
            open_series: OnceLock::new(),
            dropped: Dropped::new(),
            observers: Observers::new(),
            renamed: OnceLock::new(),
            left_out: AtomicBool::new(false),
            measured: AtomicBool::new(false),
        }
    }

    /// The families of the typed metrics in `place`. `these` is the static that holds the result.
    ///
    /// One call for all metrics of an enum. The compiler checks the static's type once for each
    /// static, and it makes the empty family once for each number of metrics: with a static for
    /// each metric, most of the time that the derive takes would go there.
    #[must_use]
    pub const fn all<const N: usize>(
        place: &'static Place,
        definitions: [Definition; N],
        these: &'static [Self; N],
    ) -> [Self; N] {
        let mut families = [const { Self::empty() }; N];
        let mut i = 0;
        while i < N {
            families[i].define(definitions[i].placed(place), &these[i]);
            i += 1;
        }
        families
    }

    /// The family of one typed metric. `this` is the static that holds the result.
    pub(crate) const fn new(definition: Definition, this: &'static Self) -> Self {
        let mut family = Self::empty();
        family.define(definition, this);
        family
    }

    const fn define(&mut self, definition: Definition, this: &'static Self) {
        let Combinations { open, series, .. } = Combinations::of(definition.stored_labels());
        self.fixed_block.place(&this.descriptor, this, series, Layout::new(&definition, open));
        self.descriptor = Descriptor::with(definition, &this.settings);
        self.open = open;
    }

    /// The family of a run-time metric, whose labels come with each measurement.
    pub(crate) fn leak(definition: Definition) -> &'static Self {
        Self::leak_in(None, definition)
    }

    /// The family of a metric of `scope`, whose labels come with each measurement.
    pub(crate) fn leak_in(scope: Option<&'static Scope>, definition: Definition) -> &'static Self {
        let layout = Layout::new(&definition, true);
        let settings = Box::leak(Box::new(DecidedSettings::new()));
        let descriptor = Descriptor::with(definition, settings).in_scope(scope);
        let fixed_block = Block::new(&UNUSED, &NoOwner, 1, layout);
        Box::leak(Box::new(Self { descriptor, open: true, fixed_block, ..Self::empty() }))
    }

    #[inline(always)]
    pub(crate) fn descriptor(&'static self) -> &'static Descriptor {
        &self.descriptor
    }

    fn open_series(&self) -> &OpenSeries {
        let series = get_or_init(&self.open_series, || {
            Box::new(OpenSeries {
                table: RwLock::new(Table::EMPTY),
                full: Full::new(),
                overflow: OnceLock::new(),
                shared: AtomicU32::new(0),
            })
        });
        series.as_ref()
    }

    /// The block of the overflow series, if a measurement needed it.
    fn overflow(&self) -> Option<&'static Block> {
        self.open_series.get()?.overflow.get().copied()
    }

    /// The counts of measurements that could not be recorded as intended.
    pub(crate) fn dropped(&self) -> &Dropped {
        &self.dropped
    }

    /// The callbacks that observe series of the metric.
    pub(crate) fn observers(&self) -> &Observers {
        &self.observers
    }

    /// The descriptor under the metric's old name, if it has one.
    pub(crate) fn under_old_name(&'static self) -> Option<&'static Descriptor> {
        let old = self.descriptor.was()?;
        // `check` reports it.
        if old.eq_ignore_ascii_case(self.descriptor.name()) {
            return None;
        }
        if let Some(renamed) = self.renamed.get() {
            return Some(renamed);
        }
        let renamed = Box::new(self.descriptor.under_old_name()?);
        Some(self.renamed.get_or_init(|| renamed))
    }

    /// Whether readers skip this definition.
    pub(crate) fn is_left_out(&self) -> bool {
        // Relaxed: no other data depends on the flag, which changes before handlers are installed.
        self.left_out.load(Relaxed)
    }

    pub(crate) fn set_left_out(&self, left_out: bool) {
        self.left_out.store(left_out, Relaxed);
    }

    /// Whether anything was ever recorded, also in a series that was removed since.
    pub(crate) fn is_measured(&self) -> bool {
        // Relaxed: no other data depends on the flag.
        self.measured.load(Relaxed)
    }

    /// The series with these labels: found by arithmetic if all labels are fixed, otherwise by
    /// hashing. `width` is the width of a series with fixed labels.
    #[inline(always)]
    pub(crate) fn typed(&'static self, width: Width, parts: &Parts<impl PartList>) -> Series {
        if parts.is_open() {
            self.find(parts)
        } else if parts.is_empty() {
            // At offset 0 in every layout.
            Series::at_offset(&self.fixed_block, 0)
        } else {
            let layout = match width {
                Width::Known(width) => Layout::of_width(width),
                Width::OfBuckets => self.fixed_block.histogram_layout(),
                Width::Unknown => self.fixed_block.layout(),
            };
            Series::at(&self.fixed_block, layout, parts.combination())
        }
    }

    /// The open series that matches `query`. Makes the series if there is none.
    #[inline(always)]
    pub(crate) fn find(&'static self, query: &impl Query) -> Series {
        let hash = self.hash(query);
        match cached(&self.descriptor, hash, query) {
            Some(series) => series,
            None => self.intern(hash, query),
        }
    }

    /// The hash of a query to this family.
    #[inline(always)]
    pub(crate) fn hash(&'static self, query: &impl Query) -> u64 {
        hash(query, std::ptr::from_ref(self).addr() as u64)
    }

    #[cold]
    #[inline(never)]
    fn intern(&'static self, hash: u64, query: &impl Query) -> Series {
        if self.open_series().full.excludes(hash) {
            return self.overflowing();
        }
        // The series is found and cached under the table's lock: without the lock, it could be
        // recycled for other labels at any time.
        let find = |table: &Table| {
            let (key, series) = table.get(hash, query)?;
            cache(hash, &key, series);
            Some(series)
        };
        {
            let table = read(&self.open_series().table);
            if let Some(series) = find(&table) {
                return series;
            }
            if table.is_full(self.descriptor.series_limit()) {
                drop(table);
                return self.overflowing();
            }
        }
        // The key is made outside the lock, so that other threads can find their series meanwhile.
        let mut key = query.to_key(&self.descriptor);
        key.hash = hash;
        let key = Arc::new(key);
        let mut table = write(&self.open_series().table);
        if let Some(series) = find(&table) {
            return series;
        }
        let limit = self.descriptor.series_limit();
        let new_block = |subscribed| self.new_block(subscribed);
        let Some(series) = table.insert(&key, limit, &self.open_series().full, new_block) else {
            drop(table);
            return self.overflowing();
        };
        drop(table);
        cache(hash, &key, series);
        series
    }

    /// The series of this family with the labels of `series`, if it was made. `series` belongs to
    /// `other`, a family with the same label definitions.
    pub(crate) fn twin(&'static self, other: &'static Self, series: Series) -> Option<Series> {
        if series.is_fixed() {
            let block = &self.fixed_block;
            block.reserved_base_if_any()?;
            return Some(Series::at(block, block.layout(), series.position()));
        }
        let key = read(&other.open_series().table).key(series.row()?)?;
        let query = Completed { key: &key, combination: key.combination, open: &[] };
        let found = read(&self.open_series().table).get(self.hash(&query), &query);
        found.map(|(_, series)| series)
    }

    /// A block for one open series.
    fn new_block(&'static self, subscribed: bool) -> &'static Block {
        let block = Block::new(&self.descriptor, self, 1, self.fixed_block.layout());
        block.set_subscribed(subscribed);
        Box::leak(Box::new(block))
    }

    fn overflowing(&'static self) -> Series {
        self.dropped.note(DropReason::Overflow);
        Series::of(self.overflow_block())
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
        if let Some(block) = self.overflow() {
            return block;
        }
        // Under the lock, so that a concurrent subscription is not missed.
        let table = read(&self.open_series().table);
        self.open_series().overflow.get_or_init(|| {
            let block = self.new_block(table.is_subscribed());
            block.set_labels(self.descriptor.overflow_labels());
            block
        })
    }

    fn is_overflow(&self, block: &Block) -> bool {
        self.overflow().is_some_and(|overflow| std::ptr::eq(overflow, block))
    }

    fn note_shared(&self) {
        if self.open {
            // Release: a reader that sees a measurement in the cells sees the count.
            self.open_series().shared.fetch_add(1, Release);
        }
    }

    fn note_measured(&self) {
        // The load spares all measurements but the first a write to memory that threads share.
        let is_first = !self.is_measured() && !self.measured.swap(true, Relaxed);
        if is_first && self.descriptor.scope().is_none() {
            recorded_file::note(self.descriptor.name());
        }
    }

    fn histogram(&'static self) -> &'static HistogramSettings {
        get_or_init(&self.histogram, || HistogramSettings::of(&self.descriptor))
    }

    fn end_life(&'static self, block: &'static Block, stamp: u64, end: End) -> Option<Reading> {
        let mut table = write(&self.open_series().table);
        // If the block has been recycled already, its current labels must stay.
        if !block.has_labels_of(stamp) {
            return None;
        }
        let series = Series::of(block);
        let (recorded, late) = series.void_and_read(|| block.start_over(end));
        table.queue_for_recycling(block, self.descriptor.series_limit(), &self.open_series().full);
        // Without the lock, because the overflow series may be new.
        drop(table);
        series.add_late(late);
        recorded
    }
}

impl Owner for NoOwner {
    fn dropped(&self) -> &Dropped {
        unused()
    }

    fn observers(&self) -> &Observers {
        unused()
    }

    fn overflow_block(&'static self) -> &'static Block {
        unused()
    }

    fn is_overflow(&self, _: &Block) -> bool {
        unused()
    }

    fn note_shared(&self) {
        unused()
    }

    fn note_measured(&self) {
        unused()
    }

    fn histogram(&'static self) -> &'static HistogramSettings {
        unused()
    }

    fn end_life(&'static self, _: &'static Block, _: u64, _: End) -> Option<Reading> {
        unused()
    }
}

fn unused() -> ! {
    unreachable!("no series of this block is ever made")
}
