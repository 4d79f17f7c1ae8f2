//! Views of the provider, and instruments of the user beside typed metrics.

use std::collections::BTreeMap;

use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::{Key, KeyValue};
use opentelemetry_sdk::metrics::Temporality::{Cumulative, Delta};
use opentelemetry_sdk::metrics::{Aggregation, Instrument, Stream, StreamBuilder};
use typed_metrics::set_metric_handlers;
use typed_metrics_derive::Metrics;
use typed_metrics_otel::{OtelHandler, series_limits};
use typed_metrics_receiver::provider::{Point, provider, provider_with};
use typed_metrics_turn::my_turn;

#[derive(Metrics)]
#[metrics(prefix = "view")]
enum View<'a> {
    #[counter(unit = "{call}")]
    Renamed,
    #[counter(positional)]
    Collapsed { route: &'a str, shop: &'a str },
    #[histogram(buckets = [10, 20, 30], positional)]
    CollapsedSize { route: &'a str, shop: &'a str },
    #[histogram(buckets = [10, 20, 30])]
    Rebucketed,
    #[histogram(buckets = [10, 20, 30])]
    Exponential,
    #[histogram(exponential)]
    Native,
    #[histogram(exponential, zero_threshold = 0.5)]
    Threshold,
    #[counter]
    Dropped,
    #[counter(series_limit = 5000)]
    Many { key: u64 },
    #[counter]
    Beside,
}

fn stream(
    name: &'static str,
    set: impl Fn(StreamBuilder) -> StreamBuilder + Send + Sync + 'static,
) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
    move |instrument| (instrument.name() == name).then(|| set(Stream::builder()).build().unwrap())
}

#[test]
fn a_renamed_stream_has_all_counts() {
    let _turn = my_turn();
    let view = stream("view.renamed", |stream| stream.with_name("calls").with_description("New."));
    let (provider, collector) = provider_with(Cumulative, |builder| builder.with_view(view));
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    View::renamed().add(3);
    let export = collector.export();
    assert_eq!(export.point("calls", ""), &Point::U64(3));
    assert_eq!((&*export.get("calls").unit, &*export.get("calls").description), ("{call}", "New."));
    assert!(export.has_no("view.renamed"));
}

#[test]
fn series_that_differ_only_in_a_dropped_attribute_add_up() {
    let _turn = my_turn();
    for temporality in [Cumulative, Delta] {
        let keep = || [Key::new("route")];
        let count = stream("view.collapsed", move |s| s.with_allowed_attribute_keys(keep()));
        let size = stream("view.collapsed_size", move |s| s.with_allowed_attribute_keys(keep()));
        let (provider, collector) =
            provider_with(temporality, |builder| builder.with_view(count).with_view(size));
        // All values from the start, including those that the part for the other temporality
        // recorded.
        let before = typed_metrics::snapshot();
        let before = &before.get("view.collapsed").unwrap().series;
        let before: f64 = before.iter().map(|series| series.value.as_f64()).sum();
        let handler = OtelHandler::new(provider);
        set_metric_handlers(handler).unwrap();
        for (shop, n) in [("a", 10), ("b", 20), ("c", 5)] {
            View::collapsed("/", shop).add(n);
            View::collapsed_size("/", shop).record(f64::from(n));
        }
        let export = collector.export();
        let first = export.point("view.collapsed", "route=/").u64();
        assert_eq!(first as f64, before + 35.0);
        let sizes = export.point("view.collapsed_size", "route=/").histogram();
        assert_eq!(sizes.count * 35, first * 3);
        assert_eq!((sizes.min, sizes.max), (5.0, 20.0));
        View::collapsed("/", "b").add(7);
        View::collapsed("/", "b").add(28);
        (0..3).for_each(|_| View::collapsed_size("/", "a").record(5.0));
        let export = collector.export();
        let second = export.point("view.collapsed", "route=/").u64();
        assert_eq!(second, if temporality == Delta { 35 } else { first + 35 });
    }
}

#[test]
fn other_buckets_keep_count_sum_and_extremes() {
    let _turn = my_turn();
    let boundaries = vec![15.0, 100.0];
    let other = Aggregation::ExplicitBucketHistogram { boundaries, record_min_max: true };
    let exponential = Aggregation::Base2ExponentialHistogram {
        max_size: 160,
        max_scale: 20,
        record_min_max: true,
    };
    let (provider, collector) = provider_with(Cumulative, |builder| {
        builder
            .with_view(stream("view.rebucketed", move |s| s.with_aggregation(other.clone())))
            .with_view(stream("view.exponential", move |s| s.with_aggregation(exponential.clone())))
    });
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    for value in [1.0, 4.0, 12.0, 18.0, 25.0, 27.5, 200.0] {
        View::rebucketed().record(value);
        View::exponential().record(value);
    }
    let export = collector.export();
    for name in ["view.rebucketed", "view.exponential"] {
        let found = export.point(name, "").histogram();
        assert_eq!((found.count, found.min, found.max), (7, 1.0, 200.0));
        assert!((found.sum - 287.5).abs() < 1e-9, "{}", found.sum);
    }
    let other = export.point("view.rebucketed", "").histogram();
    assert_eq!(other.bounds, [15.0, 100.0]);
    // The replay puts 12 and 18 at the same fraction of the metric's bucket from 10 to 20.
    assert!([[2, 4, 1], [4, 2, 1]].iter().any(|buckets| other.buckets == buckets));
    assert_eq!(export.get("view.exponential").kind, "exponential_histogram Cumulative");
}

#[test]
fn exponential_histograms_are_exponential_in_the_sdk_with_the_view_for_limits() {
    let _turn = my_turn();
    let values = [0.0, 1.0, 4.0, 12.0, -18.0, 25.0, 27.5, -0.25, 200.0, 1e-3];
    values.iter().for_each(|value| View::native().record(*value));
    let with_view = provider_with(Cumulative, |builder| builder.with_view(series_limits()));
    for ((provider, collector), is_exponential) in
        [(with_view, true), (provider(Cumulative), false)]
    {
        set_metric_handlers(OtelHandler::new(provider)).unwrap();
        let export = collector.export();
        let found = export.point("view.native", "").histogram();
        assert_eq!((found.count, found.min, found.max), (10, -18.0, 200.0));
        assert!((found.sum - 251.251).abs() < 1e-9, "{}", found.sum);
        assert_eq!(found.exponential.is_some(), is_exponential);
        let Some(found) = &found.exponential else {
            // Without the view, the SDK has the default buckets.
            assert_eq!(found.bounds[..3], [0.0, 5.0, 10.0]);
            continue;
        };
        // All values fit at the scale 2. The SDK has a larger one, because it counts the buckets of
        // each sign alone.
        assert!(found.scale >= 2);
        #[expect(clippy::cast_possible_truncation, reason = "a logarithm is small")]
        let index = |value: f64| (value.log2() * 4.0).ceil() as i32 - 1;
        let of = |sign: f64| {
            let mut counts = BTreeMap::new();
            for value in values.iter().map(|value| value * sign).filter(|value| *value > 0.0) {
                *counts.entry(index(value)).or_default() += 1;
            }
            counts
        };
        let found = found.at(2);
        assert_eq!((found.zeros, found.positive, found.negative), (1, of(1.0), of(-1.0)));
    }
}

#[test]
fn values_up_to_the_threshold_of_zero_arrive_near_zero() {
    let _turn = my_turn();
    let values = [0.1, 0.2, -0.3, 0.25, 0.0, 0.5, 4.0, 5.0, 1e6];
    values.iter().for_each(|value| View::threshold().record(*value));
    let (provider, collector) =
        provider_with(Cumulative, |builder| builder.with_view(series_limits()));
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    let export = collector.export();
    let found = export.point("view.threshold", "").histogram();
    assert_eq!((found.count, found.min, found.max), (9, -0.3, 1e6));
    assert!((found.sum - 1_000_009.75).abs() < 1e-6, "{}", found.sum);
    let buckets = found.exponential.as_ref().unwrap().at(0);
    // The buckets up to 0.5 at the scale 0.
    let near_zero = |counts: &BTreeMap<i32, u64>| counts.range(..-1).map(|(_, n)| n).sum::<u64>();
    assert_eq!(buckets.zeros + near_zero(&buckets.positive) + near_zero(&buckets.negative), 6);
    let others: BTreeMap<_, _> = buckets.positive.range(-1..).map(|(i, n)| (*i, *n)).collect();
    assert_eq!(others, BTreeMap::from([(1, 1), (2, 1), (19, 1)]));
}

#[test]
fn a_metric_that_a_view_drops_leaves_the_others_alone() {
    let _turn = my_turn();
    let view = stream("view.dropped", |stream| stream.with_aggregation(Aggregation::Drop));
    let (provider, collector) = provider_with(Cumulative, |builder| builder.with_view(view));
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    View::dropped().inc();
    View::beside().inc();
    let export = collector.export();
    assert!(export.has_no("view.dropped"));
    assert!(!export.has_no("view.beside"));
}

#[test]
fn with_the_view_for_series_limits_each_series_is_exported() {
    let _turn = my_turn();
    (0..4000).for_each(|key| View::many(key).add(key));
    let total = |export: &typed_metrics_receiver::provider::Export| -> u64 {
        export.get("view.many").points.values().map(Point::u64).sum()
    };
    let (limited, collector) =
        provider_with(Cumulative, |builder| builder.with_view(series_limits()));
    set_metric_handlers(OtelHandler::new(limited)).unwrap();
    let export = collector.export();
    assert_eq!(export.get("view.many").points.len(), 4000);
    assert_eq!(export.point("view.many", "key=3999"), &Point::U64(3999));
    assert_eq!(total(&export), 3999 * 2000);

    // Without the view, the SDK has an overflow series, and the sum is right.
    let (default, collector) = provider(Cumulative);
    set_metric_handlers(OtelHandler::new(default)).unwrap();
    let export = collector.export();
    assert_eq!(export.get("view.many").points.len(), 2001);
    assert_eq!(total(&export), 3999 * 2000);
    View::many(3999).add(1);
    assert_eq!(total(&collector.export()), 3999 * 2000 + 1);
}

#[test]
fn instruments_of_the_user_are_not_affected() {
    let _turn = my_turn();
    let (provider, collector) = provider(Cumulative);
    let meter = provider.meter("theirs");
    let counter = meter.u64_counter("their.counter").build();
    let _observed = meter
        .i64_observable_gauge("their.gauge")
        .with_callback(|gauge| gauge.observe(-7, &[KeyValue::new("a", "b")]))
        .build();
    set_metric_handlers(OtelHandler::new(provider)).unwrap();
    counter.add(4, &[]);
    View::beside().add(100);
    let export = collector.export();
    assert_eq!(export.point("their.counter", ""), &Point::U64(4));
    assert_eq!(export.point("their.gauge", "a=b"), &Point::I64(-7));
    assert!(export.point("view.beside", "").u64() >= 100);
}
