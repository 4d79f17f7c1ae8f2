//! The name `"otel"` with a global provider: the provider is resolved at installation.

use opentelemetry::global;
use opentelemetry_sdk::metrics::Temporality::Cumulative;
use typed_metrics::{add_metric_handler, clear_metric_handlers, set_metric_handlers};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::OtelHandler;
use typed_metrics_receiver::provider::{Point, provider};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "named")]
enum Named {
    #[counter]
    Count,
}

// One test, because the global provider belongs to the process.
#[test]
fn the_global_provider_is_resolved_when_the_handler_is_installed() {
    let _turn = my_turn();
    let early = OtelHandler::global();
    let error = set_metric_handlers(OtelHandler::global()).unwrap_err().to_string();
    assert!(error.contains("opentelemetry::global::set_meter_provider"), "{error}");

    let (first, at_first) = provider(Cumulative);
    global::set_meter_provider(first.clone());
    Named::count().add(2);
    set_metric_handlers(["OTel"]).unwrap();
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(2));
    // All of these are the same back end.
    add_metric_handler(early).unwrap();
    add_metric_handler(OtelHandler::new(first.clone())).unwrap();
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(2));
    set_metric_handlers(OtelHandler::global()).unwrap();
    Named::count().inc();
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(3));
    set_metric_handlers("otel").unwrap();
    Named::count().inc();
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(4));

    // After a change, the global provider is another back end.
    clear_metric_handlers();
    let (second, at_second) = provider(Cumulative);
    global::set_meter_provider(second);
    set_metric_handlers("otel").unwrap();
    Named::count().inc();
    assert_eq!(at_second.export().point("named.count", ""), &Point::U64(5));
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(4));
}
