//! Exemplars in the formats that have them. This program has exemplars on.

extern crate typed_metrics_core as typed_metrics;

#[path = "formats/protobuf.rs"]
#[allow(dead_code, reason = "shared with the tests of formats")]
mod protobuf;

use std::cell::RefCell;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::UNIX_EPOCH;
use std::{env, fs};

use typed_metrics::{
    CurrentSpan, Exemplar, ExemplarFilter, Metric, MetricType, Snapshot, attributes, record_metric,
    register_metric, set_exemplars, snapshot,
};
use typed_metrics_prometheus::{Escaping, Format, Naming, PrometheusHandler, Settings};

thread_local! {
    static SPAN: RefCell<Option<CurrentSpan>> = const { RefCell::new(None) };
}

/// Switches exemplars on for one test at a time.
fn my_turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    set_exemplars(ExemplarFilter::AlwaysOn, || SPAN.with_borrow(Clone::clone));
    turn
}

fn in_span(span: CurrentSpan, f: impl FnOnce()) {
    SPAN.set(Some(span));
    f();
    SPAN.set(None);
}

fn span() -> CurrentSpan {
    CurrentSpan::new([0xab; 16], [0x01; 8], true)
}

fn only(begin: &str) -> Snapshot {
    let mut part = Snapshot::default();
    part.metrics = snapshot().metrics;
    part.metrics.retain(|metric| metric.descriptor.name().starts_with(begin));
    part
}

fn encoded(format: Format, snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Vec::new();
    format.encode(snapshot, &Settings::default(), &mut out);
    out
}

fn text(format: Format, snapshot: &Snapshot) -> String {
    String::from_utf8(encoded(format, snapshot)).unwrap()
}

/// The time of an exemplar as OpenMetrics has it.
fn time(exemplar: &Exemplar) -> String {
    let since_epoch = exemplar.time.duration_since(UNIX_EPOCH).unwrap();
    format!("{}.{:03}", since_epoch.as_secs(), since_epoch.subsec_millis())
}

const IDS: &str = "trace_id=\"abababababababababababababababab\",span_id=\"0101010101010101\"";

const OPEN_METRICS: Format = Format::OpenMetrics(Escaping::Underscores);

#[test]
fn counters_and_buckets_have_exemplars_and_other_samples_have_none() {
    let _turn = my_turn();
    let size = Metric::histogram("marked.size").buckets([1, 10]);
    let size = register_metric("marked.size", size).unwrap();
    in_span(span(), || {
        record_metric("marked.orders", 3, MetricType::Counter, attributes!("a" => 1)).unwrap();
        record_metric("marked.level", 3, MetricType::Gauge, attributes!()).unwrap();
        size.record(0.5, attributes!()).unwrap();
        size.record(20, attributes!()).unwrap();
    });
    let snapshot = only("marked.");
    let of = |name: &str, at: usize| time(&snapshot.get(name).unwrap().series[0].exemplars[at]);
    let order = of("marked.orders", 0);
    let [small, large] = [0, 1].map(|at| of("marked.size", at));
    let expected = format!(
        "# TYPE marked_level gauge\n\
         marked_level 3.0\n\
         # TYPE marked_orders counter\n\
         marked_orders_total{{a=\"1\"}} 3.0 # {{{IDS}}} 3.0 {order}\n\
         # TYPE marked_size histogram\n\
         marked_size_bucket{{le=\"1.0\"}} 1 # {{{IDS}}} 0.5 {small}\n\
         marked_size_bucket{{le=\"10.0\"}} 1\n\
         marked_size_bucket{{le=\"+Inf\"}} 2 # {{{IDS}}} 20.0 {large}\n\
         marked_size_sum 20.5\n\
         marked_size_count 2\n\
         # EOF\n"
    );
    assert_eq!(text(OPEN_METRICS, &snapshot), expected);
    for plain in [Format::Text, Format::Text1(Escaping::Underscores)] {
        assert!(!text(plain, &snapshot).contains("trace_id"));
    }
    let second = text(Format::OpenMetrics2(Escaping::Underscores), &snapshot);
    let line = second.lines().find(|line| line.starts_with("marked_size ")).unwrap();
    let exemplars = format!(" # {{{IDS}}} 0.5 {small} # {{{IDS}}} 20.0 {large}");
    assert!(line.ends_with(&exemplars) && line.contains(" st@"), "{line}");
}

mod first {
    #[derive(typed_metrics_derive::Metrics)]
    #[metrics(crate = typed_metrics_core, prefix = "twin")]
    pub(crate) enum First {
        #[counter]
        Hits,
        #[histogram(buckets = [1, 10])]
        Size,
    }
}

mod second {
    #[derive(typed_metrics_derive::Metrics)]
    #[metrics(crate = typed_metrics_core, prefix = "twin")]
    pub(crate) enum Second {
        #[counter]
        Hits,
        #[histogram(buckets = [1, 10])]
        Size,
    }
}

#[test]
fn exemplars_of_both_definitions_of_a_metric_are_kept() {
    use first::First;
    use second::Second;

    let _turn = my_turn();
    // The first definition begins without an exemplar of its counter.
    set_exemplars(ExemplarFilter::AlwaysOff, || None);
    First::hits().inc();
    set_exemplars(ExemplarFilter::AlwaysOn, || SPAN.with_borrow(Clone::clone));
    in_span(span(), || {
        Second::hits().inc();
        First::size().record(0.5);
        Second::size().record(0.75);
        Second::size().record(20.0);
    });
    let handler = PrometheusHandler::builder().build().unwrap();
    let text = String::from_utf8(handler.render(OPEN_METRICS)).unwrap();
    let line = |begin: &str| text.lines().find(|line| line.starts_with(begin)).unwrap();
    // The linker determines which definition is the first one.
    for (begin, exemplars) in [
        ("twin_hits_total 2 ", &[" 1.0 "][..]),
        ("twin_size_bucket{le=\"1.0\"} 2 ", &[" 0.5 ", " 0.75 "]),
        ("twin_size_bucket{le=\"+Inf\"} 3 ", &[" 20.0 "]),
    ] {
        let is_expected =
            |exemplar: &&str| line(begin).starts_with(&format!("{begin}# {{{IDS}}}{exemplar}"));
        assert!(exemplars.iter().any(is_expected), "{text}");
    }
}

#[test]
fn protobuf_has_exemplars_also_in_the_bucket_without_a_limit() {
    let _turn = my_turn();
    let size = Metric::histogram("binary.size").buckets([1, 10]);
    let size = register_metric("binary.size", size).unwrap();
    in_span(span().label("user.id", 7), || {
        record_metric("binary.orders", 3, MetricType::Counter, attributes!()).unwrap();
        size.record(0.5, attributes!()).unwrap();
        size.record(20, attributes!()).unwrap();
    });
    let snapshot = only("binary.");
    let families = protobuf::decode(&encoded(Format::Protobuf(Escaping::Underscores), &snapshot));
    let check = |exemplar: &Option<protobuf::Exemplar>, value: f64, own: &Exemplar| {
        let exemplar = exemplar.as_ref().unwrap();
        assert_eq!(exemplar.value, Some(value));
        let labels: Vec<_> = exemplar
            .label
            .iter()
            .map(|label| (label.name.as_deref().unwrap(), label.value.as_deref().unwrap()))
            .collect();
        let ids = [
            ("trace_id", "abababababababababababababababab"),
            ("span_id", "0101010101010101"),
            ("user_id", "7"),
        ];
        assert_eq!(labels, ids);
        let since_epoch = own.time.duration_since(UNIX_EPOCH).unwrap();
        let time = exemplar.timestamp.unwrap();
        assert_eq!(u64::try_from(time.seconds).unwrap(), since_epoch.as_secs());
        assert_eq!(u32::try_from(time.nanos).unwrap(), since_epoch.subsec_nanos());
    };
    let of = |name: &str, at: usize| &snapshot.get(name).unwrap().series[0].exemplars[at];
    let counter = families[0].metric[0].counter.as_ref().unwrap();
    check(&counter.exemplar, 3.0, of("binary.orders", 0));
    let buckets = &families[1].metric[0].histogram.as_ref().unwrap().bucket;
    assert_eq!(buckets.len(), 3);
    check(&buckets[0].exemplar, 0.5, of("binary.size", 0));
    assert_eq!(buckets[1].exemplar, None);
    check(&buckets[2].exemplar, 20.0, of("binary.size", 1));
    assert_eq!(buckets[2].upper_bound, Some(f64::INFINITY));
    assert_eq!(buckets[2].cumulative_count, Some(2));
}

#[test]
fn a_native_histogram_has_its_exemplar_beside_its_buckets() {
    let _turn = my_turn();
    let size = Metric::histogram("native.size").exponential();
    let size = register_metric("native.size", size).unwrap();
    in_span(span(), || size.record(5, attributes!()).unwrap());
    let snapshot = only("native.");
    let [own] = &snapshot.get("native.size").unwrap().series[0].exemplars[..] else { panic!() };
    let families = protobuf::decode(&encoded(Format::Protobuf(Escaping::Underscores), &snapshot));
    let histogram = families[0].metric[0].histogram.as_ref().unwrap();
    assert_eq!((histogram.sample_count, histogram.positive_span.len()), (Some(1), 1));
    assert!(histogram.bucket.is_empty(), "{:?}", histogram.bucket);
    let [exemplar] = &histogram.exemplars[..] else { panic!("{:?}", histogram.exemplars) };
    assert_eq!((exemplar.value, exemplar.label.len()), (Some(5.0), 2));
    // Prometheus stores no exemplar of a native histogram without a time.
    let since_epoch = own.time.duration_since(UNIX_EPOCH).unwrap();
    let time = exemplar.timestamp.unwrap();
    assert_eq!(u64::try_from(time.seconds).unwrap(), since_epoch.as_secs());
    let line = text(Format::OpenMetrics2(Escaping::Underscores), &snapshot);
    let line = line.lines().find(|line| line.starts_with("native_size ")).unwrap().to_owned();
    let end = format!(" # {{{IDS}}} 5.0 {}", self::time(own));
    assert!(line.contains(",schema:") && line.ends_with(&end), "{line}");
}

#[test]
fn labels_that_do_not_fit_into_128_characters_are_left_out() {
    let _turn = my_turn();
    // 63 characters are those of the ids.
    let fits = "é".repeat(60);
    let span = span().label("much", "x".repeat(66)).label("much", fits.as_str()).label("a", 1);
    let span = span.label("trace_id", "other");
    in_span(span, || {
        record_metric("long.labels", 1, MetricType::Counter, attributes!()).unwrap();
    });
    let line = text(OPEN_METRICS, &only("long."));
    let line = line.lines().nth(1).unwrap().to_owned();
    assert!(line.contains(&format!("# {{{IDS},much=\"{fits}\"}} 1.0 ")), "{line}");
}

#[test]
fn a_measurement_outside_of_spans_and_hostile_labels_are_written_as_the_format_asks() {
    let _turn = my_turn();
    record_metric("bare.counter", 2, MetricType::Counter, attributes!()).unwrap();
    assert!(text(OPEN_METRICS, &only("bare.")).contains("bare_counter_total 2.0 # {} 2.0 1"));
    in_span(span().label("q\"\n\\", "v\"\n\\"), || {
        record_metric("hostile.counter", 2, MetricType::Counter, attributes!()).unwrap();
    });
    let utf8 = Settings::default().naming(Naming::default().utf8(true));
    let mut seen = Vec::new();
    Format::OpenMetrics(Escaping::AllowUtf8).encode(&only("hostile."), &utf8, &mut seen);
    let seen = String::from_utf8(seen).unwrap();
    let expected = format!(r#"# {{{IDS},"q\"\n\\"="v\"\n\\"}} 2.0 "#);
    assert!(seen.contains(&expected), "{seen}");
    let seen = text(OPEN_METRICS, &only("hostile."));
    assert!(seen.contains(&format!(r#"# {{{IDS},q_="v\"\n\\"}} 2.0 "#)), "{seen}");
}

#[test]
fn a_counter_without_its_suffix_has_no_exemplar_in_openmetrics_1() {
    let _turn = my_turn();
    in_span(span(), || {
        record_metric("bald.counter", 2, MetricType::Counter, attributes!()).unwrap();
    });
    let settings = Settings::default().naming(Naming::default().suffixes(false));
    let of = |format: Format| {
        let mut out = Vec::new();
        format.encode(&only("bald."), &settings, &mut out);
        String::from_utf8(out).unwrap()
    };
    assert_eq!(of(OPEN_METRICS), "# TYPE bald_counter unknown\nbald_counter 2.0\n# EOF\n");
    assert!(of(Format::OpenMetrics2(Escaping::Underscores)).contains(IDS));
}

#[test]
fn a_scrape_without_a_snapshot_has_the_last_exemplars() {
    let _turn = my_turn();
    in_span(span(), || {
        record_metric("live.exemplar", 2, MetricType::Counter, attributes!()).unwrap();
    });
    for _ in 0..2 {
        let mut out = Vec::new();
        OPEN_METRICS.encode_now(&Settings::default(), &mut out);
        let seen = String::from_utf8(out).unwrap();
        assert!(seen.contains(&format!("live_exemplar_total 2.0 # {{{IDS}}} 2.0 ")), "{seen}");
    }
}

/// Writes a scrape, and what it must contain, for `tests/prometheus/exemplars.py`.
#[test]
#[ignore = "`tests/prometheus/run` runs it"]
fn a_scrape_for_other_parsers() {
    let _turn = my_turn();
    let folder = env::var("PROMETHEUS_EXEMPLARS").expect("the folder to write to");
    let size = Metric::histogram("parsed.size").buckets([1, 10]);
    let size = register_metric("parsed.size", size).unwrap();
    // Without a quote, which the Python client does not expect in an exemplar.
    in_span(span().label("user", "b\\c\nd, {é}"), || {
        record_metric("parsed.orders", 3, MetricType::Counter, attributes!("a" => 1)).unwrap();
        for value in [0.5, 5.0, 50.0] {
            size.record(value, attributes!()).unwrap();
        }
    });
    record_metric("parsed.bare", 1, MetricType::Counter, attributes!()).unwrap();
    let snapshot = only("parsed.");
    fs::write(format!("{folder}/scrape.openmetrics"), encoded(OPEN_METRICS, &snapshot)).unwrap();
}
