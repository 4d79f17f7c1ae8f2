//! The time since the start of a run.

use std::time::Instant;

/// The start of a run, and the time since then.
pub(super) trait Clock: Send + Sync + 'static {
    /// The nanoseconds since the start. They fit into 62 bits for 146 years.
    fn nanos(&self) -> u64;
}

impl Clock for Instant {
    #[inline]
    fn nanos(&self) -> u64 {
        u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

/// The seconds of a number of nanoseconds. Exact up to 104 days, apart from the rounding of the
/// division.
#[inline]
pub(super) fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}
