//! The back end `"otel"`, if there is a global provider: the one at the moment when it is installed.

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

// The global provider belongs to the process: one test.
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
    // It is the same back end under all these names.
    add_metric_handler(early).unwrap();
    add_metric_handler(OtelHandler::new(first.clone())).unwrap();
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(2));
    set_metric_handlers(OtelHandler::global()).unwrap();
    Named::count().inc();
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(3));
    set_metric_handlers("otel").unwrap();
    Named::count().inc();
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(4));

    // A changed global is another provider.
    clear_metric_handlers();
    let (second, at_second) = provider(Cumulative);
    global::set_meter_provider(second);
    set_metric_handlers("otel").unwrap();
    Named::count().inc();
    assert_eq!(at_second.export().point("named.count", ""), &Point::U64(5));
    assert_eq!(at_first.export().point("named.count", ""), &Point::U64(4));
}
