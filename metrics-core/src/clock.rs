//! The time of day, as a number that fits into a cell.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// The time of the first use of any metric. Whatever the program counts, it counts since then.
static START: LazyLock<u64> = LazyLock::new(now);

/// Nanoseconds since the Unix epoch. The number fits until the year 2554.
pub(crate) fn now() -> u64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since_epoch.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

/// The time of the first call of this function.
pub(crate) fn start() -> u64 {
    *START
}

/// The time that [`now`] returned as `nanoseconds`.
pub(crate) fn time(nanoseconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_nanos(nanoseconds)
}
