mod width;

use std::borrow::Cow;

use crate::cells::grid::Grid;
use crate::cells::totals::Totals;
use crate::collect::snapshot::{MetricSnapshot, SeriesSnapshot, Snapshot};
use crate::labels::set::Labels;
use crate::labels::value::LabelRef::{self, Bool, Float, Int, Str};
use crate::metric::definition::Definition;
use crate::metric::descriptor::Descriptor;
use crate::metric::dropped::DropReason;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::metric::lifetime::Lifetime;
use crate::metric::presentation::Presentation;
use crate::metric::source::Place;
use crate::rules::kind::{MetricType, ValueType};
use crate::store::value::{HistogramSnapshot, Value};

fn metric(name: &str, metric_type: MetricType, unit: &'static str) -> MetricSnapshot {
    let definition = Definition {
        name: String::leak(name.to_owned()),
        metric_type,
        value_type: ValueType::F64,
        unit,
        description: "",
        labels: &[],
        boundaries: &[1.0, 2.0, 5.0, 10.0],
        exponential: None,
        series_limit: 10,
        lifetime: Lifetime::UNSET,
        presentation: None,
        place: &Place::NOWHERE,
        line: 0,
        item: "",
    };
    let descriptor = Box::leak(Box::new(Descriptor::new(definition)));
    MetricSnapshot::new(descriptor)
}

impl MetricSnapshot {
    fn with(mut self, labels: &[(&'static str, LabelRef<'_>)], value: Value) -> Self {
        let labels =
            labels.iter().map(|(name, value)| (Cow::Borrowed(*name), value.to_value().unwrap()));
        self.series.push(SeriesSnapshot::sample(Labels::new(labels), value));
        self
    }
}

fn of(values: &[f64]) -> Value {
    let grid = Grid::Explicit(&[1.0, 2.0, 5.0, 10.0]);
    let mut totals = Totals::new(grid);
    values.iter().for_each(|value| totals.record(grid, *value, 1));
    Value::Histogram(HistogramSnapshot::new(grid, totals))
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
uptime          gauge            ms                                    250
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
histogram  unit  labels         count          sum     p50          p95          p99     min          max
─────────────────────────────────────────────────────────────────────────────────────────────────────────
latency    ms    outcome=error      1       0.0833  0.0833       0.0833       0.0833  0.0833       0.0833
                 outcome=ok         8   1,525       3          904        1,381       0.5      1,500
size       By                       2  123,456,790       1  111,111,111  120,987,653       1  123,456,789
",
    );
}

#[test]
fn numbers_of_a_metric_have_one_unit_and_their_points_in_line() {
    let relay = metric("relay", MetricType::Histogram, "ms")
        .with(&[("to", Str("eu"))], of(&[4.0]))
        .with(&[("to", Str("us"))], of(&[0.0833, 2.5]));
    let waited = metric("waited", MetricType::Counter, "s")
        .with(&[("at", Str("door"))], Value::F64(0.012))
        .with(&[("at", Str("lift"))], Value::F64(1.5));
    let ratio = metric("ratio", MetricType::Gauge, "1").with(&[], Value::F64(0.25));
    assert_shows(
        [relay, waited, ratio],
        "
metric  kind     unit  labels   value
─────────────────────────────────────
ratio   gauge    1               0.25
waited  counter  ms    at=door     12
                       at=lift  1,500

histogram  unit  labels  count    sum  p50   p95   p99     min  max
───────────────────────────────────────────────────────────────────
relay      ms    to=eu       1  4        4  4     4     4       4
                 to=us       2  2.583    1  2.45  2.49  0.0833  2.5
",
    );
}

#[test]
fn metrics_that_were_never_recorded_are_named_in_one_line() {
    let jobs = metric("jobs", MetricType::Counter, "").with(&[], Value::U64(1));
    let mut metrics = vec![jobs, metric("a", MetricType::Histogram, "s")];
    metrics.extend((0..30).map(|i| metric(&format!("b.{i:02}"), MetricType::Gauge, "")));
    let table = "
metric  kind     unit  labels  value
────────────────────────────────────
jobs    counter                    1
";
    let names = (0..8).map(|i| format!("b.{i:02}")).collect::<Vec<_>>().join(", ");
    let line = format!("31 metrics were never recorded: a, {names}, … and 22 more");
    assert_shows(metrics.clone(), &format!("{table}\n{line}"));
    let narrow = format!("{:60}", Snapshot { metrics: metrics.clone() });
    let line = "31 metrics were never recorded: a, b.00, b.01, … and 28 more";
    assert_eq!(narrow.lines().last().unwrap(), line);
    assert_shows([metrics[1].clone()], "1 metric was never recorded: a");
}

#[test]
fn metrics_that_were_never_recorded_have_rows_if_asked_for() {
    let metrics =
        vec![metric("b", MetricType::Histogram, "s"), metric("a", MetricType::Counter, "{job}")];
    let snapshot = Snapshot { metrics };
    let expected = "
metric  kind     unit   labels  value
─────────────────────────────────────
a       counter  {job}              -

histogram  unit  labels  count  sum  p50  p95  p99  min  max
────────────────────────────────────────────────────────────
b          s                 -    -    -    -    -    -    -";
    assert_eq!(format!("{snapshot:#}"), expected.trim_start());
    let expected = "a  counter  {job}  -\n\nb  histogram  s  -";
    assert_eq!(format!("{snapshot:#20}"), expected);
}

#[test]
fn removed_series_are_marked_and_follow_the_series_that_are_there() {
    let of_key = |name, key, value| {
        let metric = metric(name, MetricType::Counter, "s");
        metric.with(&[("key", Str(key))], Value::F64(value))
    };
    let mut visits = of_key("visits", "back", 0.5);
    visits.removed =
        of_key("visits", "gone", 20.0).with(&[("key", Str("back"))], Value::F64(3.0)).series;
    let mut gone = of_key("gone", "a", 7.0);
    gone.removed = std::mem::take(&mut gone.series);
    let mut size = metric("size", MetricType::Histogram, "By");
    size.removed = size.clone().with(&[], of(&[1.0])).series;
    assert_shows(
        [visits, gone, size],
        "
metric            kind     unit  labels    value
────────────────────────────────────────────────
gone (removed)    counter  s     key=a         7
visits            counter  s     key=back    0.5
visits (removed)  counter  s     key=back      3
                                 key=gone     20

histogram       unit  labels  count  sum  p50  p95  p99  min  max
─────────────────────────────────────────────────────────────────
size (removed)  By                1    1    1    1    1    1    1
",
    );
}

#[test]
fn states_and_old_names_are_marked() {
    const LABELS: &[LabelDescriptor] = &[LabelDescriptor::of::<bool>("live")];
    let states = Definition {
        name: "node.live",
        metric_type: MetricType::UpDownCounter,
        value_type: ValueType::I64,
        labels: LABELS,
        presentation: Some(const { &Presentation::PLAIN.states(&[]).was("live") }),
        ..*metric("", MetricType::Gauge, "").descriptor.definition()
    };
    let new = &*Box::leak(Box::new(Descriptor::new(states)));
    let old = &*Box::leak(Box::new(new.under_old_name().unwrap()));
    let of = |descriptor| {
        let series = [(false, 0), (true, 1)];
        series.into_iter().fold(MetricSnapshot::new(descriptor), |metric, (live, value)| {
            metric.with(&[("live", Bool(live))], Value::I64(value))
        })
    };
    assert_shows(
        [of(new), of(old), MetricSnapshot::new(old)],
        "
metric           kind   unit  labels      value
───────────────────────────────────────────────
live (old name)  state        live=false      0
                              live=true       1
node.live        state        live=false      0
                              live=true       1
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
fn a_letter_with_a_mark_never_looks_like_the_one_character() {
    let jobs = |second: &str| {
        metric("jobs", MetricType::Counter, "")
            .with(&[("at", Str("caf\u{e9}"))], Value::U64(1))
            .with(&[("at", Str(second))], Value::U64(2))
    };
    let shown = |second| Snapshot { metrics: vec![jobs(second)] }.to_string();
    let rows = |second| shown(second).lines().skip(2).map(str::to_owned).collect::<Vec<_>>();
    let alike = rows("cafe\u{301}");
    assert!(alike[0].contains(r#"at="cafe\u{301}""#), "{alike:?}");
    assert!(alike[1].contains("at=\"caf\u{e9}\""), "{alike:?}");
    // Nothing is escaped where no two texts look alike.
    let different = rows("cafe\u{301}s");
    assert!(different[0].contains("at=cafe\u{301}s"), "{different:?}");
}

#[test]
fn labels_of_different_types_never_look_alike() {
    let jobs = metric("jobs", MetricType::Counter, "")
        .with(&[("id", Int(1))], Value::U64(1))
        .with(&[("id", Str("1"))], Value::U64(2))
        .with(&[("id", Float(1.0))], Value::U64(3))
        .with(&[("id", Bool(true))], Value::U64(4))
        .with(&[("id", Str("true"))], Value::U64(5))
        .with(&[("id", Str("1 b=2"))], Value::U64(6))
        .with(&[("id", Int(1)), ("b", Int(2))], Value::U64(7))
        .with(&[("id=1", Int(2))], Value::U64(8))
        .with(&[("id", Str("1=2"))], Value::U64(9));
    let shown = Snapshot { metrics: vec![jobs] }.to_string();
    let expected = r#"
metric  kind     unit  labels      value
────────────────────────────────────────
jobs    counter        id=true         4
                       id=1            1
                       id=1 b=2        7
                       id=1.0          3
                       id="1"          2
                       id="1 b=2"      6
                       id="1=2"        9
                       id="true"       5
                       "id=1"=2        8"#;
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
metric  kind     unit  labels                        value
──────────────────────────────────────────────────────────
jobs    counter        "na\nme"=x                        6
                       query=""                          5
                       query="a\nb\u{0}c\u{1b}[31m"      2
                       query="say \"hi\""                4
                       query="two words"                 1
                       query="\u{202e}abc"               3
"#,
    );
}

#[test]
fn no_metrics_are_said_to_be_none() {
    assert_shows([], "no metrics");
}

#[test]
fn labels_of_mixed_types_have_one_order() {
    let series = |i: i64| {
        let value = match i % 3 {
            0 => Int(i * 7 % 101),
            1 => Bool(i % 2 == 0),
            _ => Int(0),
        };
        let text = format!("{}{}", i * 13 % 50, ["", "z"][usize::from(i % 2 == 0)]);
        let value = if i % 3 == 2 { Str(&text).to_value() } else { value.to_value() };
        Labels::new([("id".into(), value.unwrap())])
    };
    let mut all: Vec<Labels> = (0..300).map(series).collect();
    // The sort panics if it notices that the order is not total.
    all.sort_by(super::labels::compare);
    for (i, a) in all.iter().enumerate() {
        for b in &all[i..] {
            assert!(super::labels::compare(a, b).is_le(), "{a} {b}");
        }
    }
}
