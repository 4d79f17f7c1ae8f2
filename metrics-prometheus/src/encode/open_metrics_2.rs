//! The release candidate of OpenMetrics 2.0.

use super::family::Family;
use super::native::Native;
use super::number::{write_f64, write_i64, write_seconds, write_u64};
use super::rows::Reading;
use super::sample_name::SampleName;
use super::text::write_metadata;
use crate::kind::Kind;

/// Writes the family. A histogram is one line, and the time of creation stands behind the value.
pub(super) fn write(family: &Family<'_>, out: &mut Vec<u8>) {
    let name = family.name;
    let kind = match family.kind {
        Kind::Counter => "counter",
        Kind::Gauge | Kind::UpDownCounter => "gauge",
        Kind::Histogram => "histogram",
        Kind::Info => "info",
        Kind::StateSet(_) => "stateset",
    };
    write_metadata("TYPE", name, kind, true, out);
    write_metadata("UNIT", name, family.unit, true, out);
    write_metadata("HELP", name, family.help, true, out);
    let sample = SampleName::new(name, "");
    for row in family.rows.iter() {
        sample.write(family.rows.labels(row), out);
        match row.reading {
            Reading::Number(number) => number.write(out),
            Reading::Histogram { sum, .. } => {
                let buckets = || family.rows.buckets(row);
                out.extend_from_slice(b"{count:");
                write_u64(buckets().fold(0, u64::wrapping_add), out);
                out.extend_from_slice(b",sum:");
                write_f64(sum, out);
                match family.rows.native(row) {
                    Some(native) => write_native(&native, out),
                    None => {
                        let limits = &family.members[row.member as usize].limits;
                        write_classic(limits.iter().zip(buckets()), out);
                    }
                }
                out.push(b'}');
            }
        }
        if matches!(family.kind, Kind::Counter | Kind::Histogram) {
            out.extend_from_slice(b" st@");
            write_seconds(row.created, out);
            // One for each bucket: a line may have several exemplars.
            family.rows.exemplars(row).for_each(|(_, exemplar)| exemplar.write(out));
        }
        out.push(b'\n');
    }
}

fn write_classic<'a>(buckets: impl Iterator<Item = (&'a String, u64)>, out: &mut Vec<u8>) {
    let mut total = 0_u64;
    write_list("bucket", buckets, out, |(limit, count), out| {
        total = total.wrapping_add(count);
        out.extend_from_slice(limit.as_bytes());
        out.push(b':');
        write_u64(total, out);
    });
}

fn write_native(native: &Native<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b",schema:");
    write_i64(native.schema.into(), out);
    out.extend_from_slice(b",zero_threshold:");
    write_f64(native.zero_threshold, out);
    out.extend_from_slice(b",zero_count:");
    write_u64(native.zeros, out);
    for (spans, counts, buckets) in [
        ("negative_spans", "negative_buckets", native.negative),
        ("positive_spans", "positive_buckets", native.positive),
    ] {
        if buckets.spans(0).next().is_some() {
            write_list(spans, buckets.spans(0), out, |span, out| {
                write_i64(span.offset.into(), out);
                out.push(b':');
                write_u64(span.length, out);
            });
            write_list(counts, buckets.counts(0), out, write_u64);
        }
    }
}

/// Appends a part of a value that is a list.
fn write_list<T>(
    name: &str,
    list: impl Iterator<Item = T>,
    out: &mut Vec<u8>,
    mut write: impl FnMut(T, &mut Vec<u8>),
) {
    out.push(b',');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b":[");
    for (number, item) in list.enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}
