//! A request that waits for a connection.

use std::time::Instant;

use typed_metrics_core::Entered;

use crate::metrics::PoolMetrics;

/// A request that waits for a connection. It counts as pending until its drop.
#[derive(Debug)]
pub(crate) struct Waiting<'p> {
    pool: &'p str,
    start: Instant,
    _pending: Entered,
}

impl<'p> Waiting<'p> {
    pub(super) fn start(pool: &'p str) -> Self {
        let pending = PoolMetrics::pending_requests(pool).enter();
        Self { pool, start: Instant::now(), _pending: pending }
    }

    /// The connection is there. Returns the time at which the wait ended.
    pub(super) fn succeed(self) -> Instant {
        let end = Instant::now();
        PoolMetrics::wait_time(self.pool).record(end.duration_since(self.start));
        end
    }

    pub(crate) fn fail(self, is_timeout: bool) {
        if is_timeout {
            PoolMetrics::timeouts(self.pool).inc();
        }
    }
}
