//! Recording through the bridges allocates nothing once the series exist.

use metrics::{counter, gauge, histogram};
use tracing_subscriber::prelude::*;
use typed_metrics_bridge::{MetricsRecorder, TracingMetrics};

/// The allocations of a hundred calls, after earlier calls have made the series.
fn allocations(mut call: impl FnMut()) -> u64 {
    (0..3).for_each(|_| call());
    allocation_counter::measure(|| (0..100).for_each(|_| call())).count_total
}

#[test]
fn of_macros_and_handles_of_metrics() {
    let recorder = MetricsRecorder::builder().build().unwrap();
    metrics::with_local_recorder(&recorder, || {
        assert_eq!(allocations(|| counter!("c").increment(1)), 0);
        assert_eq!(allocations(|| counter!("c", "a" => "b", "x" => "y").increment(1)), 0);
        assert_eq!(allocations(|| gauge!("g", "a" => "b").set(1.0)), 0);
        assert_eq!(allocations(|| gauge!("g", "a" => "b").increment(1.0)), 0);
        assert_eq!(allocations(|| histogram!("h", "a" => "b").record(1.0)), 0);
        let (count, size) = (counter!("c", "k" => "v"), histogram!("h", "k" => "v"));
        assert_eq!(allocations(|| count.increment(1)), 0);
        assert_eq!(allocations(|| count.absolute(7)), 0);
        assert_eq!(allocations(|| size.record(1.0)), 0);
        assert_eq!(allocations(|| size.record_many(1.0, 5)), 0);
    });
}

#[test]
fn of_events_of_tracing() {
    let subscriber = tracing_subscriber::registry().with(TracingMetrics::new().layer());
    tracing::subscriber::with_default(subscriber, || {
        let user = "ann";
        let event = || {
            tracing::info!(
                monotonic_counter.events = 1,
                histogram.sizes = 2.5,
                gauge.level = -1,
                counter.open = 1,
                user,
                ok = true,
                code = 7,
                share = 0.5,
                debug = ?Some(1),
                "it has {} letters",
                user.len()
            );
        };
        assert_eq!(allocations(event), 0);
        assert_eq!(allocations(|| tracing::info!(user, "no measurement")), 0);
    });
}
