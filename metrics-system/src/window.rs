//! The shortest time between two readings.

use std::time::Duration;

/// Readings are at least this far apart. A collection that comes sooner sees the values of the last
/// reading. So two readers, or a flush right after an export, do not split the window of a
/// utilization, which would then be too short for the kernel's clock ticks of 10 ms.
pub(crate) const SHORTEST_WINDOW: Duration = Duration::from_millis(200);
