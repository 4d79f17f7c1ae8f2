use std::borrow::Cow;

use crate::cells::totals::{Extremes, Totals, bucket};
use crate::collect::snapshot::{MetricSnapshot, SeriesSnapshot, Snapshot};
use crate::labels::set::Labels;
use crate::labels::value::LabelRef::{self, Bool, Int, Str};
use crate::metric::descriptor::{Definition, Descriptor};
use crate::metric::dropped::DropReason;
use crate::metric::kind::{MetricType, ValueType};
use crate::metric::series_id::SeriesId;
use crate::metric::source::Source;
use crate::store::value::{HistogramSnapshot, Value};

fn metric(name: &'static str, metric_type: MetricType, unit: &'static str) -> MetricSnapshot {
    let definition = Definition {
        name,
        metric_type,
        value_type: ValueType::F64,
        unit,
        description: "",
        labels: &[],
        boundaries: &[1.0, 2.0, 5.0, 10.0],
        series_limit: 10,
        source: Source { file: "", line: 0, module: "", item: "" },
    };
    let descriptor = Box::leak(Box::new(Descriptor::new(definition)));
    MetricSnapshot { descriptor, series: Vec::new(), dropped: Vec::new() }
}

impl MetricSnapshot {
    fn with(mut self, labels: &[(&'static str, LabelRef<'_>)], value: Value) -> Self {
        let labels =
            labels.iter().map(|(name, value)| (Cow::Borrowed(*name), value.to_value().unwrap()));
        self.series.push(SeriesSnapshot {
            id: SeriesId::default(),
            labels: Labels::new(labels),
            value,
        });
        self
    }
}

fn of(values: &[f64]) -> Value {
    let boundaries = &[1.0, 2.0, 5.0, 10.0];
    let mut buckets = vec![0; 5];
    values.iter().for_each(|value| buckets[bucket(boundaries, *value)] += 1);
    let mut extremes = Extremes::NONE;
    values.iter().for_each(|v| extremes.merge(Extremes { min: *v, max: *v }));
    let totals = Totals { sum: values.iter().sum(), extremes, interval: Extremes::NONE, buckets };
    Value::Histogram(HistogramSnapshot::new(boundaries, totals))
}

#[track_caller]
fn assert_shows(metrics: impl Into<Vec<MetricSnapshot>>, expected: &str) {
    let shown = Snapshot { metrics: metrics.into() }.to_string();
    assert_eq!(shown, expected.trim_matches('\n'), "\n{shown}\n");
}

#[test]
fn metrics_are_sorted_by_name_and_series_by_labels() {
    let requests = metric("shop.requests", MetricType::Counter, "{request}")
        .with(&[("route", Str("/b")), ("status", Int(404))], Value::U64(1))
        .with(&[("route", Str("/b")), ("status", Int(20))], Value::U64(1_234_567))
        .with(&[("route", Str("/a")), ("status", Int(200))], Value::U64(12));
    let memory = metric("shop.memory", MetricType::Gauge, "By").with(&[], Value::F64(1_048_576.0));
    let uptime = metric("uptime", MetricType::Gauge, "s").with(&[], Value::F64(0.25));
    let in_flight = metric("shop.in_flight", MetricType::UpDownCounter, "")
        .with(&[("cached", Bool(true))], Value::I64(-3));
    assert_shows(
        [requests, memory, uptime, in_flight],
        "
metric          kind             unit       labels                   value
──────────────────────────────────────────────────────────────────────────
shop.in_flight  up_down_counter             cached=true                 -3
shop.memory     gauge            By                              1,048,576
shop.requests   counter          {request}  route=/a status=200         12
                                            route=/b status=20   1,234,567
                                            route=/b status=404          1
uptime          gauge            s                                  250 ms
",
    );
}

#[test]
fn histograms_have_their_quantiles() {
    let latency = metric("latency", MetricType::Histogram, "ms")
        .with(&[("outcome", Str("ok"))], of(&[0.5, 1.5, 1.5, 4.0, 4.0, 4.5, 9.0, 1500.0]))
        .with(&[("outcome", Str("error"))], of(&[0.0833]));
    let size = metric("size", MetricType::Histogram, "By").with(&[], of(&[1.0, 123_456_789.0]));
    assert_shows(
        [size, latency],
        "
histogram  unit  labels         count          sum      p50          p95          p99      min          max
───────────────────────────────────────────────────────────────────────────────────────────────────────────
latency    ms    outcome=error      1      83.3 µs  83.3 µs      83.3 µs      83.3 µs  83.3 µs      83.3 µs
                 outcome=ok         8      1.525 s     3 ms       904 ms      1.381 s   500 µs        1.5 s
size       By                       2  123,456,790        1  111,111,111  120,987,653        1  123,456,789
",
    );
}

#[test]
fn a_metric_that_was_never_recorded_has_dashes() {
    let metrics =
        [metric("b", MetricType::Histogram, "s"), metric("a", MetricType::Counter, "{job}")];
    assert_shows(
        metrics,
        "
metric  kind     unit   labels  value
─────────────────────────────────────
a       counter  {job}              -

histogram  unit  labels  count  sum  p50  p95  p99  min  max
────────────────────────────────────────────────────────────
b          s                 -    -    -    -    -    -    -
",
    );
}

#[test]
fn what_was_dropped_stands_below() {
    let mut jobs = metric("jobs", MetricType::Counter, "").with(&[], Value::U64(1));
    jobs.dropped = vec![(DropReason::Negative, 1), (DropReason::Overflow, 98_000)];
    assert_shows(
        [jobs],
        "
metric  kind     unit  labels  value
────────────────────────────────────
jobs    counter                    1

note: jobs: 1 × dropped: negative
note: jobs: 98,000 × recorded in the overflow series: over the series limit
",
    );
}

#[test]
fn labels_that_are_too_wide_are_cut_where_they_are_longest() {
    let long = "/api/v1/".repeat(100);
    let wide = "検索サービス".repeat(40);
    let jobs = metric("jobs", MetricType::Counter, "")
        .with(&[("route", Str(&long)), ("status", Int(200)), ("method", Str("GET"))], Value::U64(1))
        .with(&[("query", Str(&wide)), ("method", Str("GET"))], Value::U64(2));
    assert_shows(
        [jobs.clone()],
        "
metric  kind     unit  labels                                                                                      value
────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
jobs    counter        query=検索サービス検索サービス検索サービス検索サービス検索サービス検索サービス… method=GET      2
                       route=/api/v1//api/v1//api/v1//api/v1//api/v1//api/v1//api/v1//api/… status=200 method=GET      1
",
    );
    let narrow = format!("{:60}", Snapshot { metrics: vec![jobs] });
    let expected = "
metric  kind     unit  labels                          value
────────────────────────────────────────────────────────────
jobs    counter        query=検索サービス… method=GET      2
                       route=/… status=2… method=G…        1";
    assert_eq!(narrow, expected.trim_start());
}

#[test]
fn labels_that_tell_series_apart_stay_where_there_is_room_for_no_more() {
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
fn what_would_break_or_reorder_a_line_is_escaped_or_quoted() {
    let jobs = metric("jobs", MetricType::Counter, "")
        .with(&[("query", Str("two words"))], Value::U64(1))
        .with(&[("query", Str("a\nb\0c\u{1b}[31m"))], Value::U64(2))
        .with(&[("query", Str("\u{202e}abc"))], Value::U64(3))
        .with(&[("query", Str("say \"hi\""))], Value::U64(4))
        .with(&[("query", Str(""))], Value::U64(5))
        .with(&[("na\nme", Str("x"))], Value::U64(6));
    assert_shows(
        [jobs],
        r#"
metric  kind     unit  labels                      value
────────────────────────────────────────────────────────
jobs    counter        na\nme=x                        6
                       query=""                        5
                       query=a\nb\u{0}c\u{1b}[31m      2
                       query="say \"hi\""              4
                       query="two words"               1
                       query=\u{202e}abc               3
"#,
    );
}

#[test]
fn no_metrics_are_said_to_be_none() {
    assert_shows([], "no metrics");
}
