//! Labels: the typed dimensions of a metric, OpenTelemetry's attributes.

use std::borrow::Cow;
use std::fmt::{self, Display, Write as _};
use std::rc::Rc;
use std::sync::Arc;

use serde::Serialize;

/// The longest text, in bytes, that a label value keeps; what is longer is cut at a character.
///
/// It bounds the memory of a metric: series limit times labels times this.
pub const MAX_LABEL_LEN: usize = 1024;

/// A type whose values can be a label.
///
/// Implemented for strings of every common type, integers, `bool`, `char` and `Option` of a label
/// (`None` leaves the label out). For enums and newtypes, derive it:
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::label::{Label, LabelRef, Scratch};
///
/// struct Tenant(String);
///
/// // What `#[derive(Label)]` writes for a newtype, by hand.
/// impl Label for Tenant {
///     fn value<'a>(tenant: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
///         Label::value(&tenant.0, scratch)
///     }
/// }
///
/// let tenant = Tenant("acme".to_owned());
/// assert_eq!(Label::value(&tenant, &mut Scratch::new()), LabelRef::Str("acme"));
/// ```
///
/// A label is *fixed* if its values are known while compiling ([`CARDINALITY`](Self::CARDINALITY)):
/// series are then found by arithmetic. Any other label is *open*: series are found by hashing.
// Associated functions, not methods: the trait comes into scope with the derive, and must not
// shadow the user's own methods.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a label",
    label = "not a label",
    note = "derive it: `#[derive(Label)]` on an enum without fields or on a newtype",
    note = "or, if it implements `Display`, write `#[label(display)]` on the field"
)]
pub trait Label {
    /// How many values there are, if that is known while compiling.
    const CARDINALITY: Option<usize> = None;

    /// Whether it can be absent.
    #[doc(hidden)]
    const OPTIONAL: bool = false;

    /// Whether it stands for an [`Outcome`](crate::Outcome) that is not known yet.
    #[doc(hidden)]
    #[must_use]
    fn is_pending(_label: &Self) -> bool {
        false
    }

    /// For fixed labels: the value's place, from 0 to `CARDINALITY - 1`.
    #[must_use]
    fn index(_label: &Self) -> usize {
        0
    }

    /// For fixed labels: the value at a place.
    #[must_use]
    fn value_at(_index: usize) -> LabelRef<'static> {
        LabelRef::Absent
    }

    /// The value, borrowed from the label or written into `scratch`.
    #[must_use]
    fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a>;
}

/// A label's value, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum LabelRef<'a> {
    /// No value: the label is left out.
    Absent,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float; attributes of run-time metrics only.
    Float(f64),
    /// Text.
    Str(&'a str),
}

/// A label's value, owned; clones are cheap.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum LabelValue {
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// Text.
    Str(Text),
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
    /// As it is, control characters included; a [`LabelValue`] escapes them.
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
        }
    }
}

impl Display for LabelValue {
    /// Text as it is, with control characters escaped; everything else as Rust writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => value.fmt(f),
            Self::Int(value) => value.fmt(f),
            Self::Float(value) => value.fmt(f),
            Self::Str(text) => text.chars().try_for_each(|c| {
                if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) }
            }),
        }
    }
}

/// `text`, cut to [`MAX_LABEL_LEN`] at a character.
#[inline]
pub(crate) fn cut(text: &str) -> &str {
    if text.len() <= MAX_LABEL_LEN {
        return text;
    }
    let end = (0..=MAX_LABEL_LEN).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    &text[..end]
}

/// Room on the stack for a label value that has to be formatted, so that no memory is allocated.
// The array is only written when it is used: `None` costs nothing.
#[derive(Debug)]
pub struct Scratch(Option<ScratchText>);

#[derive(Debug)]
struct ScratchText {
    bytes: [u8; MAX_LABEL_LEN],
    len: usize,
}

impl Scratch {
    /// Empty room.
    #[must_use]
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Writes `value`, cut to [`MAX_LABEL_LEN`].
    ///
    /// ```
    /// use typed_metrics_core::label::{LabelRef, Scratch};
    ///
    /// let mut scratch = Scratch::new();
    /// assert_eq!(scratch.write(&format_args!("{:x}", 255)), LabelRef::Str("ff"));
    /// ```
    pub fn write(&mut self, value: &(impl Display + ?Sized)) -> LabelRef<'_> {
        let text = self.0.insert(ScratchText { bytes: [0; MAX_LABEL_LEN], len: 0 });
        // An error is the sign of full room, or of a `Display` that gives up: what is there stays.
        let _ = write!(text, "{value}");
        LabelRef::Str(str::from_utf8(&text.bytes[..text.len]).unwrap_or_default())
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Write for ScratchText {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = MAX_LABEL_LEN - self.len;
        let end =
            (0..=room.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        self.bytes[self.len..self.len + end].copy_from_slice(&text.as_bytes()[..end]);
        self.len += end;
        if end == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

/// Makes any `Display` type a label: `#[label(display)]`.
#[derive(Debug)]
pub struct Displayed<'a, T: ?Sized>(pub &'a T);

impl<T: Display + ?Sized> Label for Displayed<'_, T> {
    #[inline]
    fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
        displayed(label.0, scratch)
    }
}

/// The value of a newtype whose field is `#[label(display)]`.
#[doc(hidden)]
#[inline]
pub fn displayed<'a, T: Display + ?Sized>(value: &T, scratch: &'a mut Scratch) -> LabelRef<'a> {
    scratch.write(value)
}

macro_rules! text_labels {
    ($($text:ty),*) => {$(
        impl Label for $text {
            #[inline]
            fn value<'a>(label: &'a Self, _: &'a mut Scratch) -> LabelRef<'a> {
                LabelRef::Str(label)
            }
        }
    )*};
}

text_labels!(str, String, Box<str>, Arc<str>, Rc<str>, Cow<'_, str>);

macro_rules! integer_labels {
    ($($integer:ty),*) => {$(
        impl Label for $integer {
            #[inline]
            fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
                // Attributes hold an i64; what does not fit is kept exactly, as text.
                match i64::try_from(*label) {
                    Ok(value) => LabelRef::Int(value),
                    Err(_) => scratch.write(label),
                }
            }
        }
    )*};
}

integer_labels!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

impl Label for char {
    #[inline]
    fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
        scratch.write(label)
    }
}

impl Label for bool {
    const CARDINALITY: Option<usize> = Some(2);

    #[inline]
    fn index(label: &Self) -> usize {
        usize::from(*label)
    }

    #[inline]
    fn value_at(index: usize) -> LabelRef<'static> {
        LabelRef::Bool(index == 1)
    }

    #[inline]
    fn value<'a>(label: &'a Self, _: &'a mut Scratch) -> LabelRef<'a> {
        LabelRef::Bool(*label)
    }
}

impl<L: Label + ?Sized> Label for &L {
    const CARDINALITY: Option<usize> = L::CARDINALITY;
    const OPTIONAL: bool = L::OPTIONAL;

    #[inline]
    fn is_pending(label: &Self) -> bool {
        L::is_pending(label)
    }

    #[inline]
    fn index(label: &Self) -> usize {
        L::index(label)
    }

    #[inline]
    fn value_at(index: usize) -> LabelRef<'static> {
        L::value_at(index)
    }

    #[inline]
    fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
        L::value(label, scratch)
    }
}

impl<L: Label> Label for Option<L> {
    const CARDINALITY: Option<usize> = match L::CARDINALITY {
        Some(_) if L::OPTIONAL => panic!(
            "an `Option` of an `Option` has two values that leave the label out; write one `Option`"
        ),
        Some(count) => Some(count + 1),
        None => None,
    };

    const OPTIONAL: bool = true;

    #[inline]
    fn is_pending(label: &Self) -> bool {
        label.as_ref().is_some_and(L::is_pending)
    }

    #[inline]
    fn index(label: &Self) -> usize {
        label.as_ref().map_or(0, |label| L::index(label) + 1)
    }

    #[inline]
    fn value_at(index: usize) -> LabelRef<'static> {
        if index == 0 { LabelRef::Absent } else { L::value_at(index - 1) }
    }

    #[inline]
    fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
        label.as_ref().map_or(LabelRef::Absent, |label| L::value(label, scratch))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value_of<L: Label>(label: &L) -> Option<LabelValue> {
        L::value(label, &mut Scratch::new()).to_value()
    }

    #[test]
    fn integers_that_do_not_fit_are_kept_as_text() {
        assert_eq!(value_of(&-5i8), Some(LabelValue::Int(-5)));
        assert_eq!(value_of(&u64::MAX).unwrap().to_string(), "18446744073709551615");
        assert_eq!(value_of(&u128::MAX).unwrap().to_string(), u128::MAX.to_string());
    }

    #[test]
    fn an_option_of_a_fixed_label_has_one_value_more() {
        assert_eq!(<Option<bool> as Label>::CARDINALITY, Some(3));
        for (index, label) in [None, Some(false), Some(true)].iter().enumerate() {
            assert_eq!(Label::index(label), index);
            assert_eq!(
                <Option<bool> as Label>::value_at(index),
                Label::value(label, &mut Scratch::new())
            );
        }
        assert_eq!(<Option<&str> as Label>::CARDINALITY, None);
        assert_eq!(value_of(&None::<String>), None);
    }

    #[test]
    fn text_is_cut_at_a_character() {
        let long = "é".repeat(MAX_LABEL_LEN);
        assert_eq!(cut(&long).len(), MAX_LABEL_LEN);
        let odd = format!("a{long}");
        assert_eq!(cut(&odd).len(), MAX_LABEL_LEN - 1);
        let mut scratch = Scratch::new();
        let LabelRef::Str(written) = scratch.write(&odd) else { panic!() };
        assert_eq!(written, cut(&odd));
    }

    #[test]
    fn the_text_of_a_label_is_used_as_a_string() {
        let Some(LabelValue::Str(text)) = value_of(&"a\nb") else { panic!() };
        assert_eq!(text, *"a\nb");
        assert_eq!(AsRef::<str>::as_ref(&text), "a\nb");
        assert_eq!(format!("{text:>4}"), " a\nb");
        assert!(std::collections::HashSet::from([text.clone()]).contains(&text));
    }

    #[test]
    fn control_characters_are_escaped_when_shown() {
        assert_eq!(value_of(&"a\nb\0c").unwrap().to_string(), "a\\nb\\u{0}c");
    }

    #[test]
    fn every_string_type_gives_its_text() {
        let expected = value_of(&"x");
        assert_eq!(value_of(&String::from("x")), expected);
        assert_eq!(value_of(&Box::<str>::from("x")), expected);
        assert_eq!(value_of(&Arc::<str>::from("x")), expected);
        assert_eq!(value_of(&Cow::Borrowed("x")), expected);
        assert_eq!(value_of(&'x'), expected);
        assert_eq!(value_of(&Displayed(&"x")), expected);
    }
}
