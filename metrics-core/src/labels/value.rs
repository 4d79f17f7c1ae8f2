//! The value of a label, borrowed or owned.

use std::fmt::{self, Display, Write as _};
use std::sync::Arc;

use serde::Serialize;

use super::cut::cut_to;
use super::list::{List, OwnedList};
use crate::rules::limits::MAX_LABEL_LEN;

/// A label's value, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum LabelRef<'a> {
    /// No value: the label is left out.
    Absent,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float; attributes of run-time metrics only.
    Float(f64),
    /// Text.
    Str(&'a str),
    /// A list; attributes of foreign metrics only.
    List(List<'a>),
}

/// A label's value, owned. Clones are cheap.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum LabelValue {
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Str(Text),
    /// A list.
    List(OwnedList),
}

/// The shared text of a label value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Text(Arc<str>);

impl std::ops::Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl Display for Text {
    /// The text as it is, including control characters. A [`LabelValue`] escapes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl LabelRef<'_> {
    /// The owned value; `None` if absent. Text is cut to [`MAX_LABEL_LEN`].
    #[must_use]
    pub fn to_value(self) -> Option<LabelValue> {
        Some(match self {
            Self::Absent => return None,
            Self::Bool(value) => LabelValue::Bool(value),
            Self::Int(value) => LabelValue::Int(value),
            Self::Float(value) => LabelValue::Float(value),
            Self::Str(text) => LabelValue::Str(Text(Arc::from(cut(text)))),
            Self::List(list) => LabelValue::List(list.to_owned()),
        })
    }
}

impl LabelValue {
    /// The borrowed value.
    #[must_use]
    pub fn as_ref(&self) -> LabelRef<'_> {
        match self {
            Self::Bool(value) => LabelRef::Bool(*value),
            Self::Int(value) => LabelRef::Int(*value),
            Self::Float(value) => LabelRef::Float(*value),
            Self::Str(text) => LabelRef::Str(text),
            Self::List(list) => LabelRef::List(list.as_ref()),
        }
    }
}

impl Display for LabelValue {
    /// Writes text with control characters escaped, and other values as Rust writes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::List(list) => list.fmt(f),
            Self::Str(text) => text.chars().try_for_each(|c| {
                if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) }
            }),
        }
    }
}

/// `text`, cut to [`MAX_LABEL_LEN`] at a character boundary.
#[inline]
pub(crate) fn cut(text: &str) -> &str {
    cut_to(text, MAX_LABEL_LEN)
}
