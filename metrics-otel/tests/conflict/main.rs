//! Two definitions of one metric, of which the program keeps one after the other.

extern crate typed_metrics_core as typed_metrics;

use std::time::Duration;

use typed_metrics::{Resolution, flush, resolve_conflict, set_metric_handlers, shutdown};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_otel::{OtelHandler, Protocol, Temporality};
use typed_metrics_receiver::{Answer, Receiver};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Label)]
enum Cause {
    Old,
    New,
}

/// Defines a metric of `typed-metrics-otel` with another unit and another label.
#[derive(Metrics)]
#[metrics(prefix = "typed_metrics.otlp")]
enum Otlp {
    #[counter(unit = "{batch}")]
    Dropped { cause: Cause },
    #[counter]
    Sent,
}

#[test]
fn the_labels_are_those_of_the_definition_that_is_kept() {
    resolve_conflict("typed_metrics.otlp.dropped", Resolution::Keep("typed_metrics_otel"));
    let receiver = Receiver::start();
    let handler = OtelHandler::otlp()
        .endpoint(receiver.http_endpoint())
        .protocol(Protocol::HttpProtobuf)
        .interval(Duration::from_secs(3600))
        .temporality(Temporality::Delta)
        .build()
        .unwrap();
    set_metric_handlers(handler).unwrap();
    // One batch with rejected data points, and one that tells of them.
    Otlp::sent().inc();
    receiver.answer_next(1, Answer::partial(3, "too old"));
    flush().unwrap();
    flush().unwrap();
    let exported = |labels| receiver.totals().int("typed_metrics.otlp.dropped", labels);
    assert_eq!(exported("reason=refused"), 3);
    resolve_conflict("typed_metrics.otlp.dropped", Resolution::Keep("conflict"));
    Otlp::dropped(Cause::Old).add(10);
    Otlp::dropped(Cause::New).add(20);
    flush().unwrap();
    assert_eq!(exported("reason=refused"), 3);
    assert_eq!((exported("cause=old"), exported("cause=new")), (10, 20));
    shutdown().unwrap();
}
