//! Recording at run time does not allocate once the metric and the series exist.

use std::collections::BTreeMap;

use serde::Serialize;
use typed_metrics::{
    LabelRef, Metric, MetricType, attributes, record_metric, register_metric, snapshot,
};

use crate::allocations;

#[derive(Serialize)]
struct Job<'a> {
    queue: &'a str,
    shard: u64,
}

#[test]
fn nothing_is_allocated_in_steady_state_with_any_form_of_attributes() {
    let queue = String::from("mail");
    let map = BTreeMap::from([("queue", "mail"), ("shard", "3")]);
    for metric_type in
        [MetricType::Counter, MetricType::UpDownCounter, MetricType::Gauge, MetricType::Histogram]
    {
        let name = format!("steady_at_run_time.{metric_type}");
        // The names are not in order, and `u64::MAX` becomes text.
        let all = [
            allocations(|| {
                let attributes = attributes!("shard" => u64::MAX, "queue" => queue);
                record_metric(&name, 1, metric_type, attributes).unwrap();
            }),
            allocations(|| {
                let slice = [("shard", LabelRef::Int(3)), ("queue", LabelRef::Str(&queue))];
                record_metric(&name, 1, metric_type, &slice).unwrap();
            }),
            allocations(|| {
                let job = Job { queue: &queue, shard: u64::MAX };
                record_metric(&name, 1, metric_type, &job).unwrap();
            }),
            allocations(|| record_metric(&name, 1, metric_type, &map).unwrap()),
            allocations(|| record_metric(&name, 1, metric_type, attributes!()).unwrap()),
        ];
        assert_eq!(all, [0; 5], "{metric_type}");
        let snapshot = snapshot();
        let series = &snapshot.get(&name).unwrap().series;
        assert_eq!(series.len(), 4, "{series:?}");
        let values: Vec<f64> = series.iter().map(|series| series.value.as_f64()).collect();
        // The struct and the macro name the same series.
        let sums = [2004.0, 1002.0, 1002.0, 1002.0];
        assert_eq!(values, if metric_type == MetricType::Gauge { [1.0; 4] } else { sums });
    }

    let handle =
        register_metric("steady_at_run_time.handle", Metric::counter("steady_at_run_time.handle"))
            .unwrap();
    let record = || handle.record(1, attributes!("queue" => "mail")).unwrap();
    assert_eq!(allocations(record), 0);
}
