//! Exemplars: the message `Exemplar` of OTLP's `metrics.proto`.

use typed_metrics_core::{Exemplar, Value};

use super::attribute::{AnyValue, attribute_len, put_attribute};
use super::wire::{bytes_len, fixed_len, put_begin, put_fixed};

/// The tags of the fields.
const TIME: u32 = 2;
const DOUBLE: u32 = 3;
const SPAN_ID: u32 = 4;
const TRACE_ID: u32 = 5;
const INT: u32 = 6;
const FILTERED_ATTRIBUTES: u32 = 7;

/// Appends an exemplar, as the field `tag` of a data point. `time` is in nanoseconds since the Unix
/// epoch.
pub(super) fn put_exemplar(tag: u32, exemplar: &Exemplar, time: u64, buffer: &mut Vec<u8>) {
    let Exemplar { value, trace_id, span_id, labels, .. } = exemplar;
    let attributes = || {
        let value = |value| AnyValue::of_label(value);
        labels.iter().filter_map(move |(name, label)| Some((name, value(label.as_ref())?)))
    };
    let own = attributes().map(|(name, value)| attribute_len(FILTERED_ATTRIBUTES, name, &value));
    let length = fixed_len(TIME)
        + fixed_len(DOUBLE)
        + span_id.map_or(0, |id| bytes_len(SPAN_ID, id.len()))
        + trace_id.map_or(0, |id| bytes_len(TRACE_ID, id.len()))
        + own.sum::<usize>();
    put_begin(tag, length, buffer);
    put_fixed(TIME, time, buffer);
    match value {
        Value::U64(value) => {
            let value = i64::try_from(*value).unwrap_or(i64::MAX);
            put_fixed(INT, value.cast_unsigned(), buffer);
        }
        other => put_fixed(DOUBLE, other.as_f64().to_bits(), buffer),
    }
    if let Some(id) = span_id {
        put_begin(SPAN_ID, id.len(), buffer);
        buffer.extend_from_slice(id);
    }
    if let Some(id) = trace_id {
        put_begin(TRACE_ID, id.len(), buffer);
        buffer.extend_from_slice(id);
    }
    for (name, value) in attributes() {
        put_attribute(FILTERED_ATTRIBUTES, name, &value, buffer);
    }
}
