//! Prometheus' protobuf format, by hand: the messages are few, and the series need no allocation.
//!
//! The numbers of the fields are those of [`io.prometheus.client`].
//!
//! [`io.prometheus.client`]: https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto

use super::exemplar::EncodedExemplar;
use super::family::Family;
use super::native::{Native, Span};
use super::rows::{Reading, Row, Rows};
use super::varint;
use crate::kind::Kind;

mod metric_family {
    pub(super) const NAME: u8 = 1;
    pub(super) const HELP: u8 = 2;
    pub(super) const TYPE: u8 = 3;
    pub(super) const METRIC: u8 = 4;
    pub(super) const UNIT: u8 = 5;
}

mod metric {
    pub(super) const LABEL: u8 = 1;
    pub(super) const GAUGE: u8 = 2;
    pub(super) const COUNTER: u8 = 3;
    pub(super) const HISTOGRAM: u8 = 7;
}

mod metric_type {
    pub(super) const COUNTER: u64 = 0;
    pub(super) const GAUGE: u64 = 1;
    pub(super) const HISTOGRAM: u64 = 4;
}

/// The value of a counter and of a gauge.
const VALUE: u8 = 1;
const COUNTER_EXEMPLAR: u8 = 2;
const COUNTER_CREATED: u8 = 3;

mod histogram {
    pub(super) const COUNT: u8 = 1;
    pub(super) const SUM: u8 = 2;
    pub(super) const BUCKET: u8 = 3;
    pub(super) const SCHEMA: u8 = 5;
    pub(super) const ZERO_THRESHOLD: u8 = 6;
    pub(super) const ZERO_COUNT: u8 = 7;
    pub(super) const NEGATIVE_SPAN: u8 = 9;
    pub(super) const NEGATIVE_DELTA: u8 = 10;
    pub(super) const POSITIVE_SPAN: u8 = 12;
    pub(super) const POSITIVE_DELTA: u8 = 13;
    pub(super) const CREATED: u8 = 15;
    /// Those of a native histogram, which has no buckets of the classic form.
    pub(super) const EXEMPLARS: u8 = 16;
}

mod bucket {
    pub(super) const CUMULATIVE_COUNT: u8 = 1;
    pub(super) const UPPER_BOUND: u8 = 2;
    pub(super) const EXEMPLAR: u8 = 3;
}

/// Writes families, with memory for the messages inside.
#[derive(Debug, Default)]
pub(super) struct ProtobufWriter {
    family: Vec<u8>,
    metric: Vec<u8>,
    value: Vec<u8>,
}

impl ProtobufWriter {
    /// Appends the message of the family, after its length.
    pub(super) fn write(&mut self, family: &Family<'_>, out: &mut Vec<u8>) {
        let mut message = std::mem::take(&mut self.family);
        message.clear();
        write_bytes(metric_family::NAME, family.name.as_bytes(), &mut message);
        if !family.help.is_empty() {
            write_bytes(metric_family::HELP, family.help.as_bytes(), &mut message);
        }
        let metric_type = match family.kind {
            Kind::Counter => metric_type::COUNTER,
            Kind::Histogram => metric_type::HISTOGRAM,
            Kind::Gauge | Kind::UpDownCounter | Kind::Info | Kind::StateSet(_) => {
                metric_type::GAUGE
            }
        };
        write_varint(metric_family::TYPE, metric_type, &mut message);
        for row in family.rows.iter() {
            self.write_metric(family, family.rows, row);
            write_bytes(metric_family::METRIC, &self.metric, &mut message);
        }
        let unit = family.stated_unit();
        if !unit.is_empty() {
            write_bytes(metric_family::UNIT, unit.as_bytes(), &mut message);
        }
        varint::push(message.len() as u64, out);
        out.extend_from_slice(&message);
        self.family = message;
    }

    fn write_metric(&mut self, family: &Family<'_>, rows: &Rows, row: &Row) {
        let Self { metric, value, .. } = self;
        metric.clear();
        value.clear();
        // The labels are messages already.
        metric.extend_from_slice(rows.labels(row));
        let field = match row.reading {
            Reading::Number(number) => {
                write_double(VALUE, number.as_f64(), value);
                if family.kind == Kind::Counter {
                    if let Some(exemplar) = rows.exemplar(row, 0) {
                        write_exemplar(COUNTER_EXEMPLAR, exemplar, value);
                    }
                    write_timestamp(COUNTER_CREATED, row.created, value);
                    metric::COUNTER
                } else {
                    metric::GAUGE
                }
            }
            Reading::Histogram { sum, .. } => {
                let count = rows.buckets(row).fold(0, u64::wrapping_add);
                write_varint(histogram::COUNT, count, value);
                write_double(histogram::SUM, sum, value);
                match rows.native(row) {
                    Some(native) => {
                        write_native(&native, value);
                        for (_, exemplar) in rows.exemplars(row) {
                            write_exemplar(histogram::EXEMPLARS, exemplar, value);
                        }
                    }
                    None => write_classic(family, rows, row, value),
                }
                write_timestamp(histogram::CREATED, row.created, value);
                metric::HISTOGRAM
            }
        };
        write_bytes(field, value, metric);
    }
}

/// Appends a label, as a field of a metric.
pub(super) fn write_label_pair(name: &[u8], value: &[u8], out: &mut Vec<u8>) {
    const NAME: u8 = 1;
    const VALUE: u8 = 2;
    write_key(metric::LABEL, LENGTH_DELIMITED, out);
    varint::push((bytes_len(name) + bytes_len(value)) as u64, out);
    write_bytes(NAME, name, out);
    write_bytes(VALUE, value, out);
}

/// The length of a field with these bytes.
fn bytes_len(bytes: &[u8]) -> usize {
    1 + varint::length(bytes.len() as u64) + bytes.len()
}

fn write_classic(family: &Family<'_>, rows: &Rows, row: &Row, out: &mut Vec<u8>) {
    let mut total = 0_u64;
    let limits = family.members[row.member as usize].boundaries.iter().copied();
    let limits = limits.chain([f64::INFINITY]);
    for (bucket, (limit, count)) in limits.zip(rows.buckets(row)).enumerate() {
        let exemplar = rows.exemplar(row, bucket);
        // The last bucket, which has no limit, may be left out.
        if limit.is_finite() || exemplar.is_some() {
            total = total.wrapping_add(count);
            write_bucket(total, limit, exemplar, out);
        }
    }
}

fn write_bucket(
    cumulative_count: u64,
    upper_bound: f64,
    exemplar: Option<&EncodedExemplar>,
    out: &mut Vec<u8>,
) {
    let count = 1 + varint::length(cumulative_count);
    let exemplar_field = exemplar.map_or(0, |exemplar| {
        let length = exemplar_len(exemplar);
        1 + varint::length(length as u64) + length
    });
    write_key(histogram::BUCKET, LENGTH_DELIMITED, out);
    varint::push((count + 9 + exemplar_field) as u64, out);
    write_varint(bucket::CUMULATIVE_COUNT, cumulative_count, out);
    write_double(bucket::UPPER_BOUND, upper_bound, out);
    if let Some(exemplar) = exemplar {
        write_exemplar(bucket::EXEMPLAR, exemplar, out);
    }
}

fn exemplar_len(EncodedExemplar { labels, time, .. }: &EncodedExemplar) -> usize {
    let time = timestamp_len(*time);
    labels.len() + 9 + 1 + varint::length(time as u64) + time
}

/// Appends an exemplar, whose labels are messages already.
fn write_exemplar(field: u8, exemplar: &EncodedExemplar, out: &mut Vec<u8>) {
    const VALUE: u8 = 2;
    const TIMESTAMP: u8 = 3;
    write_key(field, LENGTH_DELIMITED, out);
    varint::push(exemplar_len(exemplar) as u64, out);
    // A label of an exemplar has the same number as a label of a metric.
    out.extend_from_slice(&exemplar.labels);
    write_double(VALUE, exemplar.value, out);
    write_timestamp(TIMESTAMP, exemplar.time, out);
}

/// The length of a `google.protobuf.Timestamp`.
fn timestamp_len(nanoseconds: u64) -> usize {
    let (seconds, nanos) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    2 + varint::length(seconds) + varint::length(nanos)
}

fn write_native(native: &Native<'_>, out: &mut Vec<u8>) {
    use histogram::{NEGATIVE_DELTA, NEGATIVE_SPAN, POSITIVE_DELTA, POSITIVE_SPAN};

    // As client_golang does it: a new span costs more than one or two empty buckets.
    const MOST_EMPTY: i32 = 2;
    write_signed(histogram::SCHEMA, native.schema.into(), out);
    write_double(histogram::ZERO_THRESHOLD, native.zero_threshold, out);
    write_varint(histogram::ZERO_COUNT, native.zeros, out);
    let mut is_recognized = native.zeros > 0 || native.zero_threshold > 0.0;
    for (span_field, delta_field, buckets) in [
        (NEGATIVE_SPAN, NEGATIVE_DELTA, native.negative),
        (POSITIVE_SPAN, POSITIVE_DELTA, native.positive),
    ] {
        for span in buckets.spans(MOST_EMPTY) {
            write_span(span_field, span, out);
            is_recognized = true;
        }
        let mut before = 0;
        for count in buckets.counts(MOST_EMPTY) {
            write_signed(delta_field, count.wrapping_sub(before).cast_signed(), out);
            before = count;
        }
    }
    if !is_recognized {
        // Without any of these, a scraper would take the histogram for a classic one.
        write_span(POSITIVE_SPAN, Span { offset: 0, length: 0 }, out);
    }
}

fn write_span(field: u8, span: Span, out: &mut Vec<u8>) {
    const OFFSET: u8 = 1;
    const LENGTH: u8 = 2;
    let offset = varint::zigzag(span.offset.into());
    write_key(field, LENGTH_DELIMITED, out);
    varint::push((2 + varint::length(offset) + varint::length(span.length)) as u64, out);
    write_varint(OFFSET, offset, out);
    write_varint(LENGTH, span.length, out);
}

/// Appends a number of type `sint32` or `sint64`.
fn write_signed(field: u8, value: i64, out: &mut Vec<u8>) {
    write_varint(field, varint::zigzag(value), out);
}

/// Appends a `google.protobuf.Timestamp`.
fn write_timestamp(field: u8, nanoseconds: u64, out: &mut Vec<u8>) {
    const SECONDS: u8 = 1;
    const NANOS: u8 = 2;
    let (seconds, nanos) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    write_key(field, LENGTH_DELIMITED, out);
    varint::push(timestamp_len(nanoseconds) as u64, out);
    write_varint(SECONDS, seconds, out);
    write_varint(NANOS, nanos, out);
}

fn write_bytes(field: u8, bytes: &[u8], out: &mut Vec<u8>) {
    write_key(field, LENGTH_DELIMITED, out);
    varint::push(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn write_varint(field: u8, value: u64, out: &mut Vec<u8>) {
    write_key(field, VARINT, out);
    varint::push(value, out);
}

fn write_double(field: u8, value: f64, out: &mut Vec<u8>) {
    write_key(field, FIXED_64, out);
    out.extend_from_slice(&value.to_le_bytes());
}

/// The wire types of protobuf.
const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const LENGTH_DELIMITED: u8 = 2;

/// Appends the key of a field: one byte if the number of the field is below 16.
fn write_key(field: u8, wire_type: u8, out: &mut Vec<u8>) {
    varint::push(u64::from(field) << 3 | u64::from(wire_type), out);
}
