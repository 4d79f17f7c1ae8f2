//! An up-down counter that follows a number which other code keeps.

use typed_metrics_core::UpDownCounter;

/// An up-down counter that follows a number which other code keeps.
#[derive(Debug)]
pub(crate) struct Level {
    counter: UpDownCounter,
    last: i64,
}

impl Level {
    pub(crate) fn new(counter: UpDownCounter) -> Self {
        Self { counter, last: 0 }
    }

    pub(crate) fn follow(&mut self, now: usize) {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        self.counter.add(now - self.last);
        self.last = now;
    }

    /// Removes the series.
    pub(crate) fn hide(&mut self) {
        self.counter.remove();
        self.last = 0;
    }
}
