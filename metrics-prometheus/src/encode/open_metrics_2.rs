//! The release candidate of OpenMetrics 2.0.

use super::family::Family;
use super::number::{write_f64, write_seconds, write_u64};
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
                out.extend_from_slice(b",bucket:[");
                let mut total = 0_u64;
                for (number, (limit, count)) in
                    family.members[row.member as usize].limits.iter().zip(buckets()).enumerate()
                {
                    if number > 0 {
                        out.push(b',');
                    }
                    total = total.wrapping_add(count);
                    out.extend_from_slice(limit.as_bytes());
                    out.push(b':');
                    write_u64(total, out);
                }
                out.extend_from_slice(b"]}");
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
