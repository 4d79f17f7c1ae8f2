//! Families as plain data, for registries of other crates.

use std::str;

use typed_metrics_core::{MetricSnapshot, Snapshot};

use super::family::Family;
use super::number::Number;
use super::rows::Reading;
use super::scrape::Scrape;
use super::varint;
use crate::conflicts::Families;
use crate::escaping::Escaping;
use crate::format::Format;
use crate::kind::Kind;
use crate::settings::Settings;

/// A family with classic names.
#[derive(Debug)]
pub(crate) struct PlainFamily {
    /// With the suffixes `_total` and `_info`.
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) help: String,
    pub(crate) series: Vec<PlainSeries>,
}

#[derive(Debug)]
pub(crate) struct PlainSeries {
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) value: PlainValue,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PlainValue {
    U64(u64),
    I64(i64),
    F64(f64),
    Histogram {
        sum: f64,
        /// The limits of all buckets, the last one included, with the values inside each.
        buckets: Vec<(f64, u64)>,
    },
}

/// The families of a snapshot, sorted as in a scrape.
pub(crate) fn plain_families(snapshot: &Snapshot, settings: &Settings) -> Vec<PlainFamily> {
    // The labels in this format can be taken apart without unescaping.
    let format = Format::Protobuf(Escaping::Underscores);
    let mut metrics: Vec<&MetricSnapshot> =
        snapshot.metrics.iter().filter(|metric| !metric.series.is_empty()).collect();
    let descriptors = metrics.iter().map(|metric| metric.descriptor).enumerate();
    let has_target = !settings.resource.is_empty();
    let families = Families::of(&settings.naming, format.escaping(), descriptors, has_target);
    let mut plain = Vec::new();
    let warnings = Scrape::new(format, settings).for_each(&families, &mut metrics, |family| {
        plain.push(plain_family(family));
    });
    warnings.report();
    plain
}

fn plain_family(family: &Family<'_>) -> PlainFamily {
    let series = family.rows.iter().map(|row| {
        let value = match row.reading {
            Reading::Number(Number::U64(value)) => PlainValue::U64(value),
            Reading::Number(Number::I64(value)) => PlainValue::I64(value),
            Reading::Number(Number::F64(value)) => PlainValue::F64(value),
            Reading::Histogram { sum, .. } => {
                let limits = family.members[row.member as usize].boundaries.iter().copied();
                let limits = limits.chain([f64::INFINITY]);
                let buckets = limits.zip(family.rows.buckets(row)).collect();
                PlainValue::Histogram { sum, buckets }
            }
        };
        PlainSeries { labels: plain_labels(family.rows.labels(row)), value }
    });
    PlainFamily {
        name: family.name.to_owned(),
        kind: family.kind,
        help: family.help.to_owned(),
        series: series.collect(),
    }
}

/// The labels that `write_label_pair` has written: a message for each, with two texts.
fn plain_labels(mut bytes: &[u8]) -> Vec<(String, String)> {
    let mut labels = Vec::new();
    while let Some(mut pair) = take_field(&mut bytes) {
        let mut text = || {
            let field = take_field(&mut pair).unwrap_or_default();
            str::from_utf8(field).unwrap_or_default().to_owned()
        };
        labels.push((text(), text()));
    }
    labels
}

/// Takes the contents of the next field, whose key is one byte.
fn take_field<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let rest = bytes.get(1..)?;
    let length = varint::numbers(rest).next()?;
    let (field, after) =
        rest[varint::length(length)..].split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = after;
    Some(field)
}
