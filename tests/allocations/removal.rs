//! Removed series leave their memory to other series.

use typed_metrics::{Metrics, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "churn")]
enum Churn {
    #[up_down_counter(series_limit = 3)]
    Level { id: u64 },
    #[gauge(series_limit = 3)]
    Gauge { id: u64 },
    #[histogram(buckets = [1, 10], series_limit = 3)]
    Histogram { id: u64 },
}

fn shown(name: &str) -> Vec<(String, f64)> {
    let snapshot = snapshot();
    let series = snapshot.get(name).unwrap().series.iter();
    series.map(|series| (series.labels.to_string(), series.value.as_f64())).collect()
}

/// A metric of any kind whose series come and go exceeds neither its series limit nor its memory.
#[test]
fn series_that_come_and_go_need_no_more_room() {
    let round = |id: u64| {
        let busy = Churn::level(id).enter();
        Churn::gauge(id).set(id);
        Churn::histogram(id).record(5);
        drop(busy);
        Churn::level(id).add(2);
        let found = |name, value| assert_eq!(shown(name), [(format!("id={id}"), value)]);
        if id.is_multiple_of(8000) {
            found("churn.level", 2.0);
            found("churn.gauge", id as f64);
            found("churn.histogram", 5.0);
        }
        Churn::level(id).remove();
        Churn::gauge(id).remove();
        Churn::histogram(id).remove();
    };
    // In these rounds, the thread's table of its series grows to its final size.
    (0..20_000).for_each(round);
    let info = allocation_counter::measure(|| (20_000..40_000).for_each(round));
    assert!(info.bytes_current < 2 << 20, "{info:?}");
    for name in ["churn.level", "churn.gauge", "churn.histogram"] {
        assert_eq!(shown(name), []);
        assert_eq!(snapshot().get(name).unwrap().dropped, []);
    }
}
