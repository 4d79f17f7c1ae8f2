//! The metrics in registries of other crates, beside metrics of their own.
#![cfg(all(feature = "prometheus", feature = "prometheus-client"))]

use typed_metrics_core::{Metric, ValueType, attributes, register_metric};
use typed_metrics_prometheus::{MetricsCollector, Naming, Settings};

fn record() {
    let orders = Metric::counter("shop.orders").value_type(ValueType::U64);
    let orders =
        register_metric("shop.orders", orders.description("All \"orders\".\nC:\\")).unwrap();
    let open = Metric::up_down_counter("shop.open").value_type(ValueType::I64);
    let open = register_metric("shop.open", open).unwrap();
    let wait = Metric::histogram("shop.wait").unit("s").buckets([0.5, 1.0]);
    let wait = register_metric("shop.wait", wait).unwrap();
    let spread = register_metric("shop.spread", Metric::histogram("shop.spread").exponential());
    spread.unwrap().record(2.5, attributes!()).unwrap();
    orders.record((1_u64 << 53) + 1, attributes!("path" => "C:\\x\"y\"\nz", "a.b" => 1)).unwrap();
    open.record(-2, attributes!()).unwrap();
    for value in [0.25, 0.75, 3.0] {
        wait.record(value, attributes!("shop" => 1)).unwrap();
    }
}

#[test]
fn registries_of_other_crates_export_the_metrics() {
    record();
    let settings = Settings::default().resource([("service.name", "shop")]);
    let collector = MetricsCollector::new(settings);

    let mut registry = prometheus_client::registry::Registry::default();
    let own = prometheus_client::metrics::counter::Counter::<u64>::default();
    registry.register("own", "Own", own);
    registry.register_collector(Box::new(collector.clone()));
    let mut scrape = String::new();
    prometheus_client::encoding::text::encode(&mut scrape, &registry).unwrap();
    let expected = r#"# HELP own Own.
# TYPE own counter
own_total 0
# HELP shop_open 
# TYPE shop_open gauge
shop_open -2
# HELP shop_orders All \"orders\".\nC:\\
# TYPE shop_orders counter
shop_orders_total{a_b="1",path="C:\\x\"y\"\nz"} 9007199254740993
# HELP shop_spread 
# TYPE shop_spread histogram
shop_spread_sum 2.5
shop_spread_count 1
shop_spread_bucket{le="+Inf"} 1
# HELP shop_wait_seconds 
# TYPE shop_wait_seconds histogram
shop_wait_seconds_sum{shop="1"} 4.0
shop_wait_seconds_count{shop="1"} 3
shop_wait_seconds_bucket{le="0.5",shop="1"} 1
shop_wait_seconds_bucket{le="1.0",shop="1"} 2
shop_wait_seconds_bucket{le="+Inf",shop="1"} 3
# HELP target Target metadata
# TYPE target info
target_info{service_name="shop"} 1
# EOF
"#;
    assert_eq!(scrape, expected);

    let registry = prometheus::Registry::new();
    let own = prometheus::IntCounter::new("own", "Own.").unwrap();
    registry.register(Box::new(own)).unwrap();
    registry.register(Box::new(collector.clone())).unwrap();
    let scrape = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    let expected = r#"# HELP own Own.
# TYPE own counter
own 0
# TYPE shop_open gauge
shop_open -2
# HELP shop_orders_total All "orders".\nC:\\
# TYPE shop_orders_total counter
shop_orders_total{a_b="1",path="C:\\x\"y\"\nz"} 9007199254740992
# TYPE shop_spread histogram
shop_spread_bucket{le="+Inf"} 1
shop_spread_sum 2.5
shop_spread_count 1
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{shop="1",le="0.5"} 1
shop_wait_seconds_bucket{shop="1",le="1"} 2
shop_wait_seconds_bucket{shop="1",le="+Inf"} 3
shop_wait_seconds_sum{shop="1"} 4
shop_wait_seconds_count{shop="1"} 3
# HELP target_info Target metadata
# TYPE target_info gauge
target_info{service_name="shop"} 1
"#;
    assert_eq!(scrape, expected);
    assert!(registry.register(Box::new(collector)).is_err(), "a second collector doubles all");

    let plain =
        MetricsCollector::new(Settings::default().naming(Naming::default().suffixes(false)));
    let registry = prometheus::Registry::new();
    registry.register(Box::new(plain)).unwrap();
    let scrape = prometheus::TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    assert!(scrape.contains("\nshop_orders{"), "{scrape}");
}
