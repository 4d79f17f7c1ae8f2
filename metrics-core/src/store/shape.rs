//! How the labels of a metric combine into series, computed at compile time.

use crate::metric::label_descriptor::LabelDescriptor;
use crate::rules::const_text::Text;

/// How the labels of a metric combine into series.
pub(crate) struct Combinations {
    /// Whether a label is open.
    pub(crate) open: bool,
    /// The number of combinations of the fixed labels.
    fixed: usize,
    /// The number of series in a block: the number of combinations of fixed labels, or one if a
    /// label is open.
    pub(crate) series: usize,
}

impl Combinations {
    pub(crate) const fn of(labels: &[LabelDescriptor]) -> Self {
        let (mut open, mut fixed) = (false, 1_usize);
        let mut i = 0;
        while i < labels.len() {
            match labels[i].cardinality() {
                Some(count) => fixed = fixed.saturating_mul(count),
                None => open = true,
            }
            i += 1;
        }
        Self { open, fixed, series: if open { 1 } else { fixed } }
    }
}

/// Checks a series limit that is a constant.
///
/// # Panics
/// While compiling, if the limit is 0.
#[doc(hidden)]
#[track_caller]
pub const fn check_series_limit(series_limit: usize) {
    assert!(
        series_limit > 0,
        "with a series limit of 0 every measurement would go to the overflow series; \
         give at least 1"
    );
}

/// Checks that the fixed labels of metrics have no more combinations than the series limit.
/// `metrics` names the metrics, for the message.
///
/// # Panics
/// If they have more.
#[doc(hidden)]
#[track_caller]
pub const fn check_budget(metrics: &str, labels: &[LabelDescriptor], series_limit: usize) {
    let combinations = Combinations::of(labels).fixed;
    if combinations > series_limit {
        over_budget(metrics, labels, combinations, series_limit);
    }
    // The base of a block that is out of reach leaves 30 bits for offsets: see `Block::base`. No
    // run of cells is longer than a segment.
    assert!(
        combinations < 1 << 21,
        "the labels have more combinations than memory has addresses for; drop a label"
    );
}

#[track_caller]
const fn over_budget(
    metrics: &str,
    labels: &[LabelDescriptor],
    combinations: usize,
    series_limit: usize,
) -> ! {
    let mut text = Text::<1024>::new();
    text.push(metrics);
    text.push(" labels have ");
    let mut factors = 0;
    let mut i = 0;
    while i < labels.len() {
        let label: &LabelDescriptor = &labels[i];
        if let Some(count) = label.cardinality()
            && !label.is_constant()
        {
            if factors > 0 {
                text.push(" × ");
            }
            text.push_number(count);
            text.push(" (");
            text.push(label.name());
            text.push(")");
            factors += 1;
        }
        i += 1;
    }
    if factors > 1 {
        text.push(" = ");
        text.push_number(combinations);
    }
    text.push(" combinations, the series limit is ");
    text.push_number(series_limit);
    text.push("; drop a label, merge values, or raise `series_limit`");
    panic!("{}", text.as_str());
}
