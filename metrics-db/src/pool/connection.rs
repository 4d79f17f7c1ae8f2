//! A connection that a pool lent.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::Instant;

use crate::metrics::PoolMetrics;

/// A connection that a [`MeasuredPool`](crate::MeasuredPool) lent. It dereferences to the
/// connection, and its drop records the use time.
pub struct MeasuredConnection<C> {
    connection: C,
    // Dropped after the connection, which goes back to the pool first.
    loan: Loan,
}

struct Loan {
    pool: Arc<str>,
    start: Instant,
}

impl<C> MeasuredConnection<C> {
    pub(crate) fn new(connection: C, pool: Arc<str>) -> Self {
        Self { connection, loan: Loan { pool, start: Instant::now() } }
    }

    /// Replaces the connection within the same loan.
    #[cfg(feature = "sqlx")]
    pub(crate) async fn try_map<D, E, F>(
        self,
        map: impl FnOnce(C) -> F,
    ) -> Result<MeasuredConnection<D>, E>
    where
        F: Future<Output = Result<D, E>>,
    {
        let Self { connection, loan } = self;
        Ok(MeasuredConnection { connection: map(connection).await?, loan })
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        PoolMetrics::use_time(&self.pool).record(self.start.elapsed());
    }
}

impl<C> Deref for MeasuredConnection<C> {
    type Target = C;

    fn deref(&self) -> &C {
        &self.connection
    }
}

impl<C> DerefMut for MeasuredConnection<C> {
    fn deref_mut(&mut self) -> &mut C {
        &mut self.connection
    }
}

impl<C> fmt::Debug for MeasuredConnection<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredConnection").field("pool", &self.loan.pool).finish_non_exhaustive()
    }
}
