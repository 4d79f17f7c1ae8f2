//! Tables whose width is limited.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::super::labels::MetricLabels;
use super::super::text;
use super::{metric, of};
use crate::collect::snapshot::{SeriesSnapshot, Snapshot};
use crate::labels::set::Labels;
use crate::labels::value::LabelRef::{Int, Str};
use crate::labels::value::LabelValue;
use crate::rules::kind::MetricType;
use crate::store::value::Value;

#[test]
fn lines_are_as_long_as_they_need_to_be_unless_their_width_is_limited() {
    let long = "/api/v1/".repeat(30);
    let jobs =
        metric("jobs", MetricType::Counter, "").with(&[("route", Str(&long))], Value::U64(1));
    let snapshot = Snapshot { metrics: vec![jobs] };
    assert!(snapshot.to_string().contains(&long), "{snapshot}");
    let limited = format!("{snapshot:60}");
    let expected = "
metric  kind     unit  labels                          value
────────────────────────────────────────────────────────────
jobs    counter        route=/api/v1//api/v1//api/v1…      1";
    assert_eq!(limited, expected.trim_start(), "\n{limited}");
}

#[test]
fn labels_that_are_too_wide_are_cut_where_they_are_longest() {
    let long = "/api/v1/".repeat(100);
    let wide = "検索サービス".repeat(40);
    let jobs = metric("jobs", MetricType::Counter, "")
        .with(&[("route", Str(&long)), ("status", Int(200)), ("method", Str("GET"))], Value::U64(1))
        .with(&[("query", Str(&wide)), ("method", Str("PUT"))], Value::U64(2));
    let shown = format!("{:80}", Snapshot { metrics: vec![jobs] });
    let expected = "
metric  kind     unit  labels                                              value
────────────────────────────────────────────────────────────────────────────────
jobs    counter        query=検索サービス検索サービス検索サー… method=PUT      2
                       route=/api/v1//api/v1//api/… status=200 method=GET      1";
    assert_eq!(shown, expected.trim_start(), "\n{shown}");
}

#[test]
fn labels_that_all_series_have_alike_make_room_for_those_that_tell_series_apart() {
    let labels = |kind| {
        [
            ("gen_ai.operation.name", Str("chat")),
            ("gen_ai.token.type", Str(kind)),
            ("gen_ai.request.model", Str("gpt-5")),
        ]
    };
    let usage = metric("usage", MetricType::Counter, "")
        .with(&labels("input"), Value::U64(12))
        .with(&labels("output"), Value::U64(3));
    let shown = format!("{:60}", Snapshot { metrics: vec![usage] });
    let expected = "
metric  kind     unit  labels                      value
────────────────────────────────────────────────────────
usage   counter        gen_ai.token.type=input …      12
                       gen_ai.token.type=output …      3";
    assert_eq!(shown, expected.trim_start(), "\n{shown}");
}

#[test]
fn values_that_begin_alike_keep_their_ends() {
    let functions = ["load", "store"].map(|name| format!("my_service::handlers::orders::{name}"));
    let [load, store] = &functions;
    let calls = metric("calls", MetricType::Counter, "")
        .with(&[("function", Str(load)), ("outcome", Str("ok"))], Value::U64(1))
        .with(&[("function", Str(store)), ("outcome", Str("error"))], Value::U64(2))
        .with(&[("function", Str(load)), ("outcome", Str("error"))], Value::U64(3));
    let shown = format!("{:68}", Snapshot { metrics: vec![calls] });
    let expected = "
metric  kind     unit  labels                                  value
────────────────────────────────────────────────────────────────────
calls   counter        function=my_s…ders::load outcome=error      3
                       function=my_se…orders::load outcome=ok      1
                       function=my_s…ers::store outcome=error      2";
    assert_eq!(shown, expected.trim_start(), "\n{shown}");
}

#[test]
fn labels_that_no_cut_keeps_apart_are_wrapped() {
    let requests = |name| {
        let labels = |status, group| {
            [
                ("http.response.status_code", Int(status)),
                ("messaging.consumer.group.name", Str(group)),
            ]
        };
        metric(name, MetricType::Counter, "")
            .with(&labels(200, "orders"), Value::U64(1))
            .with(&labels(200, "basket"), Value::U64(2))
            .with(&labels(404, "orders"), Value::U64(3))
    };
    let shown = format!("{:70}", Snapshot { metrics: vec![requests("acked"), requests("sent")] });
    let expected = "
metric  kind     unit  labels                                  value
────────────────────────────────────────────────────────────────────
acked   counter        http.response.status_code=200               2
                         messaging.consumer.group.name=basket
                       http.response.status_code=200               1
                         messaging.consumer.group.name=orders
                       http.response.status_code=404               3
                         messaging.consumer.group.name=orders
sent    counter        http.response.status_code=200               2
                         messaging.consumer.group.name=basket
                       http.response.status_code=200               1
                         messaging.consumer.group.name=orders
                       http.response.status_code=404               3
                         messaging.consumer.group.name=orders";
    assert_eq!(shown, expected.trim_start(), "\n{shown}");
}

#[test]
fn little_width_puts_the_series_below_their_metric() {
    let latency = metric("http.server.request.duration", MetricType::Histogram, "ms")
        .with(&[("route", Str("/basket"))], of(&[0.5, 1.5, 1.5, 4.0, 9.0]))
        .with(&[("route", Str("/search"))], of(&[1500.0]));
    let active = metric("http.server.active_requests", MetricType::UpDownCounter, "{request}")
        .with(&[("method", Str("GET"))], Value::I64(3))
        .with(&[("method", Str("PUT"))], Value::I64(-12));
    let memory = metric("memory", MetricType::Gauge, "By").with(&[], Value::U64(1_234_567));
    let snapshot = Snapshot { metrics: vec![latency, active, memory] };
    let shown = format!("{snapshot:60}");
    let expected = "
http.server.active_requests  up_down_counter  {request}
  method=GET               3
  method=PUT             -12
memory  gauge  By  1,234,567

http.server.request.duration  histogram  ms
  route=/basket
    count 5  sum    16.5  p50     1.75  p95     8
      p99     8.8  min     0.5  max     9
  route=/search
    count 1  sum 1,500    p50 1,500     p95 1,500
      p99 1,500    min 1,500    max 1,500";
    assert_eq!(shown, expected.trim_start(), "\n{shown}");
    let shown = format!("{snapshot:20}");
    let expected = "
http.server.active_r
    equests
  up_down_counter
  {request}
  method=GET
      3
  method=PUT
    -12
memory  gauge  By
    1,234,567

http.server.request.
    duration
  histogram  ms
  route=/basket
    count 5
      sum    16.5
      p50     1.75
      p95     8
      p99     8.8
      min     0.5
      max     9
  route=/search
    count 1
      sum 1,500
      p50 1,500
      p95 1,500
      p99 1,500
      min 1,500
      max 1,500";
    assert_eq!(shown, expected.trim_start(), "\n{shown}");
}

const PARTS: [&str; 15] = [
    "/api",
    "GET",
    "検索",
    "e\u{301}",
    "👩‍💻",
    " ",
    "=",
    "\"",
    "\\",
    "\n",
    "\\n",
    "…",
    "1",
    "a",
    "\u{200b}",
];

fn random_text(rng: &mut fastrand::Rng, most: usize) -> String {
    (0..rng.usize(..=most)).map(|_| PARTS[rng.usize(..PARTS.len())]).collect()
}

/// The labels of a metric's series, which have much in common: their names, and for each name the
/// kind of the values and their beginning.
fn random_series(rng: &mut fastrand::Rng) -> Vec<Labels> {
    let mut names = ["a", "http.request.method"].map(str::to_owned).to_vec();
    names.push(random_text(rng, 3));
    names.sort();
    names.dedup();
    names.truncate(rng.usize(1..=3));
    let kinds: Vec<_> =
        names.iter().map(|_| (rng.u8(..6), "my_service::".repeat(rng.usize(..5)))).collect();
    let mut series: Vec<Labels> = Vec::new();
    for _ in 0..rng.usize(1..20) {
        let mut labels = Vec::new();
        for (name, (kind, begin)) in names.iter().zip(&kinds) {
            let mixed = if *kind == 5 { rng.u8(..5) } else { *kind };
            let value = match mixed {
                0 => LabelValue::Int(rng.i64(..3)),
                1 => LabelValue::Float(f64::from(rng.u8(..3))),
                2 => Str(&random_text(rng, 40)).to_value().unwrap(),
                3 if rng.bool() => continue,
                _ => Str(&format!("{begin}{}", random_text(rng, 2))).to_value().unwrap(),
            };
            labels.push((Cow::Owned(name.clone()), value));
        }
        let labels = Labels::new(labels);
        if !series.contains(&labels) {
            series.push(labels);
        }
    }
    series
}

#[test]
fn no_two_series_of_a_metric_look_alike_and_no_line_is_too_wide() {
    for seed in 0..150 {
        let mut rng = fastrand::Rng::with_seed(seed);
        let series = random_series(&mut rng);
        let labels = MetricLabels::new(&series.iter().collect::<Vec<_>>());
        let is_histogram = rng.bool();
        let kind = if is_histogram { MetricType::Histogram } else { MetricType::Gauge };
        let mut shown = metric(&"name.of.a.metric.".repeat(rng.usize(1..5)), kind, "s");
        for labels in series {
            let value = if is_histogram { of(&[rng.f64()]) } else { Value::F64(rng.f64()) };
            shown.series.push(SeriesSnapshot::sample(labels, value));
        }
        let snapshot = Snapshot { metrics: vec![shown] };
        for width in [20, 21, 25, 31, 40, 60, 80, 100, 130, 200, usize::from(u16::MAX)] {
            let texts = labels.fit(width);
            let seen: BTreeSet<String> = texts
                .iter()
                .map(|lines| {
                    lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n")
                })
                .collect();
            assert_eq!(seen.len(), texts.len(), "seed {seed}, width {width}: {texts:#?}");
            for line in texts.iter().flatten() {
                assert!(text::width(line) <= width, "seed {seed}, width {width}: {line}");
            }
            let table = format!("{snapshot:width$}");
            for line in table.lines() {
                assert!(text::width(line) <= width, "seed {seed}, width {width}: {line}\n{table}");
            }
        }
    }
}

#[test]
fn names_of_metrics_are_never_cut() {
    let names = ["a", "b"].map(|end| format!("service.{}{end}", "very_long_name.".repeat(8)));
    let metrics =
        names.iter().map(|name| metric(name, MetricType::Counter, "").with(&[], Value::U64(1)));
    let snapshot = Snapshot { metrics: metrics.collect() };
    for width in 20..200 {
        let shown = format!("{snapshot:width$}");
        let shown: String = shown.split_whitespace().collect();
        assert!(names.iter().all(|name| shown.contains(name)), "{snapshot:width$}");
    }
}
