//! Observing jemalloc.

use std::error::Error;
use std::fmt;
use std::hint::black_box;
use std::sync::{Mutex, PoisonError};

use log::Level as LogLevel;
use tikv_jemalloc_ctl::{epoch, stats, thread};
use typed_metrics_core::{Observation, observe, report};

use super::metrics::JemallocMetrics;
use crate::level::Level;

/// Observes the allocator jemalloc: from now on, every collection of every handler has its
/// [metrics](JemallocMetrics). A second call changes nothing.
///
/// The program must use jemalloc as its global allocator, by the crate `tikv-jemallocator` in
/// version 0.7. In a program that does not, the error says what to add:
///
/// ```
/// # use typed_metrics_tokio as tokio_metrics;
/// let error = tokio_metrics::observe_jemalloc().unwrap_err(); // the allocator of the system
/// assert!(error.to_string().contains(
///     "#[global_allocator] static ALLOCATOR: tikv_jemallocator::Jemalloc = \
///      tikv_jemallocator::Jemalloc;"
/// ));
/// ```
///
/// Only what goes through jemalloc is counted. A C library that allocates by the `malloc` of the
/// system is not in these metrics.
///
/// # Errors
/// [`NotJemalloc`] if the program has another global allocator.
pub fn observe_jemalloc() -> Result<(), NotJemalloc> {
    if !is_used() {
        return Err(NotJemalloc(()));
    }
    let mut sampler = SAMPLER.lock().unwrap_or_else(PoisonError::into_inner);
    if sampler.is_none() {
        *sampler = Some(Sampler {
            levels: Levels::new(),
            is_reported: false,
            _observation: observe(collect),
        });
    }
    Ok(())
}

/// jemalloc is not the program's global allocator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJemalloc(());

impl fmt::Display for NotJemalloc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "jemalloc cannot be observed: what this thread allocates does not go through it; put \
             `#[global_allocator] static ALLOCATOR: tikv_jemallocator::Jemalloc = \
             tikv_jemallocator::Jemalloc;` into the program, with `tikv-jemallocator` 0.7, or \
             remove the call of `observe_jemalloc`",
        )
    }
}

impl Error for NotJemalloc {}

/// Whether an allocation of this thread goes through jemalloc.
fn is_used() -> bool {
    let Ok(allocated) = thread::allocatedp::read() else { return false };
    let before = allocated.get();
    drop(black_box(Vec::<u8>::with_capacity(black_box(1 << 10))));
    allocated.get() != before
}

struct Sampler {
    levels: Levels,
    /// Whether a warning has said that jemalloc cannot be read.
    is_reported: bool,
    _observation: Observation,
}

/// The sampler of the process, once jemalloc is observed. Locked while it reads.
static SAMPLER: Mutex<Option<Sampler>> = Mutex::new(None);

/// Called at the beginning of a collection.
fn collect() {
    let mut sampler = SAMPLER.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(Sampler { levels, is_reported, .. }) = &mut *sampler else { return };
    let Err(error) = levels.follow() else { return };
    // A stale number would look like a current one.
    levels.hide();
    if !std::mem::replace(is_reported, true) {
        drop(sampler);
        let text = format_args!(
            "metrics `jemalloc.memory.*` are missing while jemalloc cannot be read (reported \
             once): {error}"
        );
        report(LogLevel::Warn, "jemalloc: cannot be read", text);
    }
}

#[derive(Debug)]
struct Levels {
    allocated: Level,
    active: Level,
    metadata: Level,
    resident: Level,
    mapped: Level,
    retained: Level,
}

impl Levels {
    fn new() -> Self {
        Self {
            allocated: Level::new(JemallocMetrics::allocated()),
            active: Level::new(JemallocMetrics::active()),
            metadata: Level::new(JemallocMetrics::metadata()),
            resident: Level::new(JemallocMetrics::resident()),
            mapped: Level::new(JemallocMetrics::mapped()),
            retained: Level::new(JemallocMetrics::retained()),
        }
    }

    fn follow(&mut self) -> Result<(), tikv_jemalloc_ctl::Error> {
        // jemalloc adds its numbers up when the epoch advances, so all are of one moment.
        epoch::advance()?;
        self.allocated.follow(stats::allocated::read()?);
        self.active.follow(stats::active::read()?);
        self.metadata.follow(stats::metadata::read()?);
        self.resident.follow(stats::resident::read()?);
        self.mapped.follow(stats::mapped::read()?);
        self.retained.follow(stats::retained::read()?);
        Ok(())
    }

    fn hide(&mut self) {
        let Self { allocated, active, metadata, resident, mapped, retained } = self;
        for level in [allocated, active, metadata, resident, mapped, retained] {
            level.hide();
        }
    }
}
