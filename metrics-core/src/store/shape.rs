//! The layout of a metric's series, computed at compile time.

use crate::metric::descriptor::Definition;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::shards::layout::Layout;

/// How the labels of a metric combine into series.
pub(crate) struct Combinations {
    /// Whether a label is open.
    pub(crate) open: bool,
    /// The number of series in a block: the number of combinations of fixed labels, or one if a
    /// label is open.
    pub(crate) series: usize,
}

impl Combinations {
    pub(crate) const fn of(definition: &Definition) -> Self {
        let mut combinations = Self { open: false, series: 1 };
        let mut i = 0;
        while i < definition.labels.len() {
            match definition.labels[i].cardinality() {
                Some(count) => combinations.series = combinations.series.saturating_mul(count),
                None => combinations.open = true,
            }
            i += 1;
        }
        if combinations.open {
            combinations.series = 1;
        }
        combinations
    }

    pub(crate) const fn layout(&self, definition: &Definition) -> Layout {
        Layout::new(definition, self.open)
    }
}

/// The constants by which a measurement finds its series. `N` is the number of labels.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct SeriesLookup<const N: usize> {
    pub strides: [usize; N],
    pub(crate) open: bool,
    pub(crate) layout: Layout,
}

/// Computes the lookup of a metric.
///
/// # Panics
/// At compile time, if the fixed labels have more combinations than the series limit.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn shape<const N: usize>(definition: &Definition) -> SeriesLookup<N> {
    let mut strides = [0; N];
    let mut combinations: usize = 1;
    let mut i = N;
    while i > 0 {
        i -= 1;
        strides[i] = combinations;
        if let Some(count) = definition.labels[i].cardinality() {
            combinations = combinations.saturating_mul(count);
        }
    }
    if combinations > definition.series_limit {
        over_budget(definition, combinations);
    }
    let combinations = Combinations::of(definition);
    // The base of a block that is out of reach leaves 30 bits for offsets: see `Block::base`.
    assert!(
        combinations.layout(definition).offset(combinations.series) < 1 << 30,
        "the labels have more combinations than memory has addresses for; drop a label"
    );
    SeriesLookup { strides, open: combinations.open, layout: combinations.layout(definition) }
}

#[track_caller]
const fn over_budget(definition: &Definition, combinations: usize) -> ! {
    let mut text = Text { bytes: [0; 1024], len: 0 };
    text.str("`");
    text.str(definition.name);
    text.str("`: its labels have ");
    let mut factors = 0;
    let mut i = 0;
    while i < definition.labels.len() {
        let label: &LabelDescriptor = &definition.labels[i];
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
    text.number(definition.series_limit);
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
