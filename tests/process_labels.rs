//! Labels that every series of the process has. A file of its own, because they are set once.

use std::sync::{Arc, Mutex};

use typed_metrics::testing::capture;
use typed_metrics::{
    Descriptor, HandlerError, Label, Measurement, MetricHandler, MetricType, Metrics, Reader,
    attributes, record_metric, set_metric_handlers, set_process_labels, snapshot,
};

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "door", labels(building = "north"))]
enum Door<'a> {
    #[counter]
    Opened { side: Side },
    #[counter(series_limit = 2)]
    Entered { guest: &'a str },
    #[gauge]
    Warmth { region: &'a str },
    #[state]
    Lock { side: Side, shard: Side },
}

/// Keeps the labels of each measurement.
#[derive(Default)]
struct Labels(Mutex<Vec<String>>);

impl MetricHandler for Labels {
    fn subscribe(&self, metric: &'static Descriptor) -> bool {
        metric.name() == "door.opened"
    }

    fn measured(&self, measurement: &Measurement) {
        self.0.lock().unwrap().push(measurement.labels.to_string());
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[test]
fn every_series_of_every_reader_has_the_labels() {
    let refused = set_process_labels(attributes!("le" => 1)).unwrap_err().to_string();
    assert!(refused.starts_with("the labels of the process cannot be set: "), "{refused}");
    set_process_labels(attributes!("region" => "eu", "shard" => 7)).unwrap();
    set_process_labels(attributes!("shard" => 7, "region" => "eu")).unwrap();
    let other = set_process_labels(attributes!("region" => "us")).unwrap_err().to_string();
    assert_eq!(
        other,
        "the labels of the process cannot be set: they are `region=eu shard=7` already; set them \
         once",
    );

    let handler = Arc::new(Labels::default());
    set_metric_handlers(Arc::clone(&handler)).unwrap();
    let reader = Reader::new();
    let seen = capture(|| {
        Door::opened(Side::Right).inc();
        for guest in ["ann", "bob", "cid"] {
            Door::entered(guest).inc();
        }
        Door::warmth("hall").set(21);
        Door::lock(Side::Left).set(Side::Right);
        record_metric("door.bell", 1, MetricType::Counter, attributes!("shard" => 8)).unwrap();
    });
    seen.assert_counter(Door::Opened { side: Side::Right }, 1);
    seen.assert_counter(Door::Opened { side: Side::Left }, 0);
    seen.assert_set(Door::Lock { side: Side::Left, shard: Side::Right });
    seen.assert_counter(Door::Entered { guest: "ann" }, 1);

    let expected = [
        ("door.opened", vec!["side=right building=north region=eu shard=7"]),
        (
            "door.entered",
            vec![
                "guest=ann building=north region=eu shard=7",
                "guest=bob building=north region=eu shard=7",
                "otel.metric.overflow=true building=north region=eu shard=7",
            ],
        ),
        ("door.warmth", vec!["region=hall building=north shard=7"]),
        (
            "door.lock",
            vec![
                "side=left shard=left building=north region=eu",
                "side=left shard=right building=north region=eu",
            ],
        ),
        ("door.bell", vec!["shard=8 region=eu"]),
    ];
    for snapshot in [snapshot(), reader.collect()] {
        for (name, labels) in &expected {
            let series = &snapshot.get(name).unwrap().series;
            let found: Vec<_> = series.iter().map(|series| series.labels.to_string()).collect();
            assert_eq!(&found, labels, "{name}");
        }
    }
    assert_eq!(*handler.0.lock().unwrap(), ["side=right building=north region=eu shard=7"]);
}
