//! A request that waits for a connection.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use typed_metrics_core::Entered;

use crate::metrics::PoolMetrics;

/// A request for a connection. It is pending from the first poll that finds no connection until its
/// drop. A pool that tests its connections before it lends one, as that of sqlx does unless
/// `test_before_acquire` is off, lends none in the first poll.
#[derive(Debug)]
pub(crate) struct Waiting<'p> {
    pool: &'p str,
    start: Instant,
    pending: Option<Entered>,
}

impl<'p> Waiting<'p> {
    #[inline]
    pub(super) fn start(pool: &'p str) -> Self {
        Self { pool, start: Instant::now(), pending: None }
    }

    /// Polls the future of the connection.
    #[inline]
    pub(crate) fn poll<F: Future>(
        &mut self,
        connection: Pin<&mut F>,
        context: &mut Context<'_>,
    ) -> Poll<F::Output> {
        let poll = connection.poll(context);
        if poll.is_pending() && self.pending.is_none() {
            self.pending = Some(PoolMetrics::pending_requests(self.pool).enter());
        }
        poll
    }

    /// The connection is there. Returns the time at which the wait ended.
    #[inline]
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
