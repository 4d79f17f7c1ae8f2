//! Counts of measurements that could not be recorded as intended, by reason.

use std::cell::Cell;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed};

use serde::Serialize;

use crate::locks::get_or_init;

/// The reason why a measurement was not recorded, or not in its own series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DropReason {
    /// NaN or infinite: dropped.
    NotFinite,
    /// A negative increment of a counter, or a negative value of an unsigned metric: dropped.
    Negative,
    /// A value that the metric's type cannot represent: dropped.
    WrongType,
    /// The series limit is reached: recorded in the overflow series
    /// (`otel.metric.overflow = true`).
    Overflow,
    /// Attributes of a run-time metric that cannot be used: dropped.
    BadAttributes,
    /// A panic in a callback that observes the metric: the snapshot has no value from the callback.
    CallbackPanicked,
}

impl DropReason {
    const ALL: [Self; 6] = [
        Self::NotFinite,
        Self::Negative,
        Self::WrongType,
        Self::Overflow,
        Self::BadAttributes,
        Self::CallbackPanicked,
    ];
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotFinite => "dropped: not finite",
            Self::Negative => "dropped: negative",
            Self::WrongType => "dropped: not a value of the metric's type",
            Self::Overflow => "recorded in the overflow series: over the series limit",
            Self::BadAttributes => "dropped: attributes that cannot be used",
            Self::CallbackPanicked => "not observed: callback panicked",
        })
    }
}

/// The number of measurements of one metric for each reason.
#[derive(Debug)]
pub(crate) struct Dropped {
    /// Allocated for the first dropped measurement.
    stripes: OnceLock<Box<[Stripe; STRIPES]>>,
    warned: [AtomicBool; DropReason::ALL.len()],
}

/// The counts of some threads. Threads that count in one cache line would wait for each other, and
/// a metric over its series limit counts every measurement.
#[derive(Debug)]
#[repr(align(128))]
struct Stripe([AtomicU64; DropReason::ALL.len()]);

const STRIPES: usize = 16;

thread_local! {
    /// The number of this thread's stripe; `STRIPES` if it has none yet.
    static OWN: Cell<usize> = const { Cell::new(STRIPES) };
}

/// The stripe of this thread. Threads get the stripes by turns.
fn own() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    if OWN.get() == STRIPES {
        OWN.set(NEXT.fetch_add(1, Relaxed) % STRIPES);
    }
    OWN.get()
}

impl Dropped {
    pub(crate) const fn new() -> Self {
        Self {
            stripes: OnceLock::new(),
            warned: [const { AtomicBool::new(false) }; DropReason::ALL.len()],
        }
    }

    /// Counts a measurement. Readers log the warning, because logging could block the recording
    /// thread.
    #[cold]
    pub(crate) fn note(&self, reason: DropReason) {
        let stripes = get_or_init(&self.stripes, || {
            Box::new(
                [const { Stripe([const { AtomicU64::new(0) }; DropReason::ALL.len()]) }; STRIPES],
            )
        });
        stripes[own()].0[reason as usize].fetch_add(1, Relaxed);
    }

    /// The reasons so far, each with its count.
    pub(crate) fn read(&self) -> Vec<(DropReason, u64)> {
        let Some(stripes) = self.stripes.get() else { return Vec::new() };
        let count = |reason| {
            let counts = stripes.iter().map(|stripe| stripe.0[reason as usize].load(Relaxed));
            (reason, counts.sum())
        };
        DropReason::ALL.into_iter().map(count).filter(|(_, count)| *count > 0).collect()
    }

    /// Whether `reason` has not been logged yet. Marks it as logged.
    pub(crate) fn is_news(&self, reason: DropReason) -> bool {
        !self.warned[reason as usize].swap(true, Relaxed)
    }
}
