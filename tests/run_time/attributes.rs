//! The attributes of run-time metrics: their forms, their values and their errors.

use std::collections::{BTreeMap, HashMap};
use std::net::Ipv4Addr;
use std::rc::Rc;

use serde::{Serialize, Serializer};
use typed_metrics::label::MAX_LABEL_LEN;
use typed_metrics::{
    DropReason, Error, IntoAttributes, Label, LabelRef, LabelValue, Labels, MAX_ATTRIBUTES,
    MetricType, attributes, record_metric, snapshot,
};

fn count(name: &str, attributes: impl IntoAttributes) -> Result<(), Error> {
    record_metric(name, 1, MetricType::Counter, attributes)
}

/// The labels and the value of each series of the metric `name`.
fn recorded(name: &str) -> Vec<(String, f64)> {
    let snapshot = snapshot();
    let series = snapshot.get(name).map_or(&[][..], |metric| &metric.series);
    series.iter().map(|series| (series.labels.to_string(), series.value.as_f64())).collect()
}

/// The labels of the only series of the metric `name`.
fn labels(name: &str) -> Labels {
    let snapshot = snapshot();
    let series = &snapshot.get(name).unwrap().series;
    assert_eq!(series.len(), 1, "{series:?}");
    series[0].labels.clone()
}

#[derive(Serialize)]
struct Job<'a> {
    queue: &'a str,
    shard: u8,
    ok: bool,
}

#[test]
fn every_form_of_the_same_attributes_is_the_same_series() {
    let name = "forms";
    let queue = String::from("mail");
    count(name, attributes!("queue" => queue, "shard" => 3, "ok" => true)).unwrap();
    count(name, attributes!("ok" => true, "queue" => "mail", "shard" => 3_i64,)).unwrap();
    let mixed = [
        ("queue", LabelRef::Str("mail")),
        ("shard", LabelRef::Int(3)),
        ("ok", LabelRef::Bool(true)),
    ];
    count(name, &mixed).unwrap();
    count(name, &mixed[..]).unwrap();
    count(name, &mixed.to_vec()).unwrap();
    count(name, &Job { queue: "mail", shard: 3, ok: true }).unwrap();
    count(name, &Some(Job { queue: "mail", shard: 3, ok: true })).unwrap();
    count(name, &mixed.into_iter().collect::<HashMap<_, _>>()).unwrap();
    count(name, &mixed.into_iter().collect::<BTreeMap<_, _>>()).unwrap();
    count(name, &labels(name)).unwrap();
    assert_eq!(recorded(name), [("ok=true queue=mail shard=3".to_owned(), 10.0)]);
}

#[test]
fn no_attributes_can_be_said_in_every_form() {
    let name = "none";
    count(name, attributes!()).unwrap();
    count(name, &()).unwrap();
    count(name, &None::<Job<'_>>).unwrap();
    count(name, &[] as &[(&str, &str)]).unwrap();
    count(name, &BTreeMap::<String, String>::new()).unwrap();
    count(name, attributes!("absent" => None::<&str>)).unwrap();
    assert_eq!(recorded(name), [(String::new(), 6.0)]);
}

#[derive(Clone, Copy, Label, Serialize)]
enum Endpoint {
    #[label(name = "check-out")]
    #[serde(rename = "check-out")]
    Checkout,
}

#[derive(Label, Serialize)]
struct Tenant(String);

#[test]
fn the_macro_takes_every_label_and_floats_and_borrows_them() {
    let tenant = Tenant("acme".to_owned());
    let shared: Rc<str> = "shared".into();
    // A `let` keeps the temporaries of the macro alive.
    let attributes = attributes!(
        "char" => 'c',
        "endpoint" => Endpoint::Checkout,
        "f32" => 0.5_f32,
        "f64" => 0.1 + 0.2,
        "huge" => u64::MAX,
        "rc" => shared,
        "some" => Some(2),
        "some_float" => Some(2.5),
        "temporary" => format!("{}-{}", 1, 2),
        "tenant" => tenant,
    );
    count("values.macro", attributes).unwrap();
    count("values.macro", attributes).unwrap();
    assert_eq!(
        labels("values.macro").to_string(),
        "char=c endpoint=check-out f32=0.5 f64=0.30000000000000004 huge=18446744073709551615 \
         rc=shared some=2 some_float=2.5 temporary=1-2 tenant=acme"
    );
    assert_eq!(tenant.0, "acme");
    assert_eq!(
        format!("{:?}", attributes!("a" => 1, "b" => "x")),
        r#"{"a": Int(1), "b": Str("x")}"#
    );
}

#[derive(Serialize)]
struct Values<'a> {
    r#bool: bool,
    signed: i64,
    big: u64,
    bigger: u128,
    small: i128,
    f32: f32,
    f64: f64,
    char: char,
    text: &'a str,
    unit: (),
    unit_struct: Marker,
    variant: Endpoint,
    newtype: Tenant,
    some: Option<u8>,
    none: Option<u8>,
    #[serde(rename = "http.address")]
    address: Ipv4Addr,
    #[serde(flatten)]
    more: BTreeMap<&'a str, i32>,
}

#[derive(Serialize)]
struct Marker;

#[test]
fn serde_values_become_attribute_values() {
    let values = Values {
        r#bool: false,
        signed: -7,
        big: u64::MAX,
        bigger: 5,
        small: i128::MIN,
        f32: 1.5,
        f64: f64::MAX,
        char: 'é',
        text: "line\nbreak\0",
        unit: (),
        unit_struct: Marker,
        variant: Endpoint::Checkout,
        newtype: Tenant("acme".to_owned()),
        some: Some(1),
        none: None,
        address: Ipv4Addr::LOCALHOST,
        more: BTreeMap::from([("more", 9)]),
    };
    count("values.serde", &values).unwrap();
    let labels = labels("values.serde");
    let text = |name: &str| match labels.get(name) {
        Some(LabelValue::Str(text)) => text.to_string(),
        other => panic!("{name}: {other:?}"),
    };
    assert_eq!(labels.get("bool"), Some(&LabelValue::Bool(false)));
    assert_eq!(labels.get("signed"), Some(&LabelValue::Int(-7)));
    assert_eq!(text("big"), u64::MAX.to_string());
    assert_eq!(labels.get("bigger"), Some(&LabelValue::Int(5)));
    assert_eq!(text("small"), i128::MIN.to_string());
    assert_eq!(labels.get("f32"), Some(&LabelValue::Float(1.5)));
    assert_eq!(labels.get("f64"), Some(&LabelValue::Float(f64::MAX)));
    assert_eq!(text("char"), "é");
    assert_eq!(text("text"), "line\nbreak\0");
    assert_eq!(labels.get("unit"), None);
    assert_eq!(text("unit_struct"), "Marker");
    assert_eq!(text("variant"), "check-out");
    assert_eq!(text("newtype"), "acme");
    assert_eq!(labels.get("some"), Some(&LabelValue::Int(1)));
    assert_eq!(labels.get("none"), None);
    assert_eq!(text("http.address"), "127.0.0.1");
    assert_eq!(labels.get("more"), Some(&LabelValue::Int(9)));
    assert_eq!(labels.len(), 15);
}

#[test]
fn a_float_is_found_again_by_its_bits() {
    for value in [f64::NAN, 0.0, -0.0, f64::NAN, 0.0, -0.0] {
        count("bits", attributes!("value" => value)).unwrap();
    }
    let expected = [("value=NaN", 2.0), ("value=0", 2.0), ("value=-0", 2.0)];
    assert_eq!(recorded("bits"), expected.map(|(labels, n)| (labels.to_owned(), n)));
}

#[test]
fn values_of_different_types_are_different_series() {
    count("types", attributes!("v" => 1)).unwrap();
    count("types", attributes!("v" => "1")).unwrap();
    count("types", attributes!("v" => 1.0)).unwrap();
    count("types", attributes!("v" => true)).unwrap();
    assert_eq!(recorded("types").len(), 4);
}

#[test]
fn long_text_is_cut_and_finds_its_series_again() {
    let long = "é".repeat(5 << 20);
    count("long", attributes!("text" => long)).unwrap();
    count("long", &[("text", &long)]).unwrap();
    count("long", attributes!("text" => long[..MAX_LABEL_LEN + 10].to_owned())).unwrap();
    assert_eq!(recorded("long"), [(format!("text={}", "é".repeat(MAX_LABEL_LEN / 2)), 3.0)]);
}

#[derive(Serialize)]
struct Nested<T> {
    queue: &'static str,
    inner: T,
}

#[derive(Serialize)]
struct Pair(u8, u8);

#[derive(Serialize)]
enum Shape {
    Newtype(u8),
    Tuple(u8, u8),
    Fields { side: u8 },
}

struct Bytes;

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(b"bytes")
    }
}

struct Failing;

impl Serialize for Failing {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("the lock is poisoned"))
    }
}

#[test]
fn a_nested_value_is_refused_by_the_name_of_its_field() {
    fn refused(inner: impl Serialize, found: &str) {
        let error = count("nested", &Nested { queue: "mail", inner }).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!(
                "metric `nested`: attribute `inner` is {found}; attributes are flat: give a \
                 string, a number, a boolean or nothing"
            )
        );
    }
    count("nested", attributes!("queue" => "mail")).unwrap();
    refused(Job { queue: "a", shard: 1, ok: true }, "the struct `Job`");
    refused(vec![1, 2], "a list");
    refused([1, 2], "a tuple or an array");
    refused((1, "a"), "a tuple or an array");
    refused(BTreeMap::from([("a", 1)]), "a map");
    refused(Pair(1, 2), "the struct `Pair` with unnamed fields");
    refused(Some(vec![1]), "a list");
    refused(Bytes, "a byte array");
    refused(Shape::Newtype(1), "the variant `Newtype` with a field");
    refused(Shape::Tuple(1, 2), "the variant `Tuple` with fields");
    refused(Shape::Fields { side: 1 }, "the variant `Fields` with fields");
    let error = count("nested", &[("inner", vec![1])]).unwrap_err();
    assert!(error.to_string().contains("attribute `inner` is a list"), "{error}");
    // All these measurements are counted as dropped, and none is recorded.
    assert_eq!(recorded("nested"), [("queue=mail".to_owned(), 1.0)]);
    assert_eq!(snapshot().get("nested").unwrap().dropped, [(DropReason::BadAttributes, 12)]);
}

#[test]
fn what_has_no_names_stands_for_no_attributes() {
    fn refused<T: Serialize + ?Sized>(attributes: &T, message: &str) {
        let error = count("nameless", attributes).unwrap_err();
        assert_eq!(error.to_string(), format!("metric `nameless`: {message}"));
    }
    let forms = "; give a struct, a map or a list of `(name, value)` pairs";
    refused("text", &format!("its attributes are a string{forms}"));
    refused(&5, &format!("its attributes are a number{forms}"));
    refused(&true, &format!("its attributes are a boolean{forms}"));
    let fields = "its attributes are the struct `Pair` with unnamed fields";
    refused(&Pair(1, 2), &format!("{fields}{forms}"));
    refused(
        &Shape::Fields { side: 1 },
        &format!("its attributes are the variant `Fields` with fields{forms}"),
    );
    let pairs = "; give `(name, value)` pairs";
    let element = |found| format!("an element of its list of attributes is {found}{pairs}");
    refused(&["text"], &element("a string"));
    refused(&[(1, 2, 3)], &element("a list whose length is not 2"));
    refused(&[BTreeMap::from([("a", 1)])], &element("a map"));
    refused(&[()], &element("nothing"));
    refused(&[(1, 2)], "the name of an attribute is not a string");
    refused(&BTreeMap::from([(vec![1], 1)]), "the name of an attribute is a list; give a string");
    refused(&Failing, "its attributes could not be serialized: the lock is poisoned");
    // A measurement with bad attributes registers no metric.
    assert!(snapshot().get("nameless").is_none());
}

#[test]
fn a_name_that_breaks_the_rule_is_refused() {
    for (name, rule) in [
        ("", "it is empty; give it at least one letter"),
        ("1st", "it begins with '1'; names begin with an ASCII letter"),
        ("otel.metric.overflow", "it is reserved for OpenTelemetry; choose another"),
        ("le", "it is reserved for Prometheus; choose another"),
    ] {
        let message = format!("metric `names`: attribute name {name:?} cannot be used: {rule}");
        let pair = [(name, 1)];
        assert_eq!(count("names", attributes!(name => 1)).unwrap_err().to_string(), message);
        assert_eq!(count("names", &pair).unwrap_err().to_string(), message);
        assert_eq!(count("names", &BTreeMap::from(pair)).unwrap_err().to_string(), message);
    }
    let long = "n".repeat(10 << 20);
    let error = count("names", attributes!(&long => 1)).unwrap_err().to_string();
    assert!(error.contains("the longest allowed is 255"));
    assert!(error.len() < 2000, "the name is cut in the message");
}

#[test]
fn a_name_given_twice_is_refused() {
    let message = "metric `twice`: attribute `a` is given twice; give it once";
    for error in [
        count("twice", attributes!("a" => 1, "b" => 2, "a" => 3)).unwrap_err(),
        count("twice", &[("a", 1), ("a", 1)]).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn there_are_at_most_so_many_attributes() {
    let many = |n: usize| (0..n).map(|i| (format!("a{i}"), i)).collect::<Vec<_>>();
    count("many", &many(MAX_ATTRIBUTES)).unwrap();
    assert_eq!(labels("many").len(), 128);
    let error = count("many", &many(MAX_ATTRIBUTES + 1)).unwrap_err();
    assert!(error.to_string().contains("it has more than 128 attributes"), "{error}");
}

#[test]
fn what_serializes_attributes_may_itself_record() {
    struct Recording;
    impl Serialize for Recording {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            count("inner", attributes!("inner" => 1)).unwrap();
            serializer.serialize_str("value")
        }
    }
    count("outer", &Nested { queue: "mail", inner: Recording }).unwrap();
    assert_eq!(recorded("inner"), [("inner=1".to_owned(), 1.0)]);
    assert_eq!(recorded("outer"), [("inner=value queue=mail".to_owned(), 1.0)]);
}

mod no_prelude_is_needed {
    #![no_implicit_prelude]

    #[test]
    fn the_macro_names_everything_by_path() {
        let recorded = ::typed_metrics::record_metric(
            "no_prelude",
            1,
            ::typed_metrics::MetricType::Gauge,
            ::typed_metrics::attributes!("a" => 1),
        );
        ::std::assert!(recorded.is_ok());
    }
}
