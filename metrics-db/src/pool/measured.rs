//! A pool whose numbers are observed.

use std::fmt;
use std::future::poll_fn;
use std::ops::Deref;
use std::pin::pin;
use std::sync::Arc;

use log::Level;
use typed_metrics_core::{Observation, report};

use super::connection::MeasuredConnection;
use super::known::{known, make_known};
use super::reading::{ConnectionPool, PoolReading};
use super::waiting::Waiting;
use crate::metrics::{ConnectionState, PoolMetrics};

/// A pool that is measured: records [`PoolMetrics`].
///
/// Every collection reads the numbers of the pool, until the last clone of this handle is dropped:
/// the collections hold no pool open. Then the connections and the limits of the pool count no
/// more, so the gauges of its name go back to zero.
///
/// `MeasuredPool` dereferences to the pool, because its connections are the client's own, and their
/// operations are measured by an [`Operation`](crate::Operation). Connections that are taken
/// through the pool itself have no wait time and no use time.
///
/// A pool is counted once: a second `MeasuredPool` of a pool of sqlx or deadpool that is measured
/// already, or of any pool that tells its [shared part](ConnectionPool::shared), is a clone of the
/// first one, and has its name. Another name is reported. bb8 tells no shared part, so make only
/// one `MeasuredPool` of a pool of bb8, and clone that.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// # use typed_metrics_db as db;
/// use db::{ConnectionPool, MeasuredPool, PoolReading};
///
/// struct Sessions { open: u64 } // of the program
///
/// impl ConnectionPool for Sessions {
///     fn read(&self) -> PoolReading {
///         PoolReading::new().used(self.open).max(8)
///     }
/// }
///
/// let pool = MeasuredPool::new("sessions", Sessions { open: 3 });
/// let used = || {
///     let snapshot = typed_metrics::snapshot();
///     let labels = [
///         ("db.client.connection.pool.name", "sessions"),
///         ("db.client.connection.state", "used"),
///     ];
///     let count = snapshot.get("db.client.connection.count").unwrap();
///     count.series_with(&labels).unwrap().value.as_f64()
/// };
/// assert_eq!(used(), 3.0);
/// drop(pool);
/// assert_eq!(used(), 0.0);
/// ```
#[must_use = "a pool is measured until the last clone of this handle is dropped"]
pub struct MeasuredPool<P>(Arc<Shared<P>>);

/// The part that the clones of a handle share.
struct Shared<P> {
    // Declared before the pool, so the observations end first.
    _observations: [Observation; 4],
    name: Arc<str>,
    pool: Arc<P>,
}

impl<P: ConnectionPool> MeasuredPool<P> {
    /// Measures a pool under a name, which should be unique in the program.
    pub fn new(name: impl Into<Arc<str>>, pool: P) -> Self {
        let name = name.into();
        let Some(address) = pool.shared() else { return Self(Shared::new(name, pool)) };
        let shared = known::<Shared<P>>(address)
            .unwrap_or_else(|| make_known(address, Shared::new(Arc::clone(&name), pool)));
        if shared.name != name {
            let text = format_args!(
                "the connection pool `{name}` is measured as `{}` already, and a pool has one \
                 name; clone the first handle in place of a second `new`",
                shared.name
            );
            report(Level::Warn, &format!("second name of the pool {}", shared.name), text);
        }
        Self(shared)
    }
}

impl<P: ConnectionPool> Shared<P> {
    fn new(name: Arc<str>, pool: P) -> Arc<Self> {
        let pool = Arc::new(pool);
        let number = |read: fn(PoolReading) -> u64| {
            let pool = Arc::downgrade(&pool);
            move || -> i64 {
                let reading = pool.upgrade().map(|pool| pool.read());
                // A pool has fewer connections than an `i64` counts.
                i64::try_from(reading.map_or(0, read)).unwrap_or(i64::MAX)
            }
        };
        // Present before the first request has to wait.
        PoolMetrics::pending_requests(&name).add(0);
        let observations = [
            PoolMetrics::count(&name, ConnectionState::Idle).observe(number(|now| now.idle)),
            PoolMetrics::count(&name, ConnectionState::Used).observe(number(|now| now.used)),
            PoolMetrics::max(&name).observe(number(|now| now.max)),
            PoolMetrics::idle_min(&name).observe(number(|now| now.idle_min)),
        ];
        Arc::new(Self { _observations: observations, name, pool })
    }
}

impl<P> MeasuredPool<P> {
    /// The name of the pool.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Measures the wait for a connection, and then its use.
    ///
    /// The number of waiting requests, the wait time, the use time and the timeouts are recorded;
    /// `is_timeout` tells timeouts from other errors. For deadpool and bb8, `get` calls this.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// # use typed_metrics_db as db;
    /// # use db::{ConnectionPool, PoolReading};
    /// use db::{MeasuredPool, PoolMetrics};
    /// use typed_metrics::testing::capture_async;
    /// # struct Sessions;
    /// # impl ConnectionPool for Sessions {
    /// #     fn read(&self) -> PoolReading { PoolReading::new() }
    /// # }
    /// # impl Sessions {
    /// #     async fn take(&self) -> Result<String, std::fmt::Error> { Ok("session 1".into()) }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let pool = MeasuredPool::new("taken", Sessions);
    /// let seen = capture_async(async {
    ///     let session = pool.lend(pool.take(), |_| false).await.unwrap();
    ///     assert_eq!(session.as_str(), "session 1");
    /// })
    /// .await;
    /// seen.assert_histogram_count(PoolMetrics::WaitTime { pool: "taken" }, 1);
    /// seen.assert_histogram_count(PoolMetrics::UseTime { pool: "taken" }, 1);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The error of the pool.
    pub async fn lend<C, E>(
        &self,
        connection: impl Future<Output = Result<C, E>>,
        is_timeout: impl FnOnce(&E) -> bool,
    ) -> Result<MeasuredConnection<C>, E> {
        let mut waiting = self.wait();
        let mut connection = pin!(connection);
        match poll_fn(|context| waiting.poll(connection.as_mut(), context)).await {
            Ok(connection) => Ok(self.lent(waiting, connection)),
            Err(error) => {
                waiting.fail(is_timeout(&error));
                Err(error)
            }
        }
    }
}

impl<P> MeasuredPool<P> {
    /// A request for a connection begins. Its drop records no wait.
    pub(crate) fn wait(&self) -> Waiting<'_> {
        Waiting::start(&self.0.name)
    }

    /// The request ends with a connection, whose use begins.
    pub(crate) fn lent<C>(&self, waiting: Waiting<'_>, connection: C) -> MeasuredConnection<C> {
        MeasuredConnection::new(connection, Arc::clone(&self.0.name), waiting.succeed())
    }
}

impl<P> Deref for MeasuredPool<P> {
    type Target = P;

    fn deref(&self) -> &P {
        &self.0.pool
    }
}

impl<P> Clone for MeasuredPool<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P> fmt::Debug for MeasuredPool<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MeasuredPool").field("name", &self.name()).finish_non_exhaustive()
    }
}
