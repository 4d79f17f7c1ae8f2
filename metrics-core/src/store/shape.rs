//! How the labels of a metric combine into series, computed at compile time.

use crate::metric::label_descriptor::LabelDescriptor;

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
    let mut text = Text { bytes: [0; 1024], len: 0 };
    text.str(metrics);
    text.str(" labels have ");
    let mut factors = 0;
    let mut i = 0;
    while i < labels.len() {
        let label: &LabelDescriptor = &labels[i];
        if let Some(count) = label.cardinality() {
            if factors > 0 {
                text.str(" × ");
            }
            text.number(count);
            text.str(" (");
            text.str(label.name());
            text.str(")");
            factors += 1;
        }
        i += 1;
    }
    if factors > 1 {
        text.str(" = ");
        text.number(combinations);
    }
    text.str(" combinations, the series limit is ");
    text.number(series_limit);
    text.str("; drop a label, merge values, or raise `series_limit`");
    let (written, _) = text.bytes.split_at(text.len);
    match str::from_utf8(written) {
        Ok(message) => panic!("{}", message),
        Err(_) => panic!("the labels have more combinations than the series limit"),
    }
}

/// Text that is assembled at compile time.
struct Text {
    bytes: [u8; 1024],
    len: usize,
}

impl Text {
    const fn str(&mut self, text: &str) {
        let bytes = text.as_bytes();
        let mut i = 0;
        // A piece that does not fit is left out as a whole, so that the text stays valid UTF-8.
        if self.len + bytes.len() > self.bytes.len() {
            return;
        }
        while i < bytes.len() {
            self.bytes[self.len] = bytes[i];
            self.len += 1;
            i += 1;
        }
    }

    const fn number(&mut self, number: usize) {
        if number >= 10 {
            self.number(number / 10);
        }
        let digits = "0123456789";
        let (_, rest) = digits.split_at(number % 10);
        let (digit, _) = rest.split_at(1);
        self.str(digit);
    }
}
