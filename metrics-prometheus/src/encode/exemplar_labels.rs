//! The labels of exemplars.

use typed_metrics_core::{Exemplar, LabelRef};

use super::exemplar::EncodedExemplar;
use super::labels::LabelWriter;

/// The most characters in the names and values of an exemplar's labels, by OpenMetrics 1.0.
/// Prometheus stores no exemplar with more.
const MOST_CHARACTERS: usize = 128;

/// An exemplar with the labels `trace_id` and `span_id`, and those of its own that fit. `time` is
/// in nanoseconds since the Unix epoch.
pub(super) fn encoded(exemplar: &Exemplar, time: u64, writer: &LabelWriter<'_>) -> EncodedExemplar {
    let ids = [
        ("trace_id", exemplar.trace_id.map(|id| format!("{:032x}", u128::from_be_bytes(id)))),
        ("span_id", exemplar.span_id.map(|id| format!("{:016x}", u64::from_be_bytes(id)))),
    ];
    let mut labels: Vec<(String, String)> =
        ids.into_iter().filter_map(|(name, id)| Some((name.to_owned(), id?))).collect();
    let characters = |name: &str, value: &str| name.chars().count() + value.chars().count();
    let mut left = MOST_CHARACTERS;
    labels.iter().for_each(|(name, value)| left -= characters(name, value));
    for (name, value) in exemplar.labels.iter() {
        let name = writer.translated(name);
        let value = match value.as_ref() {
            LabelRef::Str(text) => text.to_owned(),
            _ => value.to_string(),
        };
        let needed = characters(&name, &value);
        if needed <= left && labels.iter().all(|(other, _)| *other != name) {
            left -= needed;
            labels.push((name, value));
        }
    }
    let mut encoded = Vec::new();
    writer.write_plain(&labels, &mut encoded);
    EncodedExemplar { labels: encoded, value: exemplar.value.as_f64(), time }
}
