//! The text formats and OpenMetrics 1.0, whose lines differ little.

use super::family::Family;
use super::number::{write_f64, write_seconds, write_u64};
use super::quote::write_help;
use super::rows::{Reading, Row};
use super::sample_name::{SampleName, write_family_name};
use crate::kind::Kind;

/// Writes the family in the text format 0.0.4 or 1.0.0.
pub(super) fn write_text(family: &Family<'_>, out: &mut Vec<u8>) {
    let kind = match family.kind {
        Kind::Counter => "counter",
        Kind::Histogram => "histogram",
        // The text formats know neither info nor state sets.
        Kind::Gauge | Kind::UpDownCounter | Kind::Info | Kind::StateSet(_) => "gauge",
    };
    write_metadata("HELP", family.name, family.help, false, out);
    write_metadata("TYPE", family.name, kind, false, out);
    Samples::new(family, family.name, family.name).write(family, Variant::Text, out);
}

/// Writes the family in OpenMetrics 1.0. With `created`, counters and histograms have a sample with
/// their time of creation.
pub(super) fn write_open_metrics(family: &Family<'_>, created: bool, out: &mut Vec<u8>) {
    let name = family.name;
    let without = |suffix| name.strip_suffix(suffix).filter(|base| !base.is_empty());
    let (base, kind) = match family.kind {
        // A counter must have samples that end with `_total`.
        Kind::Counter => {
            without("_total").map_or((name, "unknown"), |base: &str| (base, "counter"))
        }
        Kind::Info => without("_info").map_or((name, "gauge"), |base| (base, "info")),
        Kind::Gauge | Kind::UpDownCounter => (name, "gauge"),
        Kind::Histogram => (name, "histogram"),
        Kind::StateSet(_) => (name, "stateset"),
    };
    write_metadata("TYPE", base, kind, true, out);
    write_metadata("UNIT", base, family.stated_unit(), true, out);
    write_metadata("HELP", base, family.help, true, out);
    // Only the samples `_total` and `_bucket` may have an exemplar.
    let exemplars = matches!(kind, "counter" | "histogram");
    let variant = Variant::OpenMetrics { created: created && kind != "unknown", exemplars };
    Samples::new(family, name, base).write(family, variant, out);
}

/// Writes a comment line, unless the text is empty.
pub(super) fn write_metadata(
    keyword: &str,
    name: &str,
    text: &str,
    escapes_quotes: bool,
    out: &mut Vec<u8>,
) {
    if text.is_empty() {
        return;
    }
    out.extend_from_slice(b"# ");
    out.extend_from_slice(keyword.as_bytes());
    out.push(b' ');
    write_family_name(name, out);
    out.push(b' ');
    write_help(text, escapes_quotes, out);
    out.push(b'\n');
}

#[derive(Debug, Clone, Copy)]
enum Variant {
    Text,
    OpenMetrics { created: bool, exemplars: bool },
}

/// The names of a family's samples.
#[derive(Debug)]
struct Samples {
    value: SampleName,
    bucket: SampleName,
    sum: SampleName,
    count: SampleName,
    created: SampleName,
    /// For each member and each of its buckets, the label `le` up to the value.
    limits: Vec<Vec<Vec<u8>>>,
}

impl Samples {
    fn new(family: &Family<'_>, name: &str, base: &str) -> Self {
        let limit = |limit: &String| format!("le=\"{limit}\"}} ").into_bytes();
        let limits = family.members.iter().map(|member| member.limits.iter().map(limit).collect());
        Self {
            value: SampleName::new(name, ""),
            bucket: SampleName::new(name, "_bucket"),
            sum: SampleName::new(name, "_sum"),
            count: SampleName::new(name, "_count"),
            created: SampleName::new(base, "_created"),
            limits: limits.collect(),
        }
    }

    fn write(&self, family: &Family<'_>, variant: Variant, out: &mut Vec<u8>) {
        let has_exemplars = matches!(variant, Variant::OpenMetrics { exemplars: true, .. });
        for row in family.rows.iter() {
            let labels = family.rows.labels(row);
            let write_exemplar = |bucket, out: &mut Vec<u8>| {
                if has_exemplars && let Some(exemplar) = family.rows.exemplar(row, bucket) {
                    exemplar.write(out);
                }
            };
            match row.reading {
                Reading::Number(number) => {
                    self.value.write(labels, out);
                    number.write(out);
                    write_exemplar(0, out);
                    out.push(b'\n');
                }
                Reading::Histogram { sum, has_negative, .. } => {
                    let buckets = family.rows.buckets(row);
                    let total = self.write_buckets(row, labels, buckets, write_exemplar, out);
                    // OpenMetrics 1.0: the sum must be a counter, and there is a count if and only
                    // if there is a sum.
                    let has_sum = match variant {
                        Variant::Text => true,
                        Variant::OpenMetrics { .. } => {
                            let first = family.members[row.member as usize].boundaries.first();
                            !has_negative && first.is_none_or(|first| *first >= 0.0)
                        }
                    };
                    if has_sum {
                        self.sum.write(labels, out);
                        write_f64(sum, out);
                        out.push(b'\n');
                        self.count.write(labels, out);
                        write_u64(total, out);
                        out.push(b'\n');
                    }
                }
            }
            let is_created = matches!(variant, Variant::OpenMetrics { created: true, .. });
            if is_created && matches!(family.kind, Kind::Counter | Kind::Histogram) {
                self.created.write(labels, out);
                write_seconds(row.created, out);
                out.push(b'\n');
            }
        }
    }

    /// Writes the cumulated buckets, and returns the count.
    fn write_buckets(
        &self,
        row: &Row,
        labels: &[u8],
        buckets: impl Iterator<Item = u64>,
        write_exemplar: impl Fn(usize, &mut Vec<u8>),
        out: &mut Vec<u8>,
    ) -> u64 {
        let mut total = 0_u64;
        let limits = self.limits[row.member as usize].iter();
        for (bucket, (limit, count)) in limits.zip(buckets).enumerate() {
            total = total.wrapping_add(count);
            self.bucket.write_with(labels, limit, out);
            write_u64(total, out);
            write_exemplar(bucket, out);
            out.push(b'\n');
        }
        total
    }
}
