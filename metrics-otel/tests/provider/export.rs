//! The export of typed metrics through a provider: values, units, descriptions and scopes.

use opentelemetry_sdk::metrics::Temporality::Cumulative;
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use typed_metrics::{add_metric_handler, attributes, set_metric_handlers};
use typed_metrics_derive::{Label, Metrics};
use typed_metrics_otel::OtelHandler;
use typed_metrics_receiver::provider::{Histogram, Point, provider};
use typed_metrics_turn::my_turn;

#[derive(Clone, Copy, Label)]
enum Side {
    Left,
    Right,
}

#[derive(Metrics)]
#[metrics(prefix = "export")]
enum Exported<'a> {
    /// Parcels sent.
    #[counter(unit = "{parcel}")]
    Parcels { to: &'a str, express: bool, weight: u16 },
    /// Money made.
    #[counter(value = f64, unit = "EUR")]
    Money,
    /// Doors open.
    #[up_down_counter(unit = "{door}")]
    Doors { side: Side },
    #[up_down_counter(value = f64)]
    Balance,
    /// Sizes.
    #[histogram(unit = "By", buckets = [10, 100])]
    Sizes { side: Side },
    #[gauge(value = u64)]
    Natural,
    #[gauge(value = i64)]
    Whole { side: Side },
    /// Heat.
    #[gauge(unit = "Cel")]
    Heat,
    #[counter]
    Silent,
    #[counter]
    Filtered,
    #[counter(series_limit = 2)]
    Few { key: u64 },
    #[counter]
    Before,
    #[histogram(buckets = [1])]
    SizesBefore,
    #[counter]
    Some,
}

#[test]
fn every_kind_and_value_type_keeps_its_values_unit_and_description() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    Exported::parcels("oslo", true, 7).add(3);
    Exported::parcels("oslo", false, 7).inc();
    Exported::money().add(2.5);
    Exported::doors(Side::Left).add(5);
    Exported::doors(Side::Left).add(-7);
    Exported::doors(Side::Right).add(0);
    Exported::balance().add(-0.25);
    [1.0, 10.0, 10.5, 1000.0].into_iter().for_each(|size| Exported::sizes(Side::Left).record(size));
    Exported::natural().set(u64::MAX);
    Exported::whole(Side::Right).set(i64::MIN);
    Exported::heat().set(-3.5);
    let _ = Exported::silent();

    let export = collector.export();
    let parcels = export.get("export.parcels");
    assert_eq!(parcels.kind, "counter Cumulative");
    assert_eq!((&*parcels.unit, &*parcels.description), ("{parcel}", "Parcels sent."));
    assert_eq!(parcels.scope, format!("typed-metrics {}", env!("CARGO_PKG_VERSION")));
    assert_eq!(parcels.points.len(), 2);
    assert_eq!(export.point("export.parcels", "express=true to=oslo weight=7"), &Point::U64(3));
    assert_eq!(export.point("export.parcels", "express=false to=oslo weight=7"), &Point::U64(1));
    assert_eq!(export.point("export.money", ""), &Point::F64(2.5));
    assert_eq!(export.get("export.money").unit, "EUR");
    assert_eq!(export.get("export.doors").kind, "up_down_counter Cumulative");
    assert_eq!(export.point("export.doors", "side=left"), &Point::I64(-2));
    assert_eq!(export.point("export.doors", "side=right"), &Point::I64(0));
    assert_eq!(export.point("export.balance", ""), &Point::F64(-0.25));
    let sizes = Histogram {
        count: 4,
        sum: 1021.5,
        min: 1.0,
        max: 1000.0,
        bounds: vec![10.0, 100.0],
        buckets: vec![2, 1, 1],
        exponential: None,
    };
    assert_eq!(export.point("export.sizes", "side=left"), &Point::Histogram(sizes));
    assert_eq!(export.get("export.sizes").unit, "By");
    assert_eq!(export.get("export.natural").kind, "gauge");
    assert_eq!(export.point("export.natural", ""), &Point::U64(u64::MAX));
    assert_eq!(export.point("export.whole", "side=right"), &Point::I64(i64::MIN));
    assert_eq!(export.point("export.heat", ""), &Point::F64(-3.5));
    assert_eq!(export.get("export.heat").description, "Heat.");
    assert!(export.has_no("export.silent"), "never recorded");
    assert!(export.has_no("typed_metrics.pump"));
}

#[test]
fn values_recorded_before_the_handler_was_installed_are_exported() {
    let _turn = my_turn();
    Exported::before().add(41);
    [0.5, 3.0, 0.25].into_iter().for_each(|size| Exported::sizes_before().record(size));
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    Exported::before().inc();
    let export = collector.export();
    assert_eq!(export.point("export.before", ""), &Point::U64(42));
    let sizes = export.point("export.sizes_before", "").histogram();
    assert_eq!((sizes.count, sizes.sum, sizes.min, sizes.max), (3, 3.75, 0.25, 3.0));
    assert_eq!(sizes.buckets, [2, 1]);
}

#[test]
fn prefix_scope_and_filter_are_respected() {
    let _turn = my_turn();
    Exported::some().inc();
    Exported::filtered().inc();
    let (provider, collector) = provider(Cumulative);
    let handler = OtelHandler::new(provider)
        .prefix("ragbits")
        .scope("my-scope", "1.2.3")
        .filter(|metric| metric.name() != "export.filtered");
    set_metric_handlers(handler).unwrap();
    let export = collector.export();
    assert!(export.has_no("ragbits_export.filtered"));
    assert!(export.has_no("export.some"));
    assert_eq!(export.get("ragbits_export.some").scope, "my-scope 1.2.3");
}

#[test]
fn the_overflow_series_is_exported_by_its_name_in_opentelemetry() {
    let _turn = my_turn();
    (0..5).for_each(|key| Exported::few(key).add(10));
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    let export = collector.export();
    assert_eq!(export.point("export.few", "otel.metric.overflow=true"), &Point::U64(30));
    assert_eq!(export.get("export.few").points.len(), 3);
}

#[test]
fn metrics_that_are_registered_later_are_exported_too() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider).prefix("late")).unwrap();
    let metric = typed_metrics::Metric::gauge("queue").unit("{job}").description("Jobs.");
    let queue = typed_metrics::register_metric("queue", metric).unwrap();
    queue.record(12, attributes!("name" => "mail", "at" => 1.5, "on" => true)).unwrap();
    let export = collector.export();
    assert_eq!(export.point("late_queue", "at=1.5 name=mail on=true"), &Point::F64(12.0));
    assert_eq!(export.get("late_queue").unit, "{job}");
}

#[test]
fn flush_exports_through_the_provider_of_the_sdk_and_clear_exports_the_rest() {
    let _turn = my_turn();
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
    add_metric_handler(OtelHandler::new(provider.clone())).unwrap();
    Exported::heat().set(1.0);
    typed_metrics::flush().unwrap();
    assert_eq!(exporter.get_finished_metrics().unwrap().len(), 1);
    Exported::heat().set(2.0);
    typed_metrics::shutdown().unwrap();
    assert_eq!(exporter.get_finished_metrics().unwrap().len(), 2);
    provider.shutdown().unwrap();
}

#[test]
fn a_provider_that_is_shut_down_first_has_exported_everything() {
    let _turn = my_turn();
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder().with_periodic_exporter(exporter.clone()).build();
    set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    Exported::some().inc();
    provider.shutdown().unwrap();
    assert_eq!(exporter.get_finished_metrics().unwrap().len(), 1);
    assert!(typed_metrics::flush().is_err(), "nothing can be exported any more");
    typed_metrics::shutdown().unwrap();
}
