//! Labels in a column that is only so wide.

use std::cmp::Ordering;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::collect::snapshot::SeriesSnapshot;
use crate::labels::set::Labels;
use crate::labels::value::LabelValue;

const ELLIPSIS: &str = "…";

/// How many columns of a terminal `text` takes.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `name=value` pairs in at most `room` columns. The longest values are cut first, so that all names
/// stay to be seen while there is room for them; after that, labels that are the same `everywhere` are
/// left out, so that one sees which series is which.
pub(super) fn fit(labels: &Labels, everywhere: &[bool], room: usize) -> String {
    let pairs: Vec<(String, String)> =
        labels.iter().map(|(name, value)| (escaped(name), quoted(value))).collect();
    if let Some(cap) = cap(&pairs, room) {
        return joined(&pairs, cap);
    }
    let telling = pairs.iter().zip(everywhere).filter(|(_, everywhere)| !**everywhere);
    let telling: Vec<_> = telling.map(|(pair, _)| pair.clone()).collect();
    if telling.is_empty() || telling.len() == pairs.len() {
        return cut(&joined(&pairs, 1), room);
    }
    let room = room.saturating_sub(width(ELLIPSIS) + 1);
    let cap = cap(&telling, room).unwrap_or(1);
    format!("{} {ELLIPSIS}", cut(&joined(&telling, cap), room))
}

/// How wide values may be for all to fit.
fn cap(pairs: &[(String, String)], room: usize) -> Option<usize> {
    let widths: Vec<usize> = pairs.iter().map(|(_, value)| width(value)).collect();
    let names: usize = pairs.iter().map(|(name, _)| width(name) + 1).sum();
    let fixed = names + pairs.len().saturating_sub(1);
    let fits =
        |cap: &usize| fixed + widths.iter().map(|width| width.min(cap)).sum::<usize>() <= room;
    (1..=widths.iter().copied().max().unwrap_or(0).max(1)).rev().find(fits)
}

fn joined(pairs: &[(String, String)], cap: usize) -> String {
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={}", cut(value, cap)));
    pairs.collect::<Vec<_>>().join(" ")
}

/// Which of `labels` all series have with the same value.
pub(super) fn everywhere(labels: &Labels, series: &[SeriesSnapshot]) -> Vec<bool> {
    let has = |name: &str, value| series.iter().all(|one| one.labels.get(name) == Some(value));
    labels.iter().map(|(name, value)| series.len() > 1 && has(name, value)).collect()
}

/// The order of two series: by their labels one after the other, numbers as numbers.
pub(super) fn compare(a: &Labels, b: &Labels) -> Ordering {
    let pairs = a.iter().zip(b.iter());
    let mut unequal = pairs.map(|((name_a, a), (name_b, b))| name_a.cmp(name_b).then(values(a, b)));
    unequal.find(|order| order.is_ne()).unwrap_or_else(|| a.len().cmp(&b.len()))
}

fn values(a: &LabelValue, b: &LabelValue) -> Ordering {
    match (a, b) {
        (LabelValue::Int(a), LabelValue::Int(b)) => a.cmp(b),
        (LabelValue::Float(a), LabelValue::Float(b)) => a.total_cmp(b),
        _ => a.to_string().cmp(&b.to_string()),
    }
}

/// A value, in quotes if one could not see where it ends.
fn quoted(value: &LabelValue) -> String {
    let text = escaped(&value.to_string());
    if text.is_empty() || text.contains(|c: char| c.is_whitespace() || c == '"') {
        format!("\"{}\"", text.replace('"', "\\\""))
    } else {
        text
    }
}

/// `text` with characters escaped that would break the line or reorder what stands beside them.
fn escaped(text: &str) -> String {
    let breaks_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let reorders = |c| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if breaks_line(c) || reorders(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped
}

/// `text` in at most `room` columns, with an ellipsis for what is cut off.
fn cut(text: &str, room: usize) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut taken = width(ELLIPSIS);
    for grapheme in text.graphemes(true) {
        taken += width(grapheme);
        if taken > room {
            break;
        }
        kept.push_str(grapheme);
    }
    kept + ELLIPSIS
}
