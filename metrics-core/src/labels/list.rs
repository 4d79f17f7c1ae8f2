//! Lists as the values of attributes that a foreign API gives.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::Serialize;
use serde::ser::Serializer;

use super::cut::cut_to;

/// A list of booleans, integers, floats or texts as a label's value, borrowed.
///
/// Only metrics of a foreign API, such as OpenTelemetry's, have such values. `Display` writes JSON.
// The elements are one piece of memory, so that the list is copied, hashed and compared as bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct List<'a>(&'a [u8]);

/// A list of booleans, integers, floats or texts as a label's value, owned. Clones are cheap.
#[derive(Clone, PartialEq, Eq)]
pub struct OwnedList(Arc<[u8]>);

/// An element of a [`List`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Element<'a> {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Str(&'a str),
}

/// The kinds of elements.
const FALSE: u8 = 0;
const TRUE: u8 = 1;
const INT: u8 = 2;
const FLOAT: u8 = 3;
const TEXT: u8 = 4;

impl<'a> List<'a> {
    pub(crate) fn of_bytes(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// The elements.
    pub fn iter(self) -> impl Iterator<Item = Element<'a>> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let (kind, after) = rest.split_first()?;
            let (element, after) = element(*kind, after)?;
            rest = after;
            Some(element)
        })
    }

    pub(crate) fn to_owned(self) -> OwnedList {
        OwnedList(Arc::from(self.0))
    }
}

/// The first element of `bytes`, which has this kind, and the bytes behind it.
fn element(kind: u8, bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let number = || bytes.split_first_chunk::<8>();
    Some(match kind {
        FALSE => (Element::Bool(false), bytes),
        TRUE => (Element::Bool(true), bytes),
        INT => number().map(|(n, after)| (Element::Int(i64::from_le_bytes(*n)), after))?,
        FLOAT => number().map(|(n, after)| (Element::Float(f64::from_le_bytes(*n)), after))?,
        _ => {
            let (length, after) = bytes.split_first_chunk::<2>()?;
            let (text, after) = after.split_at_checked(u16::from_le_bytes(*length).into())?;
            (Element::Str(str::from_utf8(text).ok()?), after)
        }
    })
}

/// Appends an element to the bytes of a list that begins at `start` and has at most `most` bytes.
/// Text is cut to the bytes that are left. Returns whether the whole element fits. If it does not,
/// the list is complete: an element behind a missing one would have the place of another.
#[must_use]
pub(crate) fn push(bytes: &mut Vec<u8>, start: usize, element: Element<'_>, most: usize) -> bool {
    let room = most.saturating_sub(bytes.len() - start);
    let mut append = |kind: u8, parts: [&[u8]; 2]| {
        let fits = 1 + parts[0].len() + parts[1].len() <= room;
        if fits {
            bytes.push(kind);
            parts.iter().for_each(|part| bytes.extend(*part));
        }
        fits
    };
    match element {
        Element::Bool(value) => append(if value { TRUE } else { FALSE }, [&[], &[]]),
        Element::Int(value) => append(INT, [&value.to_le_bytes(), &[]]),
        Element::Float(value) => append(FLOAT, [&value.to_le_bytes(), &[]]),
        Element::Str(text) => {
            let most = room.saturating_sub(1 + size_of::<u16>()).min(u16::MAX.into());
            let part = cut_to(text, most);
            // No truncation: see `most`.
            let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
            let is_whole = part.len() == text.len();
            // Nothing of a text would look like an empty text.
            if part.is_empty() && !is_whole {
                return false;
            }
            let is_appended = append(TEXT, [&length.to_le_bytes(), part.as_bytes()]);
            is_appended && is_whole
        }
    }
}

impl OwnedList {
    /// A list of these elements, for the targets in `fuzz/`.
    #[cfg(fuzzing)]
    #[doc(hidden)]
    pub fn given<'a>(elements: impl IntoIterator<Item = Element<'a>>) -> Self {
        let mut bytes = Vec::new();
        let mut elements = elements.into_iter();
        let _all = elements.all(|element| push(&mut bytes, 0, element, usize::MAX));
        Self(bytes.into())
    }

    /// The list, borrowed.
    #[must_use]
    pub fn as_ref(&self) -> List<'_> {
        List(&self.0)
    }
}

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (index, element) in self.iter().enumerate() {
            if index > 0 {
                f.write_char(',')?;
            }
            match element {
                Element::Bool(value) => write!(f, "{value}")?,
                Element::Int(value) => write!(f, "{value}")?,
                Element::Float(value) if value.is_finite() => write!(f, "{value:?}")?,
                Element::Float(value) => write!(f, "\"{value}\"")?,
                Element::Str(text) => write_quoted(text, f)?,
            }
        }
        f.write_char(']')
    }
}

/// Writes a text as JSON has it.
fn write_quoted(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(f, "\\{c}")?,
            '\n' => f.write_str("\\n")?,
            c if c.is_control() => write!(f, "\\u{:04x}", u32::from(c))?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('"')
}

impl fmt::Debug for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for OwnedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_ref().fmt(f)
    }
}

impl fmt::Debug for OwnedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl Serialize for OwnedList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_ref().serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(elements: &[Element<'_>]) -> OwnedList {
        let mut bytes = Vec::new();
        // `all` ends at the first element that does not fit.
        elements.iter().all(|element| push(&mut bytes, 0, *element, 1024));
        List::of_bytes(&bytes).to_owned()
    }

    #[test]
    fn a_list_has_the_elements_that_were_pushed() {
        let lists: [&[Element<'_>]; 5] = [
            &[],
            &[Element::Bool(true), Element::Bool(false)],
            &[Element::Int(i64::MIN), Element::Int(0)],
            &[Element::Float(1.0), Element::Float(-0.5)],
            &[Element::Str(""), Element::Str("ä\"\n")],
        ];
        let shown =
            ["[]", "[true,false]", "[-9223372036854775808,0]", "[1.0,-0.5]", r#"["","ä\"\n"]"#];
        for (elements, shown) in lists.into_iter().zip(shown) {
            let list = list(elements);
            assert_eq!(list.as_ref().iter().collect::<Vec<_>>(), elements);
            assert_eq!(list.to_string(), shown);
            assert!(lists.iter().filter(|other| self::list(other) == list).count() == 1);
        }
    }

    fn elements_of(list: &OwnedList) -> Vec<Element<'_>> {
        list.as_ref().iter().collect()
    }

    #[test]
    fn a_list_that_is_too_long_loses_its_last_elements() {
        let texts: Vec<_> = ('a'..='j').map(|c| c.to_string().repeat(1024 / 4)).collect();
        let long: Vec<_> = texts.iter().map(|text| Element::Str(text)).collect();
        // Each text takes three bytes more than it has.
        let cut = Element::Str(&texts[3][..1024 / 4 - 4 * 3]);
        assert_eq!(elements_of(&list(&long)), [&long[..3], &[cut]].concat());
        let numbers: Vec<_> = (0..200).map(Element::Int).collect();
        assert_eq!(elements_of(&list(&numbers)), numbers[..1024 / 9]);
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_and_ends_its_list() {
        let long = "é".repeat(100_000);
        // An odd number of bytes is left for the first text, and two more bytes for the second one.
        let cut = "é".repeat((1024 - 3) / 2);
        let [b, flag] = [Element::Str("b"), Element::Bool(true)];
        assert_eq!(elements_of(&list(&[Element::Str(&long), b])), [Element::Str(&cut)]);
        assert_ne!(list(&[Element::Str(&long), b]), list(&[b]));
        assert_eq!(list(&[Element::Str(&long), flag]), list(&[Element::Str(&long)]));
        // No byte is left for the text: the list has no empty text instead.
        let full = "x".repeat(1024 - 2 * 3);
        assert_eq!(elements_of(&list(&[Element::Str(&full), b])), [Element::Str(&full)]);
        assert_eq!(elements_of(&list(&[Element::Str(&full), Element::Str("")])).len(), 2);
    }
}
