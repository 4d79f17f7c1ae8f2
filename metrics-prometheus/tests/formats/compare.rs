//! Compares what a strict parser reads from each format with what was recorded.

use typed_metrics_prometheus::{Escaping, Format};

use crate::case::Case;
use crate::expected::{Exemplar, Family, Labels, Reading, families};
use crate::native::Parts;
use crate::parser::{Dialect, Parsed, ParsedExemplar, Sample, parse};
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
        check_exemplars(expected, parsed, dialect, kind)?;
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

/// Compares the exemplars of all samples of a family.
fn check_exemplars(
    expected: &Family,
    parsed: &Parsed,
    dialect: Dialect,
    kind: &str,
) -> Result<(), String> {
    for sample in &parsed.samples {
        let mut labels = sample.labels.clone();
        let limit = labels.remove("le").filter(|_| sample.name.ends_with("_bucket"));
        let is_total = sample.name == expected.name;
        let owner = expected.series.iter().find(|series| match limit {
            Some(_) => series.labels == labels,
            None => series.labels == sample.labels,
        });
        let wanted: Vec<&Exemplar> = match (owner, dialect) {
            (_, Dialect::Text) | (None, _) => Vec::new(),
            (Some(series), Dialect::OpenMetrics2) => series.exemplars.values().collect(),
            (Some(series), Dialect::OpenMetrics) => {
                let bucket = match (kind, &limit, series.value.classic()) {
                    ("counter", None, _) if is_total => Some(0),
                    ("histogram", Some(limit), Reading::Histogram(buckets, ..)) => {
                        let limit: f64 = limit.parse().map_err(|_| "a limit is no number")?;
                        let place = buckets.iter().position(|(of, _)| *of == limit);
                        u32::try_from(place.unwrap_or(buckets.len())).ok()
                    }
                    _ => None,
                };
                bucket.and_then(|bucket| series.exemplars.get(&bucket)).into_iter().collect()
            }
        };
        let is_same = |(wanted, found): (&&Exemplar, &ParsedExemplar)| {
            let milliseconds = wanted.time / 1_000_000;
            let time = format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000);
            let value: Option<f64> = found.value.parse().ok();
            let is_value = value.is_some_and(|value| {
                value.to_bits() == wanted.value.to_bits() || value.is_nan() && wanted.value.is_nan()
            });
            is_value && found.labels == wanted.labels && found.time == time
        };
        if wanted.len() != sample.exemplars.len()
            || !wanted.iter().zip(&sample.exemplars).all(is_same)
        {
            return Err(format!("the exemplars of {sample:?} instead of {wanted:?}"));
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
                    let exemplar = counter.and_then(|counter| counter.exemplar.as_ref());
                    let wanted = counter.and_then(|_| series.exemplars.get(&0));
                    compare_exemplar(wanted, exemplar);
                }
                Reading::Native(buckets, sum, _) => {
                    let histogram = metric.histogram.as_ref().unwrap();
                    assert_eq!(Parts::of_protobuf(histogram), Parts::expected(buckets, *sum));
                    assert_eq!(histogram.exemplars.len(), series.exemplars.len());
                    for (wanted, found) in series.exemplars.values().zip(&histogram.exemplars) {
                        compare_exemplar(Some(wanted), Some(found));
                    }
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
                    // The last bucket is there if it has an exemplar.
                    let last = u32::try_from(buckets.len()).unwrap();
                    let mut wanted = buckets.clone();
                    wanted.extend(series.exemplars.get(&last).map(|_| (f64::INFINITY, *count)));
                    assert_eq!(read, wanted);
                    for (number, bucket) in (0..).zip(&histogram.bucket) {
                        compare_exemplar(series.exemplars.get(&number), bucket.exemplar.as_ref());
                    }
                    assert!(histogram.created_timestamp.as_ref().unwrap().seconds > 1_700_000_000);
                }
            }
        }
    }
}

fn compare_exemplar(wanted: Option<&Exemplar>, found: Option<&protobuf::Exemplar>) {
    let (Some(wanted), Some(found)) = (wanted, found) else {
        assert!(wanted.is_none() && found.is_none(), "{found:?} instead of {wanted:?}");
        return;
    };
    let label =
        |pair: &protobuf::LabelPair| (pair.name.clone().unwrap(), pair.value.clone().unwrap());
    assert_eq!(found.label.iter().map(label).collect::<Labels>(), wanted.labels);
    assert_eq!(found.label.len(), wanted.labels.len());
    assert_eq!(found.value.unwrap().to_bits(), wanted.value.to_bits());
    let time = found.timestamp.as_ref().unwrap();
    let nanoseconds = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
    assert_eq!(nanoseconds, i128::from(wanted.time));
}
