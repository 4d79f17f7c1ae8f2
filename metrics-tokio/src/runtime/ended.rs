//! Whether an observation has ended.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether an observation has ended: its runtime or its guard was dropped.
#[derive(Debug, Default)]
pub(super) struct Ended(AtomicBool);

impl Ended {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(super) fn note(&self) {
        // A collection that sees it reads numbers that are at least as new.
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn is_noted(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
