//! The exact text of each format.

use std::time::{Duration, SystemTime};

use typed_metrics_core::testing::capture;
use typed_metrics_core::{Metric, Snapshot, ValueType, attributes, register_metric};
use typed_metrics_prometheus::{Escaping, Format, Naming, Settings};

use crate::protobuf;

/// The scrape of a snapshot, whose series are as old as each other.
pub(crate) fn scrape(format: Format, snapshot: &Snapshot, settings: &Settings) -> String {
    let mut out = Vec::new();
    format.encode(&aged(snapshot), settings, &mut out);
    String::from_utf8(out).unwrap()
}

fn aged(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    let created = SystemTime::UNIX_EPOCH + Duration::from_micros(1_700_000_000_250_999);
    let all = snapshot.metrics.iter_mut().flat_map(|metric| &mut metric.series);
    all.for_each(|series| series.created = created);
    snapshot
}

/// A counter, a gauge and a histogram with awkward text.
fn shop() -> Snapshot {
    let orders = Metric::counter("shop.orders").unit("{order}").value_type(ValueType::U64);
    let orders = orders.description("Orders, \"paid\" or not.\nC:\\orders");
    let orders = register_metric("shop.orders", orders).unwrap();
    let load = register_metric("shop.load", Metric::gauge("shop.load").unit("1")).unwrap();
    let wait = Metric::histogram("shop.wait").unit("s").buckets([0.5, 1.0, 10.0]);
    let wait = register_metric("shop.wait", wait.description("Time to wait.")).unwrap();
    let seen = capture(|| {
        orders.record(u64::MAX, attributes!("path" => "C:\\x\"y\"\nz", "paid" => true)).unwrap();
        orders.record((1_u64 << 53) + 1, attributes!("path" => "", "paid" => false)).unwrap();
        load.record(0.25, attributes!()).unwrap();
        wait.record(0.5, attributes!("shop" => 1)).unwrap();
        wait.record(2.25, attributes!("shop" => 1)).unwrap();
        wait.record(99, attributes!("shop" => 1)).unwrap();
    });
    seen.snapshot
}

#[test]
fn the_text_format() {
    let expected = r#"# TYPE shop_load_ratio gauge
shop_load_ratio 0.25
# HELP shop_orders_total Orders, "paid" or not.\nC:\\orders
# TYPE shop_orders_total counter
shop_orders_total{paid="false"} 9007199254740993
shop_orders_total{paid="true",path="C:\\x\"y\"\nz"} 18446744073709551615
# HELP shop_wait_seconds Time to wait.
# TYPE shop_wait_seconds histogram
shop_wait_seconds_bucket{shop="1",le="0.5"} 1
shop_wait_seconds_bucket{shop="1",le="1.0"} 1
shop_wait_seconds_bucket{shop="1",le="10.0"} 2
shop_wait_seconds_bucket{shop="1",le="+Inf"} 3
shop_wait_seconds_sum{shop="1"} 101.75
shop_wait_seconds_count{shop="1"} 3
"#;
    for format in [Format::Text, Format::Text1(Escaping::AllowUtf8)] {
        assert_eq!(scrape(format, &shop(), &Settings::default().created(true)), expected);
    }
}

#[test]
fn openmetrics_1() {
    let expected = r#"# TYPE shop_load_ratio gauge
# UNIT shop_load_ratio ratio
shop_load_ratio 0.25
# TYPE shop_orders counter
# HELP shop_orders Orders, \"paid\" or not.\nC:\\orders
shop_orders_total{paid="false"} 9007199254740993
shop_orders_created{paid="false"} 1700000000.250
shop_orders_total{paid="true",path="C:\\x\"y\"\nz"} 18446744073709551615
shop_orders_created{paid="true",path="C:\\x\"y\"\nz"} 1700000000.250
# TYPE shop_wait_seconds histogram
# UNIT shop_wait_seconds seconds
# HELP shop_wait_seconds Time to wait.
shop_wait_seconds_bucket{shop="1",le="0.5"} 1
shop_wait_seconds_bucket{shop="1",le="1.0"} 1
shop_wait_seconds_bucket{shop="1",le="10.0"} 2
shop_wait_seconds_bucket{shop="1",le="+Inf"} 3
shop_wait_seconds_sum{shop="1"} 101.75
shop_wait_seconds_count{shop="1"} 3
shop_wait_seconds_created{shop="1"} 1700000000.250
# EOF
"#;
    let format = Format::OpenMetrics(Escaping::Underscores);
    assert_eq!(scrape(format, &shop(), &Settings::default().created(true)), expected);
    let without: String = expected
        .lines()
        .filter(|line| !line.contains("_created"))
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_eq!(scrape(format, &shop(), &Settings::default()), without);
}

#[test]
fn openmetrics_2() {
    let expected = r#"# TYPE shop_load_ratio gauge
# UNIT shop_load_ratio ratio
shop_load_ratio 0.25
# TYPE shop_orders_total counter
# HELP shop_orders_total Orders, \"paid\" or not.\nC:\\orders
shop_orders_total{paid="false"} 9007199254740993 st@1700000000.250
shop_orders_total{paid="true",path="C:\\x\"y\"\nz"} 18446744073709551615 st@1700000000.250
# TYPE shop_wait_seconds histogram
# UNIT shop_wait_seconds seconds
# HELP shop_wait_seconds Time to wait.
shop_wait_seconds{shop="1"} {count:3,sum:101.75,bucket:[0.5:1,1.0:1,10.0:2,+Inf:3]} st@1700000000.250
# EOF
"#;
    let format = Format::OpenMetrics2(Escaping::AllowUtf8);
    assert_eq!(scrape(format, &shop(), &Settings::default()), expected);
}

#[test]
fn protobuf() {
    let mut out = Vec::new();
    let format = Format::Protobuf(Escaping::AllowUtf8);
    format.encode(&aged(&shop()), &Settings::default(), &mut out);
    let [load, orders, wait] = &protobuf::decode(&out)[..] else { panic!("three families") };
    assert_eq!(load.name(), "shop_load_ratio");
    assert_eq!((load.r#type(), load.unit()), (protobuf::MetricType::Gauge, "ratio"));
    assert_eq!(load.metric[0].gauge.as_ref().unwrap().value(), 0.25);
    assert_eq!(orders.name(), "shop_orders_total");
    assert_eq!(orders.help(), "Orders, \"paid\" or not.\nC:\\orders");
    let paid = &orders.metric[0];
    let labels: Vec<_> = paid.label.iter().map(|pair| (pair.name(), pair.value())).collect();
    assert_eq!(labels, [("paid", "true"), ("path", "C:\\x\"y\"\nz")]);
    let created = protobuf::Timestamp { seconds: 1_700_000_000, nanos: 250_999_000 };
    // Protobuf has no integers for the values of counters.
    let value = protobuf::Counter {
        value: Some(2_f64.powi(64)),
        created_timestamp: Some(created),
        ..protobuf::Counter::default()
    };
    assert_eq!(paid.counter.as_ref(), Some(&value));
    assert_eq!((wait.name(), wait.unit()), ("shop_wait_seconds", "seconds"));
    let wait = wait.metric[0].histogram.as_ref().unwrap();
    assert_eq!((wait.sample_count(), wait.sample_sum()), (3, 101.75));
    let buckets = wait.bucket.iter().map(|b| (b.upper_bound(), b.cumulative_count()));
    assert_eq!(buckets.collect::<Vec<_>>(), [(0.5, 1), (1.0, 1), (10.0, 2)]);
    assert_eq!(wait.created_timestamp, Some(created));
}

fn dotted() -> Snapshot {
    let metric = Metric::counter("http.errors").unit("By").value_type(ValueType::U64);
    let errors = register_metric("http.errors", metric.description("All.")).unwrap();
    let size = register_metric("http.size", Metric::histogram("http.size").buckets([1])).unwrap();
    let labels = attributes!("http.route" => "/", "code" => 500);
    capture(|| {
        errors.record(1, labels).unwrap();
        size.record(1, attributes!()).unwrap();
    })
    .snapshot
}

#[test]
fn utf8_names_are_quoted() {
    let settings = Settings::default().naming(Naming::default().utf8(true));
    let text = r#"# HELP "http.errors_bytes_total" All.
# TYPE "http.errors_bytes_total" counter
{"http.errors_bytes_total",code="500","http.route"="/"} 1
# TYPE "http.size" histogram
{"http.size_bucket",le="1.0"} 1
{"http.size_bucket",le="+Inf"} 1
{"http.size_sum"} 1.0
{"http.size_count"} 1
"#;
    assert_eq!(scrape(Format::Text1(Escaping::AllowUtf8), &dotted(), &settings), text);
    let openmetrics = r#"# TYPE "http.errors_bytes" counter
# UNIT "http.errors_bytes" bytes
# HELP "http.errors_bytes" All.
{"http.errors_bytes_total",code="500","http.route"="/"} 1
# TYPE "http.size" histogram
{"http.size_bucket",le="1.0"} 1
{"http.size_bucket",le="+Inf"} 1
{"http.size_sum"} 1.0
{"http.size_count"} 1
# EOF
"#;
    let format = Format::OpenMetrics(Escaping::AllowUtf8);
    assert_eq!(scrape(format, &dotted(), &settings), openmetrics);
}

#[test]
fn a_scraper_without_utf8_gets_names_by_its_scheme() {
    let settings = Settings::default().naming(Naming::default().utf8(true));
    let cases = [
        (Format::Text, r#"http_errors_bytes_total{code="500",http_route="/"} 1"#),
        (
            Format::Text1(Escaping::Underscores),
            r#"http_errors_bytes_total{code="500",http_route="/"} 1"#,
        ),
        (
            Format::Text1(Escaping::Dots),
            r#"http_dot_errors__bytes__total{code="500",http_dot_route="/"} 1"#,
        ),
        (
            Format::OpenMetrics(Escaping::Values),
            r#"U__http_2e_errors__bytes__total{U__http_2e_route="/",code="500"} 1"#,
        ),
    ];
    for (format, line) in cases {
        let scrape = scrape(format, &dotted(), &settings);
        assert!(scrape.lines().any(|found| found == line), "{format:?}: {scrape}");
    }
}

#[test]
fn a_counter_without_its_suffix_has_no_type_in_openmetrics_1() {
    let settings = Settings::default().created(true).naming(Naming::default().suffixes(false));
    let text = scrape(Format::Text, &dotted(), &settings);
    assert!(text.contains("# TYPE http_errors counter\nhttp_errors{"), "{text}");
    let openmetrics = scrape(Format::OpenMetrics(Escaping::Underscores), &dotted(), &settings);
    let begin = "# TYPE http_errors unknown\n# HELP http_errors All.\nhttp_errors{";
    assert!(openmetrics.starts_with(begin), "{openmetrics}");
    assert!(!openmetrics.contains("http_errors_created"));
}

#[test]
fn the_sum_of_negative_values_is_not_part_of_openmetrics_1() {
    let metric = Metric::histogram("drift").buckets([1]);
    let drift = register_metric("drift", metric).unwrap();
    let seen = capture(|| {
        drift.record(-3, attributes!("clock" => "a")).unwrap();
        drift.record(3, attributes!("clock" => "b")).unwrap();
    });
    let settings = Settings::default();
    let openmetrics = scrape(Format::OpenMetrics(Escaping::Underscores), &seen.snapshot, &settings);
    let expected = r#"# TYPE drift histogram
drift_bucket{clock="a",le="1.0"} 1
drift_bucket{clock="a",le="+Inf"} 1
drift_bucket{clock="b",le="1.0"} 0
drift_bucket{clock="b",le="+Inf"} 1
drift_sum{clock="b"} 3.0
drift_count{clock="b"} 1
# EOF
"#;
    assert_eq!(openmetrics, expected);
    let text = scrape(Format::Text, &seen.snapshot, &settings);
    assert!(text.contains("drift_sum{clock=\"a\"} -3.0\n"), "{text}");
}

#[test]
fn the_resource_and_the_scope_are_labels() {
    let jobs = register_metric("jobs", Metric::up_down_counter("jobs")).unwrap();
    let seen = capture(|| jobs.record(2, attributes!("a" => 1)).unwrap());
    let settings = Settings::default()
        .resource([("service.name", "shop"), ("__name__", "x"), ("empty", "")])
        .scope("crate", "1.0");
    let info = "target_info{key_name_=\"x\",service_name=\"shop\"} 1\n";
    let jobs = "jobs{a=\"1\",otel_scope_name=\"crate\",otel_scope_version=\"1.0\"} 2.0\n";
    let text = format!(
        "# TYPE jobs gauge\n{jobs}\
         # HELP target_info Target metadata\n# TYPE target_info gauge\n{info}"
    );
    assert_eq!(scrape(Format::Text, &seen.snapshot, &settings), text);
    let target = "# TYPE target info\n# HELP target Target metadata\n";
    let openmetrics = format!("# TYPE jobs gauge\n{jobs}{target}{info}# EOF\n");
    let format = Format::OpenMetrics(Escaping::Underscores);
    assert_eq!(scrape(format, &seen.snapshot, &settings), openmetrics);
}

#[test]
fn measurements_past_the_series_limit_are_one_series() {
    let metric = Metric::counter("clicks").series_limit(1).value_type(ValueType::U64);
    let clicks = register_metric("clicks", metric).unwrap();
    let seen = capture(|| {
        (0..3).for_each(|user| clicks.record(1, attributes!("user" => user)).unwrap());
    });
    let text = scrape(Format::Text, &seen.snapshot, &Settings::default());
    let expected = "# TYPE clicks_total counter\n\
                    clicks_total{otel_metric_overflow=\"true\"} 2\n\
                    clicks_total{user=\"0\"} 1\n";
    assert_eq!(text, expected);
}
