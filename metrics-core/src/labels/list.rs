//! Lists as the values of attributes that a foreign API gives.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use serde::Serialize;
use serde::ser::Serializer;

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

/// Appends an element to the bytes of a list that begins at `start`, unless the list would be
/// longer than `most` bytes then.
pub(crate) fn push(bytes: &mut Vec<u8>, start: usize, element: Element<'_>, most: usize) {
    let before = bytes.len();
    match element {
        Element::Bool(value) => bytes.push(if value { TRUE } else { FALSE }),
        Element::Int(value) => {
            bytes.push(INT);
            bytes.extend(value.to_le_bytes());
        }
        Element::Float(value) => {
            bytes.push(FLOAT);
            bytes.extend(value.to_le_bytes());
        }
        Element::Str(text) => {
            // A text that does not fit into the length does not fit into the list either.
            let Ok(length) = u16::try_from(text.len()) else { return };
            bytes.push(TEXT);
            bytes.extend(length.to_le_bytes());
            bytes.extend(text.as_bytes());
        }
    }
    if bytes.len() - start > most {
        bytes.truncate(before);
    }
}

impl OwnedList {
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
        elements.iter().for_each(|element| push(&mut bytes, 0, *element, 1024));
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

    #[test]
    fn a_list_that_is_too_long_loses_its_last_elements() {
        let text = "x".repeat(1024 / 4);
        let long = list(&[Element::Str(&text); 10]);
        assert_eq!(long.as_ref().iter().count(), 3);
        assert_eq!(list(&[Element::Str(&"x".repeat(100_000))]).as_ref().iter().count(), 0);
    }
}
