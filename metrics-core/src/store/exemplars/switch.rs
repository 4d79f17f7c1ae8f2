//! Whether exemplars are recorded, and of which measurements.

use std::cell::Cell;
use std::sync::Mutex;

use super::span::SpanSource;
use crate::locks::try_lock;
use crate::sync::{AtomicU64, Ordering::Relaxed};

/// The measurements that can become exemplars, by the names of OpenTelemetry's specification.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::ExemplarFilter;
///
/// assert_eq!(ExemplarFilter::parse("trace_based"), Some(ExemplarFilter::TraceBased));
/// assert_eq!(ExemplarFilter::AlwaysOff.as_str(), "always_off");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExemplarFilter {
    /// None: recording has no cost for exemplars.
    AlwaysOff,
    /// Those inside a span that is sampled.
    TraceBased,
    /// All, also those outside of any span.
    AlwaysOn,
}

impl ExemplarFilter {
    /// The filter of this name, in upper or lower case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let all = [Self::AlwaysOff, Self::TraceBased, Self::AlwaysOn];
        all.into_iter().find(|filter| filter.as_str().eq_ignore_ascii_case(name))
    }

    /// The name of the filter.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AlwaysOff => "always_off",
            Self::TraceBased => "trace_based",
            Self::AlwaysOn => "always_on",
        }
    }
}

/// The state of exemplars in one word: the number of the interval (from bit 48 on), a number that
/// changes with the source (16 bits), and the filter (2 bits). The word is 0 while exemplars are
/// off.
///
/// Relaxed throughout: no other data is published with the word. A thread that sees an old word
/// offers its candidate for an interval that is over, where the candidate is lost.
static SWITCH: AtomicU64 = AtomicU64::new(0);

/// The least word of a thread's choice in the interval that skips a measurement: see
/// [`skips`](super::skips). While exemplars are off, that of the interval 0, which no word has.
static LEAST_SKIP: AtomicU64 = AtomicU64::new(Switch(0).least_skip());

/// The source that belongs to the word.
static SOURCE: Mutex<Option<SpanSource>> = Mutex::new(None);

thread_local! {
    /// The source that this thread knows, and its number.
    static KNOWN: Cell<(u16, Option<SpanSource>)> = const { Cell::new((0, None)) };
}

const INTERVAL: u32 = 48;
const SOURCES: u32 = 16;

/// In the word of a choice, the number of skips begins here.
pub(super) const SKIP: u32 = 32;
pub(super) const ONE_SKIP: u64 = 1 << SKIP;

/// The state of exemplars at a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Switch(u64);

impl Switch {
    #[inline(always)]
    pub(crate) fn get() -> Self {
        Self(SWITCH.load(Relaxed))
    }

    #[inline(always)]
    pub(crate) fn is_on(self) -> bool {
        self.0 != 0
    }

    /// Switches exemplars on.
    pub(crate) fn turn_on(is_always: bool, source: SpanSource) {
        let mut known = crate::locks::lock(&SOURCE);
        *known = Some(source);
        // Neither number is ever 0.
        let number = LAST.fetch_add(1, Relaxed) % u64::from(u16::MAX) + 1;
        let filter = if is_always { 2 } else { 1 };
        let interval = next_interval();
        Self::store(interval << INTERVAL | number << SOURCES | filter);
    }

    fn store(word: u64) {
        SWITCH.store(word, Relaxed);
        LEAST_SKIP.store(Self(word).least_skip(), Relaxed);
    }

    /// The least word of a thread's choice in this interval that skips a measurement.
    pub(super) const fn least_skip(self) -> u64 {
        self.interval_bits() | ONE_SKIP
    }

    /// Whether a word of a thread's choice skips a measurement. Then [`ONE_SKIP`] is subtracted.
    #[inline(always)]
    pub(super) fn skips(word: u64) -> bool {
        is_skip(word, LEAST_SKIP.load(Relaxed))
    }

    /// Switches exemplars off.
    pub(crate) fn turn_off() {
        let _source = crate::locks::lock(&SOURCE);
        Self::store(0);
    }

    /// Begins the next interval. Returns the number of the one that ends.
    pub(crate) fn end_interval() -> Option<u16> {
        let _source = crate::locks::lock(&SOURCE);
        let ended = Self::get();
        if !ended.is_on() {
            return None;
        }
        let rest = ended.0 & ((1 << INTERVAL) - 1);
        Self::store(next_interval() << INTERVAL | rest);
        Some(ended.interval())
    }

    #[cfg(test)]
    pub(super) fn of_interval(interval: u64) -> Self {
        Self(interval << INTERVAL | 1)
    }

    /// The number of the interval.
    pub(crate) fn interval(self) -> u16 {
        low(self.0 >> INTERVAL)
    }

    /// The word of this interval for a thread's choice, without the choice.
    pub(super) const fn interval_bits(self) -> u64 {
        self.0 >> INTERVAL << INTERVAL
    }

    /// Whether measurements outside of sampled spans are candidates too.
    pub(super) fn takes_all(self) -> bool {
        self.0 & 3 == 2
    }

    /// The function that returns the current span; `None` if this thread does not know it yet, and
    /// another thread ends the interval or changes the function.
    pub(super) fn source(self) -> Option<SpanSource> {
        let number = low(self.0 >> SOURCES);
        let (known, source) = KNOWN.get();
        if known == number {
            return source;
        }
        let source = *try_lock(&SOURCE)?;
        // The source of a later word, maybe: then the next word has another number.
        KNOWN.set((number, source));
        source
    }
}

/// Whether a word skips a measurement in the interval whose least such word is `least`.
#[inline(always)]
pub(super) fn is_skip(word: u64, least: u64) -> bool {
    // One comparison: the number of the interval is the current one, and the number of skips is
    // not 0.
    word.wrapping_sub(least) < (1 << INTERVAL) - ONE_SKIP
}

/// The lowest 16 bits.
pub(super) fn low(word: u64) -> u16 {
    #[expect(clippy::cast_possible_truncation, reason = "only these bits are wanted")]
    let low = word as u16;
    low
}

/// How often a source was set.
static LAST: AtomicU64 = AtomicU64::new(0);

/// The number of the next interval, from 1 on. It grows also while exemplars are switched off and
/// on, so that no choice and no candidate of an earlier interval is taken for a new one.
fn next_interval() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let next = LAST.load(Relaxed) % u64::from(u16::MAX) + 1;
    // No other thread stores meanwhile: the caller holds the lock of `SOURCE`.
    LAST.store(next, Relaxed);
    next
}

/// Keeps the source from the threads that do not know it, until the result is dropped.
#[cfg(test)]
pub(crate) fn hold_source() -> impl Sized {
    crate::locks::lock(&SOURCE)
}
