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

/// The use of a connection. The drop records its time.
pub(crate) struct Loan {
    pool: Arc<str>,
    start: Instant,
}

impl<C> MeasuredConnection<C> {
    pub(crate) fn new(connection: C, pool: Arc<str>, start: Instant) -> Self {
        Self { connection, loan: Loan { pool, start } }
    }

    /// Replaces the connection within the same loan.
    #[cfg(feature = "sqlx")]
    pub(crate) fn map<D>(self, map: impl FnOnce(C) -> D) -> MeasuredConnection<D> {
        MeasuredConnection { connection: map(self.connection), loan: self.loan }
    }

    /// The connection, and the loan that ends with its drop.
    #[cfg(feature = "sqlx")]
    pub(crate) fn into_parts(self) -> (C, Loan) {
        (self.connection, self.loan)
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
