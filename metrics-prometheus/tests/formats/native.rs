//! Exponential histograms: native ones in protobuf and OpenMetrics 2.0, one bucket in the others.

use std::collections::BTreeMap;

use typed_metrics_core::{
    ExponentialBuckets, ExponentialRange, LabelRef, Metric, SeriesSnapshot, Snapshot, Value,
    register_metric, snapshot,
};
use typed_metrics_prometheus::{Escaping, Format, Settings};

use crate::protobuf::{BucketSpan, Histogram, decode};

fn range((offset, counts): (i32, &[u64])) -> ExponentialRange {
    let mut range = ExponentialRange::default();
    (range.offset, range.counts) = (offset, counts.to_vec());
    range
}

fn buckets(
    scale: i32,
    zeros: u64,
    negative: (i32, &[u64]),
    positive: (i32, &[u64]),
) -> ExponentialBuckets {
    let mut buckets = ExponentialBuckets::default();
    (buckets.scale, buckets.zeros) = (scale, zeros);
    (buckets.negative, buckets.positive) = (range(negative), range(positive));
    buckets
}

pub(crate) fn count(buckets: &ExponentialBuckets) -> u64 {
    let inside = [&buckets.negative, &buckets.positive].into_iter().flat_map(|r| &r.counts);
    buckets.zeros + inside.sum::<u64>()
}

/// A snapshot of one histogram, with these buckets in its series, by the value of a label.
fn of(name: &'static str, series: &[(LabelRef<'_>, &ExponentialBuckets)]) -> Snapshot {
    let metric = register_metric(name, Metric::histogram(name).exponential()).unwrap();
    for (label, _) in series {
        metric.record(1, &[("a", *label)]).unwrap();
    }
    let mut part = Snapshot::default();
    part.metrics = snapshot().metrics;
    part.metrics.retain(|metric| metric.descriptor.name() == name);
    for (place, (_, buckets)) in part.metrics[0].series.iter_mut().zip(series) {
        set(place, buckets);
    }
    part
}

/// Gives the series these buckets.
fn set(series: &mut SeriesSnapshot, buckets: &ExponentialBuckets) {
    let Value::Histogram(histogram) = &mut series.value else { panic!() };
    histogram.count = count(buckets);
    histogram.sum = 2.5;
    histogram.min = if buckets.negative.counts.is_empty() { 0.0 } else { -1.0 };
    histogram.buckets = vec![count(buckets)];
    histogram.exponential = Some(Box::new(buckets.clone()));
}

fn bytes(format: Format, snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Vec::new();
    format.encode(snapshot, &Settings::default(), &mut out);
    out
}

fn text(format: Format, snapshot: &Snapshot) -> String {
    String::from_utf8(bytes(format, snapshot)).unwrap()
}

/// The only series of a metric in protobuf.
fn protobuf(name: &'static str, buckets: &ExponentialBuckets) -> Histogram {
    let scrape =
        bytes(Format::Protobuf(Escaping::Underscores), &of(name, &[(LabelRef::Str("x"), buckets)]));
    let families = decode(&scrape);
    assert_eq!((families.len(), families[0].metric.len()), (1, 1));
    families[0].metric[0].histogram.clone().unwrap()
}

/// The counts of native buckets, by index.
fn native(spans: &[BucketSpan], deltas: &[i64]) -> BTreeMap<i32, u64> {
    let counts = deltas.iter().scan(0, |count, delta| {
        *count += delta;
        Some(u64::try_from(*count).unwrap())
    });
    by_index(spans.iter().map(|span| (span.offset.unwrap(), span.length.unwrap())), counts)
}

/// Counts by index, from spans of buckets.
fn by_index(
    spans: impl Iterator<Item = (i32, u32)>,
    mut counts: impl Iterator<Item = u64>,
) -> BTreeMap<i32, u64> {
    let mut index = 0;
    let mut by_index = BTreeMap::new();
    for (offset, length) in spans {
        index += offset;
        for _ in 0..length {
            by_index.insert(index, counts.next().unwrap());
            index += 1;
        }
    }
    assert_eq!(counts.next(), None);
    by_index
}

/// The parts of a native histogram.
#[derive(Debug, PartialEq)]
pub(crate) struct Parts {
    count: u64,
    sum: u64,
    schema: i32,
    zero_threshold: f64,
    zeros: u64,
    /// Without empty buckets.
    sides: [BTreeMap<i32, u64>; 2],
}

impl Parts {
    /// What a scraper must read of these values.
    pub(crate) fn expected(buckets: &ExponentialBuckets, sum: f64) -> Self {
        let schema = buckets.scale.min(8);
        let side = |range| expected(range, buckets.scale - schema);
        Self {
            count: count(buckets),
            sum: sum.to_bits(),
            schema,
            zero_threshold: buckets.zero_threshold,
            zeros: buckets.zeros,
            sides: [side(&buckets.negative), side(&buckets.positive)],
        }
    }

    pub(crate) fn of_protobuf(histogram: &Histogram) -> Self {
        assert_eq!(histogram.bucket.len(), 0);
        assert!(histogram.created_timestamp.unwrap().seconds > 1_700_000_000);
        let mut sides = [
            native(&histogram.negative_span, &histogram.negative_delta),
            native(&histogram.positive_span, &histogram.positive_delta),
        ];
        sides.iter_mut().for_each(|side| side.retain(|_, count| *count > 0));
        Self {
            count: histogram.sample_count.unwrap(),
            sum: histogram.sample_sum.unwrap().to_bits(),
            schema: histogram.schema.unwrap(),
            zero_threshold: histogram.zero_threshold.unwrap(),
            zeros: histogram.zero_count.unwrap(),
            sides,
        }
    }

    /// The parts of a value in OpenMetrics 2.0; `None` if it is not one.
    pub(crate) fn of_open_metrics_2(value: &str) -> Option<Self> {
        let mut rest = value.strip_prefix('{')?.strip_suffix('}')?;
        let mut part = |name: &str| -> Option<String> {
            let value = rest.strip_prefix(name)?.strip_prefix(':')?;
            let end = match value.strip_prefix('[') {
                Some(list) => list.find(']')? + 2,
                None => value.find(',').unwrap_or(value.len()),
            };
            let (part, after) = value.split_at(end);
            rest = after.strip_prefix(',').unwrap_or(after);
            Some(part.trim_matches(['[', ']']).to_owned())
        };
        let parts = Self {
            count: part("count")?.parse().ok()?,
            sum: part("sum")?.parse::<f64>().ok()?.to_bits(),
            schema: part("schema")?.parse().ok()?,
            zero_threshold: part("zero_threshold")?.parse().ok()?,
            zeros: part("zero_count")?.parse().ok()?,
            sides: ["negative", "positive"].map(|side| {
                let Some(spans) = part(&format!("{side}_spans")) else { return BTreeMap::new() };
                let counts = part(&format!("{side}_buckets")).unwrap();
                let spans = spans.split(',').map(|span| {
                    let (offset, length) = span.split_once(':').unwrap();
                    (offset.parse().unwrap(), length.parse().unwrap())
                });
                by_index(spans, counts.split(',').map(|count| count.parse().unwrap()))
            }),
        };
        // Nothing else follows.
        (rest.is_empty()).then_some(parts)
    }
}

/// The counts at a schema: Prometheus' indices are greater by one.
fn expected(range: &ExponentialRange, less: i32) -> BTreeMap<i32, u64> {
    let mut counts = BTreeMap::new();
    for (index, count) in (range.offset..).zip(&range.counts).filter(|(_, count)| **count > 0) {
        *counts.entry((index >> less) + 1).or_default() += count;
    }
    counts
}

#[test]
fn text_has_one_bucket_with_count_and_sum() {
    let part =
        of("native.text", &[(LabelRef::Str("x"), &buckets(3, 1, (0, &[]), (7, &[2, 0, 4])))]);
    let samples = "native_text_bucket{a=\"x\",le=\"+Inf\"} 7\n\
                   native_text_sum{a=\"x\"} 2.5\n\
                   native_text_count{a=\"x\"} 7\n";
    let head = "# TYPE native_text histogram\n";
    for format in [Format::Text, Format::Text1(Escaping::AllowUtf8)] {
        assert_eq!(text(format, &part), format!("{head}{samples}"));
    }
    let open_metrics = text(Format::OpenMetrics(Escaping::Underscores), &part);
    assert_eq!(open_metrics, format!("{head}{samples}# EOF\n"));
}

#[test]
fn open_metrics_2_has_spans_and_counts() {
    let of_both = &buckets(-1, 3, (-9, &[2]), (-2, &[1, 0, 0, 5, 6]));
    let part = of("native.both", &[(LabelRef::Str("x"), of_both)]);
    let written = text(Format::OpenMetrics2(Escaping::AllowUtf8), &part);
    let value = "native_both{a=\"x\"} {count:17,sum:2.5,schema:-1,zero_threshold:0.0,zero_count:3,\
                 negative_spans:[-8:1],negative_buckets:[2],\
                 positive_spans:[-1:1,2:2],positive_buckets:[1,5,6]} st@";
    assert!(written.lines().any(|line| line.starts_with(value)), "{written}");
    let part = of("native.zeros", &[(LabelRef::Str("x"), &buckets(20, 3, (0, &[]), (0, &[])))]);
    let written = text(Format::OpenMetrics2(Escaping::AllowUtf8), &part);
    let value = "{count:3,sum:2.5,schema:8,zero_threshold:0.0,zero_count:3} st@";
    assert!(written.contains(value), "{written}");
}

#[test]
fn protobuf_has_spans_and_differences_and_no_classic_bucket() {
    let mut recorded = buckets(3, 4, (-2, &[9]), (5, &[1, 3, 0, 0, 2, 0, 0, 0, 7]));
    recorded.zero_threshold = 1e-3;
    let found = protobuf("native.protobuf", &recorded);
    let span = |offset, length| BucketSpan { offset: Some(offset), length: Some(length) };
    assert_eq!((found.sample_count, found.sample_sum), (Some(26), Some(2.5)));
    assert_eq!((found.schema, found.zero_threshold), (Some(3), Some(1e-3)));
    assert_eq!((found.zero_count, found.bucket.len()), (Some(4), 0));
    assert_eq!((found.negative_span, found.negative_delta), (vec![span(-1, 1)], vec![9]));
    // Two empty buckets are part of a span, three are not.
    assert_eq!(found.positive_span, [span(6, 5), span(3, 1)]);
    assert_eq!(found.positive_delta, [1, 2, -3, 0, 2, 5]);
    assert!(found.created_timestamp.unwrap().seconds > 1_700_000_000);
}

#[test]
fn an_empty_histogram_is_a_native_one_too() {
    let found = protobuf("native.empty", &ExponentialBuckets::default());
    let span = BucketSpan { offset: Some(0), length: Some(0) };
    assert_eq!((found.positive_span, found.negative_span), (vec![span], vec![]));
}

#[test]
fn buckets_wider_than_those_of_prometheus_are_left_out() {
    let wide = &buckets(-5, 1, (0, &[]), (-1, &[2, 3]));
    let found = protobuf("native.wide", wide);
    assert_eq!((found.sample_count, found.schema), (Some(6), None));
    assert_eq!((found.zero_count, found.positive_span.len()), (None, 0));
    let part = of("native.wide", &[(LabelRef::Str("x"), wide)]);
    let written = text(Format::OpenMetrics2(Escaping::AllowUtf8), &part);
    assert!(written.contains("{count:6,sum:2.5,bucket:[+Inf:6]} st@"), "{written}");
}

#[test]
fn zeros_alone_fit_every_schema() {
    let found = protobuf("native.zeros", &buckets(-5, 3, (0, &[]), (0, &[])));
    assert_eq!((found.sample_count, found.schema, found.zero_count), (Some(3), Some(8), Some(3)));
    // They do not make the buckets of a series with equal labels wider.
    let (zeros, values) = (buckets(-5, 3, (0, &[]), (0, &[])), buckets(6, 0, (0, &[]), (7, &[2])));
    let series = [(LabelRef::Str("1"), &zeros), (LabelRef::Int(1), &values)];
    let part = of("native.zeros_merged", &series);
    let written = text(Format::OpenMetrics2(Escaping::AllowUtf8), &part);
    let value = "{count:5,sum:5.0,schema:6,zero_threshold:0.0,zero_count:3,\
                 positive_spans:[8:1],positive_buckets:[2]}";
    assert!(written.contains(value), "{written}");
}

#[test]
fn series_with_equal_labels_can_be_too_wide_together() {
    let counts = &[1; 90][..];
    let [positive, negative] =
        [buckets(-4, 0, (0, &[]), (-50, counts)), buckets(-4, 0, (-50, counts), (0, &[]))];
    let series = [(LabelRef::Str("1"), &positive), (LabelRef::Int(1), &negative)];
    let part = of("native.wide_together", &series);
    let found = decode(&bytes(Format::Protobuf(Escaping::Underscores), &part));
    let found = found[0].metric[0].histogram.as_ref().unwrap();
    assert_eq!((found.sample_count, found.schema), (Some(180), None));
    let written = text(Format::OpenMetrics2(Escaping::AllowUtf8), &part);
    assert!(written.contains("{count:180,sum:5.0,bucket:[+Inf:180]} st@"), "{written}");
}

#[test]
fn random_histograms_keep_all_counts() {
    let mut random = fastrand::Rng::with_seed(14);
    let recorded = buckets(0, 1, (0, &[]), (0, &[]));
    let mut part = of("native.random", &[(LabelRef::Str("x"), &recorded)]);
    for _ in 0..1000 {
        let counts = |random: &mut fastrand::Rng| {
            let counts: Vec<u64> = (0..random.usize(0..=160))
                .map(|_| u64::from(random.bool()) * (random.u64(1..=9) << random.u8(..40)))
                .collect();
            let begin = counts.iter().position(|count| *count > 0).unwrap_or(counts.len());
            let end = counts.iter().rposition(|count| *count > 0).map_or(begin, |last| last + 1);
            counts[begin..end].to_vec()
        };
        let scale = random.i32(-4..=20);
        let offset = |random: &mut fastrand::Rng| random.i32(-1000..1000) << (scale / 2).max(0);
        let recorded = buckets(
            scale,
            random.u64(0..3),
            (offset(&mut random), &counts(&mut random)),
            (offset(&mut random), &counts(&mut random)),
        );
        set(&mut part.metrics[0].series[0], &recorded);
        let families = decode(&bytes(Format::Protobuf(Escaping::Underscores), &part));
        let found = families[0].metric[0].histogram.as_ref().unwrap();
        assert_eq!(Parts::of_protobuf(found), Parts::expected(&recorded, 2.5));
        let written = text(Format::OpenMetrics2(Escaping::AllowUtf8), &part);
        let value = written.lines().find_map(|line| line.strip_prefix("native_random{a=\"x\"} "));
        let value = value.unwrap().split(" st@").next().unwrap();
        assert_eq!(Parts::of_open_metrics_2(value), Some(Parts::expected(&recorded, 2.5)));
    }
}

#[test]
fn series_with_equal_labels_are_added_up_at_the_coarser_scale() {
    let fine = &buckets(3, 1, (4, &[1, 1]), (0, &[8, 0, 0, 1]));
    let coarse = &buckets(2, 2, (-3, &[5]), (-1, &[10, 20]));
    let series = [(LabelRef::Int(1), fine), (LabelRef::Str("1"), coarse)];
    for (name, series) in [
        ("native.equal", series),
        ("native.equal_reversed", [(series[0].0, coarse), (series[1].0, fine)]),
    ] {
        let families = decode(&bytes(Format::Protobuf(Escaping::Underscores), &of(name, &series)));
        let [metric] = &*families[0].metric else { panic!("{families:?}") };
        let found = metric.histogram.as_ref().unwrap();
        assert_eq!(
            (found.sample_count, found.sample_sum),
            (Some(count(fine) + count(coarse)), Some(5.0))
        );
        assert_eq!((found.schema, found.zero_count), (Some(2), Some(3)));
        let mut negative = native(&found.negative_span, &found.negative_delta);
        negative.retain(|_, count| *count > 0);
        assert_eq!(negative, BTreeMap::from([(-2, 5), (3, 2)]));
        let positive = native(&found.positive_span, &found.positive_delta);
        assert_eq!(positive, BTreeMap::from([(0, 10), (1, 28), (2, 1)]));
    }
}
