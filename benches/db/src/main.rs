//! The cost of a measured query, beside another crate, in one run.
//!
//! A pool of sqlx answers `SELECT 1` from a database in memory: as it is, and as each crate
//! measures it. All answer in each round, in an order that every second round reverses. The time is
//! the median of the rounds, and CPU time of the thread that asks: SQLite itself runs in another
//! thread. The cost is the time beyond that of the same query without a measurement.
//!
//! The last table has the cost of [`Operation::measure`] around a future that is ready at once.
//!
//! [`Operation::measure`]: typed_metrics::db::Operation::measure

use std::convert::Infallible;
use std::future::ready;
use std::hint::black_box;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use cpu_time::ThreadTime;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, PeriodicReader, SdkMeterProvider};
use sqlx::SqlitePool;
use sqlx::sqlite::SqlitePoolOptions;
use sqlx_otel::PoolBuilder;
use tokio::runtime::{Builder, Runtime};
use typed_metrics::db::{Database, SqlxPool, System};

const ROUNDS: usize = 31;
const QUERIES: usize = 2_000;
const CALLS: usize = 200_000;
/// The cost is at most this share of the other crate's.
const PROMISE: f64 = 0.5;

/// A way to run many calls.
struct Measured<'a> {
    name: &'static str,
    run: Box<dyn FnMut() + 'a>,
    calls: usize,
    nanoseconds: Vec<f64>,
}

impl<'a> Measured<'a> {
    fn new(name: &'static str, calls: usize, run: impl FnMut() + 'a) -> Self {
        Self { name, run: Box::new(run), calls, nanoseconds: Vec::new() }
    }

    fn round(&mut self) {
        let start = ThreadTime::now();
        (self.run)();
        self.nanoseconds.push(start.elapsed().as_nanos() as f64 / self.calls as f64);
    }

    fn median(&self) -> f64 {
        // The first round warms up.
        let mut numbers = self.nanoseconds[1..].to_vec();
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    }
}

/// Runs all, the bare one first and the other crate's last, and prints the costs.
fn compare(title: &str, mut all: Vec<Measured<'_>>) {
    for round in 0..=ROUNDS {
        let mut order: Vec<_> = all.iter_mut().collect();
        if round % 2 == 1 {
            order.reverse();
        }
        order.into_iter().for_each(Measured::round);
    }
    let bare = all[0].median();
    let other = all.get(2).map(|other| other.median() - bare);
    println!("{title:<28} ns of a call     cost   of the other crate");
    for (at, measured) in all.iter().enumerate() {
        let time = measured.median();
        let ratio = other.map_or(String::new(), |other| {
            if other <= 0.0 {
                return "  the machine is too busy to tell".to_owned();
            }
            let ratio = (time - bare) / other;
            let promise = match (at, ratio <= PROMISE) {
                (1, true) => format!("   kept: at most {PROMISE}x"),
                (1, false) => format!("   MISSED: at most {PROMISE}x"),
                _ => String::new(),
            };
            format!("{ratio:>8.2}x{promise}")
        });
        println!("{:<28} {time:>12.0} {:>8.0} {ratio}", measured.name, time - bare);
    }
    println!();
}

/// Asks on an executor, which is named anew for each query.
macro_rules! ask {
    ($runtime:expr, $executor:expr) => {
        $runtime.block_on(async {
            for _ in 0..QUERIES {
                let query = sqlx::query_scalar::<_, i64>("SELECT 1");
                assert_eq!(query.fetch_one($executor).await.expect("answers"), 1);
            }
        })
    };
}

fn pool(runtime: &Runtime) -> SqlitePool {
    let options = SqlitePoolOptions::new().max_connections(1);
    runtime.block_on(options.connect("sqlite::memory:")).expect("opens")
}

fn on_a_pool(runtime: &Runtime) {
    let bare = pool(runtime);
    let ours = SqlxPool::new("pool", pool(runtime));
    let other = PoolBuilder::from(pool(runtime)).build();
    compare(
        "on a pool",
        vec![
            Measured::new("sqlx", QUERIES, || ask!(runtime, &bare)),
            Measured::new("typed-metrics", QUERIES, || ask!(runtime, &ours)),
            Measured::new("sqlx-otel", QUERIES, || ask!(runtime, &other)),
        ],
    );
}

fn on_a_connection(runtime: &Runtime) {
    let (bare, ours) = (pool(runtime), SqlxPool::new("connection", pool(runtime)));
    let other = PoolBuilder::from(pool(runtime)).build();
    let mut bare = runtime.block_on(bare.acquire()).expect("is idle");
    let mut ours = runtime.block_on(ours.acquire()).expect("is idle");
    let mut other = runtime.block_on(other.acquire()).expect("is idle");
    compare(
        "on a connection",
        vec![
            Measured::new("sqlx", QUERIES, || ask!(runtime, &mut *bare)),
            Measured::new("typed-metrics", QUERIES, || ask!(runtime, &mut ours)),
            Measured::new("sqlx-otel", QUERIES, || ask!(runtime, &mut other)),
        ],
    );
    // A connection goes back to its pool in a task.
    runtime.block_on(async { drop((bare, ours, other)) });
}

fn around_a_future() {
    let database = Database::new(System::POSTGRESQL).namespace("shop").server("db", 6432);
    let select = database.operation("SELECT").collection("users");
    let answer = || ready(Ok::<_, Infallible>(black_box(1)));
    fn poll<T>(future: impl Future<Output = T>) {
        let Poll::Ready(answer) = pin!(future).poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("is ready")
        };
        black_box(answer);
    }
    compare(
        "around a future",
        vec![
            Measured::new("as it is", CALLS, || (0..CALLS).for_each(|_| poll(answer()))),
            Measured::new("measured", CALLS, || {
                (0..CALLS).for_each(|_| poll(select.measure(answer())));
            }),
        ],
    );
}

/// The operations that the other crate has recorded.
fn recorded_by_other(exporter: &InMemoryMetricExporter, provider: &SdkMeterProvider) -> u64 {
    provider.force_flush().expect("exports");
    let exported = exporter.get_finished_metrics().expect("was exported");
    let metrics = exported.iter().flat_map(|resource| resource.scope_metrics());
    let mut metrics = metrics.flat_map(|scope| scope.metrics());
    let durations = metrics.find(|metric| metric.name() == "db.client.operation.duration");
    match durations.map(|metric| metric.data()) {
        Some(AggregatedMetrics::F64(MetricData::Histogram(histogram))) => {
            histogram.data_points().map(|point| point.count()).sum()
        }
        _ => 0,
    }
}

/// The operations with this system that our crate has recorded.
fn recorded(system: &str) -> u64 {
    let snapshot = typed_metrics::snapshot();
    let durations = snapshot.get("db.client.operation.duration").expect("is registered");
    let series = durations.series.iter().filter(|series| {
        let mut labels = series.labels.iter();
        labels.any(|(name, value)| name == "db.system.name" && value.to_string() == system)
    });
    series.filter_map(|series| series.value.as_histogram()).map(|histogram| histogram.count).sum()
}

fn main() {
    let exporter = InMemoryMetricExporter::default();
    let reader = PeriodicReader::builder(exporter.clone()).build();
    let provider = SdkMeterProvider::builder().with_reader(reader).build();
    opentelemetry::global::set_meter_provider(provider.clone());
    let runtime = Builder::new_current_thread().enable_time().build().expect("a runtime");
    {
        // The other crate spawns tasks when it wraps a pool.
        let _entered = runtime.enter();
        on_a_pool(&runtime);
        on_a_connection(&runtime);
    }
    around_a_future();

    let queries = 2 * ((ROUNDS + 1) * QUERIES) as u64;
    assert_eq!(recorded_by_other(&exporter, &provider), queries);
    assert_eq!(recorded("sqlite"), queries);
    assert_eq!(recorded("postgresql"), ((ROUNDS + 1) * CALLS) as u64);
}
