//! A measured operation allocates nothing for its metrics once its series exist.

use std::convert::Infallible;
use std::future::ready;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use futures_util::{Stream, stream};
use typed_metrics_db::{ConnectionPool, Database, Failure, MeasuredPool, PoolReading, System};

/// The allocations of a hundred calls, after earlier calls have made the series.
fn allocations(mut call: impl FnMut()) -> u64 {
    call();
    call();
    allocation_counter::measure(|| (0..100).for_each(|_| call())).count_total
}

fn poll<T>(future: impl Future<Output = T>) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn database() -> Database {
    Database::new(System::POSTGRESQL).namespace("shop").server("db.internal", 6432)
}

#[test]
fn operations() {
    let database = database().errors(|code: &&'static str| Failure::status(*code));
    let select = database.operation("SELECT").collection("users").summary("find user");
    let call = || {
        let success: Result<u32, &'static str> = select.run(|| Ok(black_box(1)));
        let failure: Result<u32, &'static str> = select.run(|| Err("23505"));
        assert!(success.is_ok() && failure.is_err());
    };
    assert_eq!(allocations(call), 0);
}

#[test]
fn futures_and_streams() {
    let database = database();
    let select = database.operation("SELECT").collection("users");
    let future = || assert!(poll(select.measure(ready(Ok::<_, Infallible>(1)))).is_ready());
    assert_eq!(allocations(future), 0);
    let cancelled = || {
        let pending = std::future::pending::<Result<(), Infallible>>();
        assert!(poll(select.measure(pending)).is_pending());
    };
    assert_eq!(allocations(cancelled), 0);
    let rows = || {
        let rows = stream::iter([1, 2, 3].map(Ok::<_, Infallible>));
        let mut rows = pin!(select.measure_stream(rows));
        let mut context = Context::from_waker(Waker::noop());
        while let Poll::Ready(Some(_)) = rows.as_mut().poll_next(&mut context) {}
    };
    assert_eq!(allocations(rows), 0);
}

#[test]
fn loans() {
    struct Sessions;
    impl ConnectionPool for Sessions {
        fn read(&self) -> PoolReading {
            PoolReading::default()
        }
    }
    let pool = MeasuredPool::new("sessions", Sessions);
    let lend = || {
        let taken = pool.lend(ready(Ok::<_, Infallible>(3)), |_| false);
        let Poll::Ready(Ok(session)) = poll(taken) else { panic!("is ready") };
        assert_eq!(*session, 3);
        let failed = pool.lend(ready(Err::<u32, _>("late")), |_| true);
        assert!(poll(failed).is_ready());
    };
    assert_eq!(allocations(lend), 0);
}

#[cfg(feature = "sqlx")]
mod sqlx_on_sqlite {
    use sqlx::sqlite::SqlitePoolOptions;
    use typed_metrics_db::SqlxPool;

    /// The median of the allocations of this thread in a query on each executor. SQLite runs in
    /// another thread, and a few queries allocate more or less as they wait for that one, so the
    /// executors take turns.
    macro_rules! queries {
        ($runtime:expr, $fetch:ident, $bare:expr, $measured:expr) => {{
            macro_rules! one {
                ($executor:expr) => {{
                    let run = async {
                        let query = sqlx::query("SELECT 1");
                        assert!(query.$fetch($executor).await.is_ok());
                    };
                    allocation_counter::measure(|| $runtime.block_on(run)).count_total
                }};
            }
            let mut counts = [Vec::new(), Vec::new()];
            for _ in 0..1001 {
                counts[0].push(one!($bare));
                counts[1].push(one!($measured));
            }
            counts.map(|mut counts| {
                counts.sort_unstable();
                counts[500]
            })
        }};
    }

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
    }

    /// The box around the measured query is in place of the box that the pool of sqlx makes.
    #[test]
    fn a_query_on_a_pool_allocates_no_more_often_than_with_sqlx() {
        let runtime = runtime();
        let options = SqlitePoolOptions::new().max_connections(1);
        let pool = runtime.block_on(options.connect("sqlite::memory:")).unwrap();
        let measured = SqlxPool::new("allocations", pool.clone());
        macro_rules! assert_equal {
            ($($fetch:ident)*) => {$(
                let [bare, own] = queries!(runtime, $fetch, &pool, &measured);
                let fetch = stringify!($fetch);
                assert!(own <= bare, "{fetch}: {own}, and {bare} of sqlx");
            )*};
        }
        assert_equal!(fetch_optional fetch_all execute);
    }

    /// `Executor` returns a box, and the box of the driver is inside of the measured one.
    #[test]
    fn a_query_on_a_connection_allocates_one_box_more() {
        let runtime = runtime();
        let options = SqlitePoolOptions::new().max_connections(1);
        let pool = runtime.block_on(options.connect("sqlite::memory:")).unwrap();
        let pool = SqlxPool::new("boxes", pool);
        let mut connection = runtime.block_on(pool.acquire()).unwrap();
        macro_rules! assert_one_more {
            ($($fetch:ident)*) => {$(
                let [bare, own] =
                    queries!(runtime, $fetch, connection.unmeasured(), &mut *connection);
                let fetch = stringify!($fetch);
                assert!(own <= bare + 1, "{fetch}: {own}, and {bare} of sqlx");
            )*};
        }
        assert_one_more!(fetch_optional fetch_all execute);
        runtime.block_on(async { drop(connection) });
    }
}
