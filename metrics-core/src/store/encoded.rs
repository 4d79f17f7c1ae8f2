//! The labels of a series as one piece of memory, to be compared with a query.
//!
//! A thread that uses many series finds few of them in the processor's cache. Then the number of
//! places that a comparison visits is its cost: each allocation of a
//! [`LabelValue`](crate::labels::value::LabelValue) would be one more.

use std::sync::Arc;

use crate::labels::value::LabelRef;

/// The most bytes that need no allocation. With them, an entry of the thread's cache fills a cache
/// line.
const INLINE: usize = 30;

/// Encoded labels. Clones are cheap.
#[derive(Debug, Clone)]
pub(crate) enum Encoded {
    Inline { length: u8, bytes: [u8; INLINE] },
    Shared(Arc<[u8]>),
}

/// The kinds of label values. The other kinds are written as their bytes after the mark.
const ABSENT: u8 = 0;
const FALSE: u8 = 1;
const TRUE: u8 = 2;
const INT: u8 = 3;
const FLOAT: u8 = 4;
const TEXT: u8 = 5;
const LIST: u8 = 6;

/// Numbers from here on take nine bytes, others one.
const LONG: u8 = 255;

impl Encoded {
    #[inline(always)]
    pub(super) fn read(&self) -> Comparison<'_> {
        match self {
            Self::Inline { length, bytes } => {
                Comparison(bytes.get(..usize::from(*length)).unwrap_or_default())
            }
            Self::Shared(bytes) => Comparison(bytes),
        }
    }
}

/// Collects the labels of a series.
#[derive(Debug, Default)]
pub(super) struct Encoder(Vec<u8>);

impl Encoder {
    pub(super) fn number(mut self, number: usize) -> Self {
        match u8::try_from(number) {
            Ok(short) if short < LONG => self.0.push(short),
            Ok(_) | Err(_) => {
                self.0.push(LONG);
                self.0.extend((number as u64).to_le_bytes());
            }
        }
        self
    }

    pub(super) fn text(self, text: &str) -> Self {
        let mut encoder = self.number(text.len());
        encoder.0.extend(text.as_bytes());
        encoder
    }

    pub(super) fn value(mut self, value: LabelRef<'_>) -> Self {
        match value {
            LabelRef::Absent => self.0.push(ABSENT),
            LabelRef::Bool(value) => self.0.push(if value { TRUE } else { FALSE }),
            LabelRef::Int(value) => {
                self.0.push(INT);
                self.0.extend(value.to_le_bytes());
            }
            LabelRef::Float(value) => {
                self.0.push(FLOAT);
                self.0.extend(value.to_bits().to_le_bytes());
            }
            LabelRef::Str(text) => {
                self.0.push(TEXT);
                return self.text(text);
            }
            LabelRef::List(list) => {
                self.0.push(LIST);
                let mut encoder = self.number(list.bytes().len());
                encoder.0.extend(list.bytes());
                return encoder;
            }
        }
        self
    }

    pub(super) fn finish(self) -> Encoded {
        let mut bytes = [0; INLINE];
        match (bytes.get_mut(..self.0.len()), u8::try_from(self.0.len())) {
            (Some(inline), Ok(length)) => {
                inline.copy_from_slice(&self.0);
                Encoded::Inline { length, bytes }
            }
            _ => Encoded::Shared(self.0.into()),
        }
    }
}

/// Compares encoded labels with a query, from the first to the last.
#[derive(Debug)]
pub(super) struct Comparison<'a>(&'a [u8]);

impl Comparison<'_> {
    #[inline(always)]
    pub(super) fn number(&mut self, number: usize) -> bool {
        match u8::try_from(number) {
            Ok(short) if short < LONG => self.bytes([short]),
            Ok(_) | Err(_) => self.bytes([LONG]) && self.bytes((number as u64).to_le_bytes()),
        }
    }

    #[inline(always)]
    pub(super) fn text(&mut self, text: &str) -> bool {
        self.sized(text.as_bytes())
    }

    #[inline(always)]
    fn sized(&mut self, bytes: &[u8]) -> bool {
        self.number(bytes.len())
            && self.0.split_at_checked(bytes.len()).is_some_and(|(stored, rest)| {
                self.0 = rest;
                stored == bytes
            })
    }

    /// Floats are compared by their bits, so that NaN equals NaN.
    #[inline(always)]
    pub(super) fn value(&mut self, value: LabelRef<'_>) -> bool {
        match value {
            LabelRef::Absent => self.bytes([ABSENT]),
            LabelRef::Bool(value) => self.bytes([if value { TRUE } else { FALSE }]),
            LabelRef::Int(value) => self.bytes([INT]) && self.bytes(value.to_le_bytes()),
            LabelRef::Float(value) => {
                self.bytes([FLOAT]) && self.bytes(value.to_bits().to_le_bytes())
            }
            LabelRef::Str(text) => self.bytes([TEXT]) && self.text(text),
            LabelRef::List(list) => self.bytes([LIST]) && self.sized(list.bytes()),
        }
    }

    /// As [`value`](Self::value), faster for most texts.
    #[inline(always)]
    pub(super) fn short_value(&mut self, value: LabelRef<'_>) -> bool {
        match value {
            LabelRef::Str(text) => self.bytes([TEXT]) && self.short_text(text),
            value => self.value(value),
        }
    }

    /// As [`text`](Self::text), faster for texts of 8 to 32 bytes: a call that compares memory
    /// takes longer than the comparison.
    #[inline(always)]
    pub(super) fn short_text(&mut self, text: &str) -> bool {
        self.number(text.len())
            && self.0.split_at_checked(text.len()).is_some_and(|(stored, rest)| {
                self.0 = rest;
                is_same_short(stored, text.as_bytes())
            })
    }

    #[inline(always)]
    fn bytes<const N: usize>(&mut self, bytes: [u8; N]) -> bool {
        self.0.split_first_chunk::<N>().is_some_and(|(stored, rest)| {
            self.0 = rest;
            *stored == bytes
        })
    }
}

/// Whether two texts of one length are the same.
#[inline(always)]
fn is_same_short(a: &[u8], b: &[u8]) -> bool {
    match b.len() {
        // The first and the last chunk overlap.
        8..=16 => a.first_chunk::<8>() == b.first_chunk() && a.last_chunk::<8>() == b.last_chunk(),
        17..=32 => {
            a.first_chunk::<16>() == b.first_chunk() && a.last_chunk::<16>() == b.last_chunk()
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_labels_match_and_others_do_not() {
        let long = "x".repeat(300);
        let values = [
            LabelRef::Absent,
            LabelRef::Bool(false),
            LabelRef::Bool(true),
            LabelRef::Int(0),
            LabelRef::Int(-1),
            LabelRef::Float(0.0),
            LabelRef::Float(-0.0),
            LabelRef::Float(f64::NAN),
            LabelRef::Str(""),
            LabelRef::Str("a"),
            LabelRef::Str("ab"),
            LabelRef::Str("an example text"),
            LabelRef::Str("an Example text"),
            LabelRef::Str("a text of more than sixteen bytes"),
            LabelRef::Str(&long[..254]),
            LabelRef::Str(&long[..255]),
            LabelRef::Str(&long),
        ];
        let numbers = [0, 1, 254, 255, 256, usize::MAX];
        let all = || {
            numbers.into_iter().flat_map(|number| {
                values
                    .into_iter()
                    .flat_map(move |a| values.into_iter().map(move |b| (number, a, b)))
            })
        };
        for (i, (number, a, b)) in all().enumerate() {
            let encoded = Encoder::default().number(number).value(a).value(b).finish();
            for (j, (number, a, b)) in
                all().enumerate().skip(i % 7).step_by(7).chain([(i, (number, a, b))])
            {
                let mut labels = encoded.read();
                let matches = labels.number(number) && labels.value(a) && labels.value(b);
                assert_eq!(matches, i == j, "{number} {a:?} {b:?} in {encoded:?}");
                let mut labels = encoded.read();
                let matches =
                    labels.number(number) && labels.short_value(a) && labels.short_value(b);
                assert_eq!(matches, i == j, "{number} {a:?} {b:?} in {encoded:?}");
            }
        }
    }

    #[test]
    fn where_one_text_ends_matters() {
        let encoded = Encoder::default().text("ab").text("c").finish();
        let mut labels = encoded.read();
        assert!(!(labels.text("a") && labels.text("bc")));
        let mut labels = encoded.read();
        assert!(labels.text("ab") && labels.text("c") && !labels.text(""));
    }

    #[test]
    fn short_texts_are_the_same_if_each_byte_is() {
        for length in 0..40 {
            let text = "x".repeat(length);
            let encoded = Encoder::default().text(&text).finish();
            assert!(encoded.read().short_text(&text));
            for at in 0..length {
                let mut other = text.clone();
                other.replace_range(at..=at, "y");
                assert!(!encoded.read().short_text(&other), "{other}");
            }
        }
    }
}
