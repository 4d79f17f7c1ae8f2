//! A request that waits for a connection.

use std::time::Instant;

use typed_metrics_core::Entered;

use crate::metrics::PoolMetrics;

/// A request that waits for a connection. It counts as pending until its drop.
#[derive(Debug)]
pub(super) struct Waiting<'p> {
    pool: &'p str,
    start: Instant,
    _pending: Entered,
}

impl<'p> Waiting<'p> {
    pub(super) fn start(pool: &'p str) -> Self {
        let pending = PoolMetrics::pending_requests(pool).enter();
        Self { pool, start: Instant::now(), _pending: pending }
    }

    pub(super) fn succeed(self) {
        PoolMetrics::wait_time(self.pool).record(self.start.elapsed());
    }

    pub(super) fn fail(self, is_timeout: bool) {
        if is_timeout {
            PoolMetrics::timeouts(self.pool).inc();
        }
    }
}
