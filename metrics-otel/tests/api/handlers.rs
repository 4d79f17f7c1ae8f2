//! Metrics of a scope in handlers: OTLP, a provider of the SDK, and no circle.

use std::collections::BTreeMap;
use std::time::Duration;

use opentelemetry::metrics::{Meter, MeterProvider};
use opentelemetry::{Array, InstrumentationScope, KeyValue, Value, global};
use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};
use typed_metrics::{
    Descriptor, MetricType, attributes, flush, record_metric, set_metric_handlers,
};
use typed_metrics_otel::{OtelHandler, meter_provider};
use typed_metrics_receiver::provider::{Point, provider};
use typed_metrics_receiver::{Receiver, Seen};
use typed_metrics_turn::{Level, lines, my_turn};

use crate::read::{meter, read, reported};

/// The metrics of each scope in a request.
fn by_scope(seen: &Seen) -> BTreeMap<String, Vec<String>> {
    let [resource] = &*seen.body.resource_metrics else { panic!("one resource") };
    let mut scopes = BTreeMap::new();
    for scope in &resource.scope_metrics {
        let name = scope.scope.as_ref().unwrap().name.clone();
        let metrics = scope.metrics.iter().map(|metric| metric.name.clone()).collect();
        assert!(scopes.insert(name, metrics).is_none(), "a scope is there once");
    }
    scopes
}

fn to(receiver: &Receiver) -> OtelHandler {
    let builder = OtelHandler::otlp().endpoint(receiver.http_endpoint());
    let builder = builder.interval(Duration::from_secs(3600));
    builder.shutdown_timeout(Duration::from_secs(1)).build().unwrap()
}

#[test]
fn otlp_has_the_metrics_of_each_scope_together() {
    let _turn = my_turn();
    let receiver = Receiver::start();
    record_metric("grouped.own", 1, MetricType::Counter, attributes!()).unwrap();
    // Made in turn, so that the scopes alternate in the order of registration.
    for name in ["one", "two", "three"] {
        meter("grouped.a").u64_counter(name).build().add(1, &[]);
        meter("grouped.b").u64_counter(name).build().add(1, &[]);
    }
    let is_meant = |metric: &Descriptor| match metric.scope() {
        Some(scope) => scope.name().starts_with("grouped."),
        None => metric.name() == "grouped.own",
    };
    set_metric_handlers(to(&receiver).filter(is_meant)).unwrap();
    flush().unwrap();
    let scopes = by_scope(receiver.requests().last().unwrap());
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(scopes["typed-metrics"], names(&["grouped.own"]));
    assert_eq!(scopes["grouped.a"], names(&["one", "two", "three"]));
    assert_eq!(scopes["grouped.b"], names(&["one", "two", "three"]));
    // A metric that is registered now is exported, too.
    meter("grouped.c").u64_counter("late").build().add(1, &[]);
    flush().unwrap();
    assert_eq!(by_scope(receiver.requests().last().unwrap())["grouped.c"], names(&["late"]));
}

#[test]
fn a_provider_of_the_sdk_gets_the_metrics_under_their_scope() {
    let _turn = my_turn();
    let made = |scope: &'static str| {
        let scope = InstrumentationScope::builder(scope).with_version("1.2");
        meter_provider().meter_with_scope(scope.build())
    };
    made("replay.a").u64_counter("c").build().add(3, &[KeyValue::new("k", "v")]);
    made("replay.b").u64_counter("c").build().add(4, &[]);
    let meter = made("replay.b");
    let gauge = meter.f64_observable_gauge("g");
    let _ = gauge.with_callback(|o| o.observe(0.5, &[KeyValue::new("list", list())])).build();
    made("replay.b").f64_histogram("h").with_boundaries(vec![1.0]).build().record(2.0, &[]);
    let (sdk, collector) = provider(Temporality::Cumulative);
    let is_meant =
        |metric: &Descriptor| metric.scope().is_some_and(|of| of.name().starts_with("replay."));
    set_metric_handlers(OtelHandler::new(sdk).filter(is_meant)).unwrap();
    for late in [false, true] {
        if late {
            made("replay.late").i64_up_down_counter("l").build().add(-1, &[]);
        }
        let export = collector.export();
        let find = |scope: &str, name: &str| {
            let mut found = export
                .0
                .iter()
                .filter(|(found, metric)| found == name && metric.scope == format!("{scope} 1.2"));
            let metric = found.next().unwrap_or_else(|| panic!("{scope} {name}: {export:?}"));
            assert!(found.next().is_none());
            metric.1.points.iter().map(|(l, p)| (l.clone(), p.clone())).collect::<Vec<_>>()
        };
        assert_eq!(find("replay.a", "c"), [("k=v".to_owned(), Point::U64(3))]);
        assert_eq!(find("replay.b", "c"), [(String::new(), Point::U64(4))]);
        assert_eq!(find("replay.b", "g"), [("list=[1,2]".to_owned(), Point::F64(0.5))]);
        let (_, histogram) = &find("replay.b", "h")[0];
        assert_eq!((histogram.histogram().count, histogram.histogram().sum), (1, 2.0));
        if late {
            assert_eq!(find("replay.late", "l"), [(String::new(), Point::I64(-1))]);
        }
    }
}

fn list() -> Value {
    Value::Array(Array::I64(vec![1, 2]))
}

/// Makes metrics that all have one name: a metric of the program, one each of two scopes, and
/// another instrument of a scope.
fn make_namesakes(name: &'static str) {
    record_metric(name, 1, MetricType::Counter, attributes!()).unwrap();
    meter("namesakes.a").u64_counter(name).build().add(2, &[]);
    meter("namesakes.b").u64_counter(name).build().add(4, &[]);
    meter("namesakes.b").i64_up_down_counter(name).build().add(8, &[]);
}

#[test]
fn late_metrics_with_a_name_that_is_taken_are_exported() {
    let _turn = my_turn();
    let receiver = Receiver::start();
    let is_meant = |metric: &Descriptor| metric.name().starts_with("namesakes.");
    let (sdk, collector) = provider(Temporality::Cumulative);
    set_metric_handlers((to(&receiver).filter(is_meant), OtelHandler::new(sdk).filter(is_meant)))
        .unwrap();
    make_namesakes("namesakes.late");
    flush().unwrap();
    let scopes = by_scope(receiver.requests().last().unwrap());
    assert_eq!(scopes["typed-metrics"], ["namesakes.late"]);
    assert_eq!(scopes["namesakes.a"], ["namesakes.late"]);
    assert_eq!(scopes["namesakes.b"], ["namesakes.late", "namesakes.late"]);
    let export = collector.export();
    let values = export.0.iter().filter(|(name, _)| name == "namesakes.late");
    let mut values: Vec<_> = values.map(|(_, metric)| metric.points[""].clone()).collect();
    values.sort_by_key(|value| format!("{value:?}"));
    assert_eq!(values, [Point::F64(1.0), Point::I64(8), Point::U64(2), Point::U64(4)]);
}

#[test]
fn a_too_large_integer_is_reported_for_each_metric_of_a_name() {
    let _turn = my_turn();
    let receiver = Receiver::start();
    for scope in ["large.a", "large.b"] {
        meter(scope).u64_counter("large").build().add(u64::MAX, &[]);
    }
    set_metric_handlers(to(&receiver).filter(|metric| metric.name() == "large")).unwrap();
    flush().unwrap();
    let lines = lines();
    let reports = lines.iter().filter(|line| line.text.starts_with("metric `large`: "));
    assert_eq!(reports.count(), 2, "{lines:?}");
}

/// A provider that adds nothing to another one.
#[derive(Debug)]
struct Around(typed_metrics_otel::TypedMeterProvider);

impl MeterProvider for Around {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        self.0.meter_with_scope(scope)
    }
}

#[test]
fn a_handler_does_not_export_into_the_metrics_that_it_reads() {
    let _turn = my_turn();
    let handlers = [
        OtelHandler::new(meter_provider()),
        OtelHandler::new(Around(meter_provider())).scope("circle", "1"),
    ];
    for handler in handlers {
        let error = set_metric_handlers(handler).unwrap_err().to_string();
        assert!(
            error.contains("`typed_metrics::otel::meter_provider()`, which records"),
            "{error}"
        );
        assert!(error.contains("OtelHandler::otlp()"), "{error}");
    }
    global::set_meter_provider(meter_provider());
    let error = set_metric_handlers(OtelHandler::global()).unwrap_err().to_string();
    assert!(error.contains("`typed_metrics::otel::meter_provider()`, which records"), "{error}");
    // The name means a pipeline then.
    set_metric_handlers("otel").unwrap();
    typed_metrics::clear_metric_handlers();

    // What is recorded globally arrives.
    let receiver = Receiver::start();
    global::meter("global").u64_counter("global.c").build().add(1, &[]);
    set_metric_handlers(to(&receiver)).unwrap();
    flush().unwrap();
    let scopes = by_scope(receiver.requests().last().unwrap());
    assert_eq!(scopes["global"], ["global.c"]);
}

#[test]
fn a_provider_that_is_set_globally_later_does_not_make_a_circle() {
    let _turn = my_turn();
    let (sdk, collector) = provider(Temporality::Cumulative);
    global::set_meter_provider(sdk);
    let is_meant =
        |metric: &Descriptor| metric.scope().is_some_and(|of| of.name().starts_with("turned."));
    set_metric_handlers(OtelHandler::global().filter(is_meant)).unwrap();
    global::set_meter_provider(meter_provider());
    global::meter("turned.a").u64_counter("c").build().add(3, &[]);
    for _ in 0..3 {
        let export = collector.export();
        let exported = export.0.iter().filter(|(_, metric)| metric.scope.starts_with("turned."));
        let exported: Vec<_> =
            exported.map(|(name, metric)| (&**name, &metric.points[""])).collect();
        assert_eq!(exported, [("c", &Point::U64(3))]);
        assert_eq!(read("turned.a", "c"), [(String::new(), typed_metrics::Value::U64(3))]);
    }
}

/// Hands on to a provider of the SDK, and for other scopes than the handler's to the one over the
/// metrics.
struct Divided(SdkMeterProvider);

impl MeterProvider for Divided {
    fn meter_with_scope(&self, scope: InstrumentationScope) -> Meter {
        if scope.name().starts_with("divided.") {
            meter_provider().meter_with_scope(scope)
        } else {
            self.0.meter_with_scope(scope)
        }
    }
}

#[test]
fn a_scope_whose_meter_makes_a_circle_is_refused() {
    let _turn = my_turn();
    meter("divided.early").u64_counter("c").build().add(3, &[]);
    let (sdk, collector) = provider(Temporality::Cumulative);
    let is_meant =
        |metric: &Descriptor| metric.scope().is_some_and(|of| of.name().starts_with("divided."));
    set_metric_handlers(OtelHandler::new(Divided(sdk)).filter(is_meant)).unwrap();
    reported(Level::Error, "scope `divided.early` are not exported: the meter provider");
    meter("divided.late").u64_counter("c").build().add(3, &[]);
    reported(Level::Error, "scope `divided.late` are not exported: the meter provider");
    for _ in 0..3 {
        collector.export();
        for scope in ["divided.early", "divided.late"] {
            assert_eq!(read(scope, "c"), [(String::new(), typed_metrics::Value::U64(3))]);
        }
    }
}
