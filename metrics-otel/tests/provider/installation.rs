//! Errors at installation: a provider that is never collected, and other mistakes.

use opentelemetry::metrics::NoopMeterProvider;
use opentelemetry_sdk::metrics::Temporality::Cumulative;
use opentelemetry_sdk::metrics::{Aggregation, Instrument, SdkMeterProvider, Stream};
use typed_metrics::set_metric_handlers;
use typed_metrics_derive::Metrics;
use typed_metrics_otel::{OtelHandler, series_limits};
use typed_metrics_receiver::provider::{provider, provider_with};
use typed_metrics_turn::{logged, my_turn};

#[derive(Metrics)]
#[metrics(prefix = "installation")]
enum Installation<'a> {
    #[counter]
    Count,
    #[counter(series_limit = 2500)]
    Many { key: &'a str },
    #[counter(series_limit = 2000)]
    Few { key: &'a str },
}

fn refused(handler: OtelHandler) -> String {
    set_metric_handlers(handler).unwrap_err().to_string()
}

#[test]
fn a_provider_that_is_never_collected_is_refused() {
    let _turn = my_turn();
    let no_op = refused(OtelHandler::new(NoopMeterProvider::new()));
    assert!(no_op.contains("never collected"), "{no_op}");
    let no_reader = refused(OtelHandler::new(SdkMeterProvider::default()));
    assert!(no_reader.contains("has no reader (`with_periodic_exporter`"), "{no_reader}");

    let (shut_down, _collector) = provider(Cumulative);
    shut_down.shutdown().unwrap();
    refused(OtelHandler::new(shut_down));

    let drop_all = |_: &Instrument| {
        Some(Stream::builder().with_aggregation(Aggregation::Drop).build().unwrap())
    };
    let (dropping, _collector) = provider_with(Cumulative, |builder| builder.with_view(drop_all));
    let dropped = refused(OtelHandler::new(dropping));
    assert!(dropped.contains("`typed_metrics.pump`"), "{dropped}");
}

#[test]
fn a_provider_that_was_shut_down_is_refused() {
    let _turn = my_turn();
    let (provider, _collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(provider.clone())).unwrap();
    Installation::count().inc();
    typed_metrics::clear_metric_handlers();
    provider.shutdown().unwrap();
    refused(OtelHandler::new(provider));
}

#[test]
fn a_prefix_that_is_not_a_valid_name_is_refused() {
    let _turn = my_turn();
    let (provider, _collector) = provider(Cumulative);
    let error = refused(OtelHandler::new(provider).prefix("9 lives"));
    assert!(error.contains("the prefix `9 lives`: it begins with '9'"), "{error}");
}

#[test]
fn a_metric_with_more_series_than_the_sdk_keeps_is_logged() {
    let _turn = my_turn();
    // Other tests of this program also have metrics with many series.
    let install = |handler: OtelHandler| {
        logged();
        set_metric_handlers(handler).unwrap();
        let mut lines = logged();
        lines.retain(|line| line.contains("installation."));
        lines
    };
    Installation::many("a").inc();
    Installation::few("a").inc();
    let [warning] = &*install(OtelHandler::new(provider(Cumulative).0)) else { panic!("one") };
    let expected = "metric `installation.many` can have 2500 series, but the OpenTelemetry SDK \
                    keeps 2000";
    assert!(warning.contains(expected), "{warning}");
    assert!(warning.contains("series_limits()"), "{warning}");

    let limits = |builder: opentelemetry_sdk::metrics::MeterProviderBuilder| {
        builder.with_view(series_limits())
    };
    let nothing: &[String] = &[];
    assert_eq!(install(OtelHandler::new(provider_with(Cumulative, limits).0)), nothing);
    assert_eq!(install(OtelHandler::new(provider(Cumulative).0).series_limit(2500)), nothing);
}
