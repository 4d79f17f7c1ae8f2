//! The labels of a metric's series, as texts that differ in a column that is only so wide.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::text::{self, ELLIPSIS, ELLIPSIS_WIDTH, Keep};
use crate::labels::set::Labels;
use crate::labels::value::LabelValue;

/// A value is not cut to less than this, in columns: `route=/…` says nothing.
const LEAST_VALUE: usize = 8;

/// `name=value`, in its two parts.
type Pair = (String, String);

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
        // Values of different types must not be compared as text: sorting needs a total order, and
        // "10" < "1z" < "9", but 9 < 10.
        _ => rank(a).cmp(&rank(b)).then_with(|| a.to_string().cmp(&b.to_string())),
    }
}

/// The order of the types of values.
fn rank(value: &LabelValue) -> u8 {
    match value {
        LabelValue::Bool(_) => 0,
        LabelValue::Int(_) => 1,
        LabelValue::Float(_) => 2,
        LabelValue::Str(_) => 3,
        LabelValue::List(_) => 4,
    }
}

/// The labels of all series of one metric. No two series of a metric have the same text.
pub(super) struct MetricLabels {
    series: Vec<Vec<Pair>>,
    whole: Vec<String>,
}

impl MetricLabels {
    pub(super) fn new(series: &[&Labels]) -> Self {
        let of = |pairs: fn(&Labels) -> Vec<Pair>| {
            let series: Vec<Vec<Pair>> = series.iter().map(|labels| pairs(labels)).collect();
            let whole = series.iter().map(|pairs| words(pairs).join(" ")).collect();
            Self { series, whole }
        };
        // The number 1 and the text `1` need more to be told apart, and so do `é` as one character
        // and `é` as a letter with a mark.
        let ways = [short_pairs, exact_pairs].map(of);
        let way = ways.into_iter().find(|way| text::look_different(&way.whole));
        way.unwrap_or_else(|| of(marked_pairs))
    }

    /// How many columns the widest text takes if nothing is cut.
    pub(super) fn width(&self) -> usize {
        self.whole.iter().map(|text| text::width(text)).max().unwrap_or(0)
    }

    /// The lines of each series, at most `room` columns wide, so that no two series look alike.
    ///
    /// The first of these that keeps the series apart is taken: whole labels; one line, without
    /// labels that all series have alike, which an ellipsis stands for, and with the longest values
    /// cut; several lines, with values cut to a line; several lines of whole labels.
    pub(super) fn fit(&self, room: usize) -> Vec<Vec<String>> {
        if self.width() <= room {
            return self.whole.iter().map(|text| vec![text.clone()]).collect();
        }
        let in_a_line = self.in_a_line(room, Keep::Beginning);
        if let Some(texts) = in_a_line.or_else(|| self.in_a_line(room, Keep::Ends)) {
            return texts.into_iter().map(|text| vec![text]).collect();
        }
        let lines = |cap, keep| -> Vec<Vec<String>> {
            let cut = self.series.iter().map(|pairs| words(&with_values_cut(pairs, cap, keep)));
            cut.map(|words| text::wrap(&words, " ", room)).collect()
        };
        let cut = [Keep::Beginning, Keep::Ends].map(|keep| lines(room, keep));
        let cut = cut.into_iter().find(|lines| all_differ(lines));
        cut.unwrap_or_else(|| lines(usize::MAX, Keep::Ends))
    }

    /// One line for each series, if the lines all differ.
    fn in_a_line(&self, room: usize, keep: Keep) -> Option<Vec<String>> {
        let common = self.common();
        let room = if common.is_empty() { room } else { room.checked_sub(ELLIPSIS_WIDTH + 1)? };
        let line = |pairs: &Vec<Pair>| -> Option<String> {
            let telling: Vec<Pair> =
                pairs.iter().filter(|pair| !common.contains(pair)).cloned().collect();
            let line = fit(&telling, room, keep)?;
            let ellipsis = if common.is_empty() { "" } else { ELLIPSIS };
            let gap = if line.is_empty() || ellipsis.is_empty() { "" } else { " " };
            Some(line + gap + ellipsis)
        };
        let lines: Option<Vec<String>> = self.series.iter().map(line).collect();
        lines.filter(|lines| all_differ(lines))
    }

    /// The labels that all series have with the same value, if there are several series.
    fn common(&self) -> Vec<&Pair> {
        let [first, others @ ..] = &*self.series else { return Vec::new() };
        let is_common = |pair: &&Pair| others.iter().all(|pairs| pairs.contains(pair));
        first.iter().filter(|pair| !others.is_empty() && is_common(pair)).collect()
    }
}

/// The pairs in one line of at most `room` columns; the longest values are cut for it.
fn fit(pairs: &[Pair], room: usize, keep: Keep) -> Option<String> {
    let cap = cap(pairs, room)?;
    Some(words(&with_values_cut(pairs, cap, keep)).join(" "))
}

/// How wide values may be for all pairs to fit into `room`.
fn cap(pairs: &[Pair], room: usize) -> Option<usize> {
    let widths: Vec<usize> = pairs.iter().map(|(_, value)| text::width(value)).collect();
    let names: usize = pairs.iter().map(|(name, _)| text::width(name) + 1).sum();
    let fixed = names + pairs.len().saturating_sub(1);
    let fits =
        |cap: usize| fixed + widths.iter().map(|width| cap.min(*width)).sum::<usize>() <= room;
    let widest = widths.iter().copied().max().unwrap_or(0).max(LEAST_VALUE);
    if !fits(LEAST_VALUE) {
        return None;
    }
    let (mut cap, mut too_wide) = (LEAST_VALUE, widest + 1);
    while cap + 1 < too_wide {
        let middle = usize::midpoint(cap, too_wide);
        if fits(middle) { cap = middle } else { too_wide = middle }
    }
    Some(cap)
}

fn with_values_cut(pairs: &[Pair], cap: usize, keep: Keep) -> Vec<Pair> {
    pairs.iter().map(|(name, value)| (name.clone(), text::cut(value, cap, keep))).collect()
}

fn words(pairs: &[Pair]) -> Vec<String> {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn all_differ<T: Eq + std::hash::Hash>(texts: &[T]) -> bool {
    texts.iter().collect::<HashSet<_>>().len() == texts.len()
}

/// Names and values as short as they can be shown.
fn short_pairs(labels: &Labels) -> Vec<Pair> {
    let value = |value: &LabelValue| match value {
        LabelValue::Str(text) => text::quoted(text),
        other => other.to_string(),
    };
    labels.iter().map(|(label, of)| (name(label), value(of))).collect()
}

/// Names and values with the type of a value to be seen: texts in quotes, floats with a point.
fn exact_pairs(labels: &Labels) -> Vec<Pair> {
    typed_pairs(labels, text::always_quoted)
}

/// As [`exact_pairs`], with marks on letters escaped.
fn marked_pairs(labels: &Labels) -> Vec<Pair> {
    typed_pairs(labels, text::quoted_with_marks)
}

fn typed_pairs(labels: &Labels, quoted: fn(&str) -> String) -> Vec<Pair> {
    let value = |value: &LabelValue| match value {
        LabelValue::Str(text) => quoted(text),
        LabelValue::Float(value) => format!("{value:?}"),
        other => other.to_string(),
    };
    labels.iter().map(|(label, of)| (name(label), value(of))).collect()
}

fn name(name: &str) -> String {
    if name.contains('=') { text::always_quoted(name) } else { text::quoted(name) }
}
