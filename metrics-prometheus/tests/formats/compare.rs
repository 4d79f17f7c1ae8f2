//! Compares what a strict parser reads from each format with what was recorded.

use typed_metrics_prometheus::{Escaping, Format};

use crate::case::Case;
use crate::expected::{Family, Labels, Reading, families};
use crate::native::Parts;
use crate::parser::{Dialect, Parsed, Sample, parse};
use crate::protobuf::{self, MetricType};

/// The classic form of a name, as the scheme `underscores` gives it.
pub(crate) fn underscores(name: &str) -> String {
    let classic = |(at, c): (usize, char)| match c {
        'a'..='z' | 'A'..='Z' | '_' => c,
        '0'..='9' if at > 0 => c,
        _ => '_',
    };
    name.char_indices().map(classic).collect()
}

pub(crate) fn utf8(name: &str) -> String {
    name.to_owned()
}

/// Encodes the case in each format, and reads it back.
///
/// # Panics
/// If a format breaks a rule, or does not give back what was recorded.
pub(crate) fn read_back(case: &Case) {
    for format in [
        Format::Text,
        Format::Text1(Escaping::AllowUtf8),
        Format::OpenMetrics(Escaping::Underscores),
        Format::OpenMetrics(Escaping::AllowUtf8),
        Format::OpenMetrics2(Escaping::AllowUtf8),
        Format::Protobuf(Escaping::AllowUtf8),
    ] {
        let is_utf8 = !matches!(format, Format::Text | Format::OpenMetrics(Escaping::Underscores));
        let expected = families(case, if is_utf8 { utf8 } else { underscores });
        let out = case.scrape(format);
        assert_eq!(out, case.scrape(format), "{format:?} is not deterministic");
        if matches!(format, Format::Protobuf(_)) {
            compare_protobuf(&expected, &out);
            continue;
        }
        let text = String::from_utf8(out).unwrap();
        let dialect = match format {
            Format::OpenMetrics(_) => Dialect::OpenMetrics,
            Format::OpenMetrics2(_) => Dialect::OpenMetrics2,
            _ => Dialect::Text,
        };
        let parsed =
            parse(&text, dialect).unwrap_or_else(|error| panic!("{format:?}: {error}\n{text}"));
        compare(&expected, &parsed, dialect, case.created)
            .unwrap_or_else(|error| panic!("{format:?}: {error}\n{text}"));
    }
}

fn compare(
    expected: &[Family],
    parsed: &[Parsed],
    dialect: Dialect,
    created: bool,
) -> Result<(), String> {
    if expected.len() != parsed.len() {
        return Err(format!("{} families instead of {}", parsed.len(), expected.len()));
    }
    for (expected, parsed) in expected.iter().zip(parsed) {
        let name = &*expected.name;
        let (base, kind) = match (dialect, expected.kind) {
            (Dialect::OpenMetrics, "counter") => match name.strip_suffix("_total") {
                Some(base) if !base.is_empty() => (base, "counter"),
                _ => (name, "unknown"),
            },
            (Dialect::OpenMetrics, "info") => ("target", "info"),
            (Dialect::Text, "info") => (name, "gauge"),
            (_, kind) => (name, kind),
        };
        if (&*parsed.name, &*parsed.kind, &parsed.help) != (base, kind, &expected.help) {
            return Err(format!("{parsed:?} instead of {expected:?}"));
        }
        let mut missing: Vec<&Sample> = parsed.samples.iter().collect();
        let mut take = |name: &str, labels: &Labels| {
            let is_meant = |sample: &&Sample| sample.name == name && sample.labels == *labels;
            let at = missing.iter().position(is_meant);
            at.map(|at| missing.remove(at)).ok_or(format!("no {name} {labels:?}"))
        };
        for series in &expected.series {
            let is_created = matches!(kind, "counter" | "histogram");
            if let (Dialect::OpenMetrics2, Reading::Native(buckets, sum, _)) =
                (dialect, &series.value)
            {
                let sample = take(name, &series.labels)?;
                let parts = Parts::of_open_metrics_2(&sample.value);
                if sample.start.is_none() || parts != Some(Parts::expected(buckets, *sum)) {
                    return Err(format!("{sample:?} instead of {series:?}"));
                }
                continue;
            }
            match &series.value.classic() {
                Reading::Native(..) => return Err("a classic histogram is native".to_owned()),
                Reading::Number(number) => {
                    let sample = take(name, &series.labels)?;
                    if !number.is_written(&sample.value) {
                        return Err(format!("{sample:?} instead of {number:?}"));
                    }
                    if dialect == Dialect::OpenMetrics2 && is_created != sample.start.is_some() {
                        return Err(format!("the start of {sample:?}"));
                    }
                }
                Reading::Histogram(buckets, count, sum, _) if dialect == Dialect::OpenMetrics2 => {
                    let sample = take(name, &series.labels)?;
                    let composite = composite(&sample.value)?;
                    if sample.start.is_none() || composite != (*count, *sum, buckets.clone()) {
                        return Err(format!("{sample:?} instead of {series:?}"));
                    }
                }
                Reading::Histogram(buckets, count, sum, has_sum) => {
                    for (limit, below) in buckets.iter().copied().chain([(f64::INFINITY, *count)]) {
                        let found = parsed.samples.iter().find(|sample| {
                            let mut labels = sample.labels.clone();
                            let le = labels.remove("le").and_then(|le| le.parse().ok());
                            labels == series.labels && le == Some(limit)
                        });
                        let found = found.ok_or(format!("no bucket {limit} of {series:?}"))?;
                        let sample = take(&format!("{name}_bucket"), &found.labels)?;
                        if sample.value != below.to_string() {
                            return Err(format!("{sample:?} instead of {below}"));
                        }
                    }
                    if *has_sum || dialect == Dialect::Text {
                        let sample = take(&format!("{name}_sum"), &series.labels)?;
                        if sample.value.parse::<f64>().map(f64::to_bits) != Ok(sum.to_bits()) {
                            return Err(format!("{sample:?} instead of {sum}"));
                        }
                        take(&format!("{name}_count"), &series.labels)?;
                    }
                }
            }
            if created && dialect == Dialect::OpenMetrics && is_created {
                let sample = take(&format!("{base}_created"), &series.labels)?;
                if sample.value.parse::<f64>().is_ok_and(|seconds| seconds < 1.7e9) {
                    return Err(format!("{sample:?} is too early"));
                }
            }
        }
        if !missing.is_empty() {
            return Err(format!("{missing:?} was not recorded"));
        }
    }
    Ok(())
}

type Composite = (u64, f64, Vec<(f64, u64)>);

/// Count, sum and buckets, without the last one, of a histogram in OpenMetrics 2.0.
fn composite(value: &str) -> Result<Composite, String> {
    let parts = || -> Option<_> {
        let rest = value.strip_prefix("{count:")?.strip_suffix("]}")?;
        let (count, rest) = rest.split_once(",sum:")?;
        let (sum, buckets) = rest.split_once(",bucket:[")?;
        let mut read = Vec::new();
        for bucket in buckets.split(',') {
            let (limit, count) = bucket.split_once(':')?;
            read.push((limit.parse().ok()?, count.parse().ok()?));
        }
        let (limit, last): (f64, u64) = read.pop()?;
        let count = count.parse().ok()?;
        (limit == f64::INFINITY && last == count).then_some((count, sum.parse().ok()?, read))
    };
    parts().ok_or(format!("{value} is no histogram"))
}

fn compare_protobuf(expected: &[Family], scrape: &[u8]) {
    let decoded = protobuf::decode(scrape);
    assert_eq!(decoded.len(), expected.len());
    for (expected, family) in expected.iter().zip(&decoded) {
        assert_eq!(family.name.as_ref(), Some(&expected.name));
        assert_eq!(family.help.as_deref().unwrap_or_default(), expected.help);
        let kind = match expected.kind {
            "counter" => MetricType::Counter,
            "histogram" => MetricType::Histogram,
            _ => MetricType::Gauge,
        };
        assert_eq!(family.r#type(), kind);
        if let Some(unit) = &family.unit {
            let total = if kind == MetricType::Counter { "_total" } else { "" };
            let base = expected.name.strip_suffix(total).unwrap_or(&expected.name);
            assert!(base.ends_with(&format!("_{unit}")), "{family:?}");
        }
        assert_eq!(family.metric.len(), expected.series.len());
        for metric in &family.metric {
            let label = |pair: &protobuf::LabelPair| {
                (pair.name.clone().unwrap(), pair.value.clone().unwrap())
            };
            let labels: Labels = metric.label.iter().map(label).collect();
            let series = expected.series.iter().find(|series| series.labels == labels).unwrap();
            match &series.value {
                Reading::Number(number) => {
                    let (counter, gauge) = (metric.counter.as_ref(), metric.gauge.as_ref());
                    let value = counter.map_or_else(|| gauge.unwrap().value, |c| c.value).unwrap();
                    assert_eq!(value.to_bits(), number.as_f64().to_bits());
                    assert_eq!(counter.is_some(), kind == MetricType::Counter);
                    let created =
                        counter.map(|counter| counter.created_timestamp.as_ref().unwrap());
                    assert!(created.is_none_or(|created| created.seconds > 1_700_000_000));
                }
                Reading::Native(buckets, sum, _) => {
                    let found = Parts::of_protobuf(metric.histogram.as_ref().unwrap());
                    assert_eq!(found, Parts::expected(buckets, *sum));
                }
                Reading::Histogram(buckets, count, sum, _) => {
                    let histogram = metric.histogram.as_ref().unwrap();
                    assert_eq!(histogram.sample_count, Some(*count));
                    assert_eq!(histogram.sample_sum.unwrap().to_bits(), sum.to_bits());
                    let read: Vec<(f64, u64)> = histogram
                        .bucket
                        .iter()
                        .map(|b| (b.upper_bound.unwrap(), b.cumulative_count.unwrap()))
                        .collect();
                    assert_eq!(read, *buckets);
                    assert!(histogram.created_timestamp.as_ref().unwrap().seconds > 1_700_000_000);
                }
            }
        }
    }
}
