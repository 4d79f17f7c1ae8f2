//! The data of the page: a snapshot as JSON.
//!
//! ```json
//! {
//!   "process": { "name": "shop", "pid": 4711, "id": "9c1e0b2f6a7d4e58", "uptime": 12.345 },
//!   "time": 1764264273000,
//!   "metrics": [{
//!     "name": "requests", "kind": "counter", "unit": "{request}", "description": "Requests.",
//!     "limit": 2000, "source": "src/metrics.rs:12",
//!     "labels": ["route", "status"],
//!     "series": [[["/", 200], 31], [["/cart", null], 7]]
//!   }]
//! }
//! ```
//!
//! A series is its label values, in the order of `labels`, and its value. `null` means that the
//! series lacks the label. The value of a histogram is `[count, sum, min, max, [bucket, …]]`, and
//! the metric has `boundaries` then. Of an exponential histogram, the metric has `exponential`, and
//! the buckets are `[zeros, scale, [index, count, …], [index, count, …]]`: those below and above
//! zero, each list with the index of its first bucket. A metric with states has `state`, the name
//! of the label with the state. `dropped` lists reasons and counts.

use std::time::SystemTime;

use std::borrow::Cow;

use serde::ser::{SerializeSeq, SerializeTuple};
use serde::{Serialize, Serializer};
use typed_metrics_core::{
    ExponentialBuckets, LabelRef, MetricSnapshot, SeriesSnapshot, Snapshot, Value,
};

use super::number::Number;
use super::process::Process;

/// The snapshot as the page reads it.
pub(crate) fn data(snapshot: &Snapshot) -> Vec<u8> {
    let metrics = snapshot.metrics.iter().map(Metric::new).collect();
    let data = Data { process: Process::now(), time: now(), metrics };
    // Writing to memory has no errors, and neither has the serialization of these types.
    serde_json::to_vec(&data).unwrap_or_default()
}

/// Milliseconds since the Unix epoch.
fn now() -> u64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

#[derive(Serialize)]
struct Data<'a> {
    process: Process,
    time: u64,
    metrics: Vec<Metric<'a>>,
}

#[derive(Serialize)]
struct Metric<'a> {
    /// With the scope in brackets, if there is one.
    name: Cow<'a, str>,
    kind: &'a str,
    unit: &'a str,
    description: &'a str,
    limit: usize,
    source: String,
    labels: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    state: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    boundaries: &'a [f64],
    #[serde(skip_serializing_if = "is_false")]
    exponential: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    dropped: Vec<(String, Number)>,
    series: Vec<Series<'a>>,
}

impl<'a> Metric<'a> {
    fn new(metric: &'a MetricSnapshot) -> Self {
        let descriptor = metric.descriptor;
        let labels = label_names(metric);
        let source = descriptor.source();
        let dropped = metric.dropped.iter();
        let dropped = dropped.map(|(reason, count)| (reason.to_string(), Number::U64(*count)));
        let series = metric.series.iter();
        Self {
            name: match descriptor.scope() {
                Some(scope) => format!("{} [{}]", descriptor.name(), scope.name()).into(),
                None => descriptor.name().into(),
            },
            kind: descriptor.metric_type().as_str(),
            unit: descriptor.unit(),
            description: descriptor.description(),
            limit: descriptor.series_limit(),
            source: match source.file {
                "" => source.item.to_owned(),
                file => format!("{file}:{}", source.line),
            },
            boundaries: descriptor.boundaries(),
            exponential: metric.series.iter().any(|series| is_exponential(&series.value)),
            dropped: dropped.collect(),
            series: series.map(|series| Series::new(series, &labels)).collect(),
            labels,
            state: descriptor.state_label(),
        }
    }
}

fn is_exponential(value: &Value) -> bool {
    value.as_histogram().is_some_and(|histogram| histogram.exponential.is_some())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(value: &bool) -> bool {
    !value
}

/// The names of all labels: those of the definition, and then those that only some series have.
fn label_names(metric: &MetricSnapshot) -> Vec<&str> {
    let mut names: Vec<&str> =
        metric.descriptor.labels().iter().map(|label| label.name()).collect();
    for series in &metric.series {
        for (name, _) in series.labels.iter() {
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

struct Series<'a> {
    series: &'a SeriesSnapshot,
    /// For each label of the metric, its value.
    labels: Vec<LabelRef<'a>>,
}

impl<'a> Series<'a> {
    fn new(series: &'a SeriesSnapshot, names: &[&str]) -> Self {
        let value = |name: &&str| series.labels.get(name).map_or(LabelRef::Absent, |v| v.as_ref());
        Self { series, labels: names.iter().map(value).collect() }
    }
}

impl Serialize for Series<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut pair = serializer.serialize_tuple(2)?;
        pair.serialize_element(&LabelValues(&self.labels))?;
        pair.serialize_element(&SeriesValue(&self.series.value))?;
        pair.end()
    }
}

struct LabelValues<'a>(&'a [LabelRef<'a>]);

impl Serialize for LabelValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut values = serializer.serialize_seq(Some(self.0.len()))?;
        for value in self.0 {
            match *value {
                LabelRef::Int(value) => values.serialize_element(&Number::I64(value))?,
                LabelRef::Float(value) => values.serialize_element(&Number::F64(value))?,
                LabelRef::List(list) => values.serialize_element(&list.to_string())?,
                // A label that is absent is `null`.
                value => values.serialize_element(&value)?,
            }
        }
        values.end()
    }
}

struct SeriesValue<'a>(&'a Value);

impl Serialize for SeriesValue<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number = match self.0 {
            Value::U64(value) => Number::U64(*value),
            Value::I64(value) => Number::I64(*value),
            Value::Histogram(histogram) => {
                let [sum, min, max] =
                    [histogram.sum, histogram.min, histogram.max].map(Number::F64);
                let count = Number::U64(histogram.count);
                let Some(exponential) = &histogram.exponential else {
                    let buckets = numbers(&histogram.buckets);
                    return (count, sum, min, max, buckets).serialize(serializer);
                };
                let ExponentialBuckets { scale, zeros, negative, positive, .. } = &**exponential;
                let [below, above] = [negative, positive].map(|range| {
                    let first = Number::I64(range.offset.into());
                    [vec![first], numbers(&range.counts)].concat()
                });
                let buckets = (Number::U64(*zeros), scale, below, above);
                return (count, sum, min, max, buckets).serialize(serializer);
            }
            other => Number::F64(other.as_f64()),
        };
        number.serialize(serializer)
    }
}

fn numbers(counts: &[u64]) -> Vec<Number> {
    counts.iter().copied().map(Number::U64).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;
    use typed_metrics_core::label::MAX_LABEL_LEN;
    use typed_metrics_core::{
        Metric as Definition, MetricType, ValueType, attributes, record_metric, register_metric,
        snapshot,
    };
    use typed_metrics_derive::{Label, Metrics};

    use super::*;

    /// A metric as the page gets it. The line of the source is left out.
    fn json(name: &str) -> String {
        let snapshot = snapshot();
        let metric = Metric::new(snapshot.get(name).unwrap());
        assert!(metric.source.contains("data.rs:"), "{}", metric.source);
        serde_json::to_string(&Metric { source: String::new(), ..metric }).unwrap()
    }

    /// The series of a metric, from the data of everything.
    fn series(name: &str) -> Vec<Json> {
        let data: Json = serde_json::from_slice(&data(&snapshot())).unwrap();
        let metrics = data["metrics"].as_array().unwrap();
        let metric = metrics.iter().find(|metric| metric["name"] == name).unwrap();
        metric["series"].as_array().unwrap().clone()
    }

    #[test]
    fn a_counter_has_its_definition_and_its_series() {
        let metric = Definition::counter("page.requests")
            .unit("{request}")
            .value_type(ValueType::U64)
            .description("Requests \"answered\".");
        let requests = register_metric("page.requests", metric).unwrap();
        requests.record(3, attributes!("route" => "/", "status" => 200)).unwrap();
        requests.record(1, attributes!("route" => "/cart", "cached" => true)).unwrap();
        requests.record((1u64 << 53) + 1, attributes!()).unwrap();
        assert_eq!(
            json("page.requests"),
            r#"{"name":"page.requests","kind":"counter","unit":"{request}","#.to_owned()
                + r#""description":"Requests \"answered\".","limit":2000,"source":"","#
                + r#""labels":["route","status","cached"],"series":["#
                + r#"[["/",200,null],3],[["/cart",null,true],1],"#
                + r#"[[null,null,null],"9007199254740993"]]}"#
        );
    }

    #[test]
    fn a_histogram_has_its_boundaries_and_buckets() {
        let metric = Definition::histogram("page.size").unit("By").buckets([10.0, 20.5]);
        let size = register_metric("page.size", metric).unwrap();
        for value in [1, 10, 11, 4000] {
            size.record(value, attributes!()).unwrap();
        }
        assert_eq!(
            json("page.size"),
            r#"{"name":"page.size","kind":"histogram","unit":"By","description":"","#.to_owned()
                + r#""limit":2000,"source":"","labels":[],"boundaries":[10.0,20.5],"#
                + r#""series":[[[],[4,4022.0,1.0,4000.0,[2,1,1]]]]}"#
        );
    }

    #[derive(Clone, Copy, Label)]
    #[label(crate = typed_metrics_core)]
    enum Link {
        Up,
        Down,
    }

    #[derive(Metrics)]
    #[metrics(prefix = "page", crate = typed_metrics_core)]
    enum Page {
        #[state]
        Link { peer: u8, link: Link },
    }

    #[test]
    fn a_metric_with_states_has_the_label_with_the_state() {
        Page::link(1).set(Link::Up);
        Page::link(1).set(Link::Down);
        assert!(json("page.link").ends_with(
            r#""labels":["peer","link"],"state":"link","series":[[[1,"up"],0],[[1,"down"],1]]}"#
        ));
    }

    #[test]
    fn an_exponential_histogram_has_its_scale_and_its_buckets() {
        let metric = Definition::histogram("page.spread").exponential();
        let spread = register_metric("page.spread", metric).unwrap();
        for value in [0.0, 1.5, 1.75, 1.75, -64.0, 100.0] {
            spread.record(value, attributes!()).unwrap();
        }
        let json: Json = serde_json::from_str(&json("page.spread")).unwrap();
        assert_eq!((&json["exponential"], &json["boundaries"]), (&Json::Bool(true), &Json::Null));
        let value = &json["series"][0][1];
        assert_eq!(value[0], 6);
        let [zeros, scale, below, above] = &value[4].as_array().unwrap()[..] else { panic!() };
        assert_eq!((zeros, scale, below), (&1.into(), &4.into(), &serde_json::json!([95, 1])));
        let above = above.as_array().unwrap();
        // The index of the first bucket, and then the counts from 1.5 to 100.
        assert_eq!((&above[0], &above[1], above.len()), (&9.into(), &1.into(), 1 + 98));
        let counted: u64 = above[1..].iter().map(|count| count.as_u64().unwrap()).sum();
        assert_eq!(counted, 4);
    }

    #[test]
    fn a_metric_without_values_has_no_series() {
        register_metric("page.never", Definition::gauge("page.never").unit("1")).unwrap();
        assert_eq!(
            json("page.never"),
            r#"{"name":"page.never","kind":"gauge","unit":"1","description":"","limit":2000,"#
                .to_owned()
                + r#""source":"","labels":[],"series":[]}"#
        );
    }

    #[test]
    fn dropped_and_overflowing_measurements_are_listed() {
        let metric = Definition::counter("page.tight").series_limit(2);
        let tight = register_metric("page.tight", metric).unwrap();
        for n in 0..4 {
            tight.record(1, attributes!("n" => n)).unwrap();
        }
        let _ = tight.record(-1, attributes!("n" => 0));
        let json: Json = serde_json::from_str(&json("page.tight")).unwrap();
        let dropped = json["dropped"].as_array().unwrap();
        let of = |reason: &str| {
            dropped.iter().find(|pair| pair[0].as_str().unwrap().contains(reason)).map(|p| &p[1])
        };
        assert_eq!(of("negative"), Some(&Json::from(1)), "{json}");
        assert!(of("over the series limit").is_some(), "{json}");
        assert_eq!(json["labels"], serde_json::json!(["n", "otel.metric.overflow"]));
        let series = json["series"].as_array().unwrap();
        assert_eq!(series.last().unwrap()[0], serde_json::json!([null, true]), "{json}");
    }

    #[test]
    fn the_process_is_named_and_the_time_is_now() {
        let before = now();
        let data: Json = serde_json::from_slice(&data(&snapshot())).unwrap();
        assert!((before..=now()).contains(&data["time"].as_u64().unwrap()), "{data}");
        assert_eq!(data["process"]["pid"], Json::from(std::process::id()));
        assert!(data["process"]["uptime"].as_f64().unwrap() > 0.0, "{data}");
    }

    /// Texts that end strings, markup or lines of text, or that change the direction of text.
    const HOSTILE: &[&str] = &[
        "",
        "\"",
        "\\",
        "\\\"",
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\u{0}\u{1}\u{1f}\u{7f}\u{85}",
        "a\nb\r\tc",
        "\u{2028}\u{2029}\u{feff}",
        "\u{202e}gnp.exe\u{2066}",
        "${1+1} {{x}} %s",
        "👩‍👩‍👧 ñ 日本",
        "null",
        "9007199254740993",
    ];

    #[test]
    fn every_text_is_read_back_as_it_was() {
        let mut random = fastrand::Rng::with_seed(15);
        let mut texts: Vec<String> = HOSTILE.iter().map(|&text| text.to_owned()).collect();
        texts.extend((0..500).map(|_| {
            let length = random.usize(..40);
            // Half of the characters are ASCII, where most special characters are.
            let any = |random: &mut fastrand::Rng| {
                if random.bool() { char::from(random.u8(..128)) } else { random.char(..) }
            };
            (0..length).map(|_| any(&mut random)).collect()
        }));
        texts.sort();
        texts.dedup();
        let metric = Definition::counter("page.texts").value_type(ValueType::U64);
        let counter = register_metric("page.texts", metric).unwrap();
        for (number, text) in texts.iter().enumerate() {
            counter.record(number + 1, attributes!("text" => text.as_str())).unwrap();
        }
        let found = series("page.texts");
        assert_eq!(found.len(), texts.len());
        for row in found {
            let number = usize::try_from(row[1].as_u64().unwrap()).unwrap();
            assert_eq!(row[0][0].as_str().unwrap(), texts[number - 1]);
        }
    }

    #[test]
    fn a_long_text_is_sent_as_it_was_recorded() {
        let long = "\u{202e}<b>".repeat(4000);
        record_metric("page.long", 1, MetricType::Counter, attributes!("text" => long.as_str()))
            .unwrap();
        let found = series("page.long");
        let text = found[0][0][0].as_str().unwrap();
        assert!(long.starts_with(text) && text.len() > MAX_LABEL_LEN - 4, "{}", text.len());
    }

    #[test]
    fn labels_keep_their_types() {
        let typed = register_metric("page.typed", Definition::counter("page.typed")).unwrap();
        typed.record(1, attributes!("value" => true)).unwrap();
        typed.record(1, attributes!("value" => "true")).unwrap();
        typed.record(1, attributes!("value" => -7)).unwrap();
        typed.record(1, attributes!("value" => i64::MIN)).unwrap();
        typed.record(1, attributes!("value" => 0.5)).unwrap();
        let found = series("page.typed");
        let found: Vec<_> = found.iter().map(|row| row[0][0].to_string()).collect();
        let expected = ["true", r#""true""#, "-7", r#""-9223372036854775808""#, "0.5"];
        assert_eq!(found, expected);
    }
}
