//! Handlers that are installed, cleared and installed again: no value is counted twice, lost or
//! leaked.

use std::sync::Arc;

use opentelemetry_sdk::metrics::Temporality::{Cumulative, Delta};
use typed_metrics::{add_metric_handler, clear_metric_handlers, set_metric_handlers};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::OtelHandler;
use typed_metrics_receiver::provider::{Collector, Export, provider, provider_with};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "live")]
enum Live {
    #[counter]
    Again,
    #[histogram(buckets = [10])]
    AgainSize,
    #[gauge]
    AgainGauge,
    #[counter]
    Twice,
    #[counter]
    Second,
    #[histogram(buckets = [10])]
    SecondSize,
    #[counter]
    Narrow,
    #[counter]
    Wide,
    #[counter]
    ByDelta,
    #[counter]
    Kept,
}

fn count(collector: &Collector, name: &str) -> u64 {
    collector.export().point(name, "").u64()
}

#[test]
fn clearing_and_installing_again_counts_nothing_twice_and_loses_nothing() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    let handler = OtelHandler::new(provider.clone());
    let record = |n: u64| {
        Live::again().add(n);
        Live::again_size().record(n as f64);
        Live::again_gauge().set(n);
    };
    let holds = |export: &Export, total: u64, sizes: (u64, f64, f64)| {
        assert_eq!(export.point("live.again", "").u64(), total);
        let size = export.point("live.again_size", "").histogram();
        assert_eq!((size.count, size.sum, size.max), sizes);
    };
    record(10);
    set_metric_handlers(handler.clone()).unwrap();
    record(5);
    holds(&collector.export(), 15, (2, 15.0, 10.0));

    record(1);
    clear_metric_handlers();
    record(100);
    let export = collector.export();
    holds(&export, 16, (3, 16.0, 10.0));
    assert!(export.has_no("live.again_gauge"), "no stale value");

    // The same handler, a clone, or a new one: the provider alone identifies the back end.
    set_metric_handlers(handler.clone()).unwrap();
    holds(&collector.export(), 116, (4, 116.0, 100.0));
    set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    add_metric_handler(Arc::new(handler)).unwrap();
    record(4);
    holds(&collector.export(), 120, (5, 120.0, 100.0));
    clear_metric_handlers();
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    holds(&collector.export(), 120, (5, 120.0, 100.0));
}

#[test]
fn the_same_provider_is_installed_once() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    let new = || OtelHandler::new(provider.clone());
    set_metric_handlers([new(), new()]).unwrap();
    add_metric_handler(new()).unwrap();
    Live::twice().add(10);
    assert_eq!(count(&collector, "live.twice"), 10);
    // Another prefix is another back end.
    add_metric_handler(new().prefix("other")).unwrap();
    Live::twice().add(1);
    let export = collector.export();
    assert_eq!(export.point("live.twice", "").u64(), 11);
    assert_eq!(export.point("other_live.twice", "").u64(), 11);
}

#[test]
fn clearing_and_installing_again_under_delta_temporality() {
    let _turn = my_turn();
    let (provider, collector) = provider(Delta);
    Live::by_delta().add(10);
    set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    assert_eq!(count(&collector, "live.by_delta"), 10);
    clear_metric_handlers();
    Live::by_delta().add(3);
    assert!(collector.export().has_no("live.by_delta"));
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    assert_eq!(count(&collector, "live.by_delta"), 3);
}

#[test]
fn a_second_provider_gets_all_values() {
    let _turn = my_turn();
    let (first, at_first) = provider(Cumulative);
    let (second, at_second) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(first)).unwrap();
    Live::second().add(10);
    Live::second_size().record(3.0);
    assert_eq!(count(&at_first, "live.second"), 10);
    add_metric_handler(OtelHandler::new(second)).unwrap();
    Live::second().add(1);
    Live::second_size().record(30.0);
    for collector in [&at_first, &at_second] {
        let export = collector.export();
        assert_eq!(export.point("live.second", "").u64(), 11);
        let size = export.point("live.second_size", "").histogram();
        assert_eq!((size.count, size.sum, size.min, size.max), (2, 33.0, 3.0, 30.0));
        assert_eq!(size.buckets, [1, 1]);
    }
}

#[test]
fn another_filter_applies_from_its_installation_on() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    let narrow = OtelHandler::new(provider.clone()).filter(|m| m.name() == "live.narrow");
    Live::narrow().add(1);
    Live::wide().add(10);
    set_metric_handlers(narrow.clone()).unwrap();
    let export = collector.export();
    assert_eq!(export.point("live.narrow", "").u64(), 1);
    assert!(export.has_no("live.wide"));
    clear_metric_handlers();
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    assert_eq!(count(&collector, "live.wide"), 10);
    clear_metric_handlers();
    set_metric_handlers(narrow).unwrap();
    Live::wide().add(5);
    Live::narrow().add(5);
    let export = collector.export();
    assert_eq!(export.point("live.narrow", "").u64(), 6);
    assert_eq!(export.point("live.wide", "").u64(), 10, "as the SDK knows it");
}

#[test]
fn a_dropped_provider_is_freed() {
    let _turn = my_turn();
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    // The provider owns its views.
    let (provider, collector) = provider_with(Cumulative, |builder| {
        builder.with_view(move |_: &opentelemetry_sdk::metrics::Instrument| {
            let _ = &held;
            None
        })
    });
    for _ in 0..20 {
        set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
        Live::kept().inc();
        let _ = collector.export();
        clear_metric_handlers();
    }
    assert_eq!(count(&collector, "live.kept"), 20);
    drop(provider);
    assert_eq!(Arc::strong_count(&alive), 1, "pipelines, callbacks and the bridge are gone");
}
