//! Labels: the typed dimensions of a metric, OpenTelemetry's attributes.

use std::borrow::Cow;
use std::fmt::Display;
use std::marker::PhantomData;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::num::NonZero;
use std::rc::Rc;
use std::sync::Arc;

use super::scratch::Scratch;
use super::value::LabelRef;

/// A type whose values can be a label.
///
/// Strings of every common type, integers, `NonZero` integers, `bool`, `char`, the addresses of
/// [`std::net`] and `Option` of a label (`None` leaves the label out) implement it. So do `Method`
/// and `StatusCode` of the crate `http` and `Uuid` of the crate `uuid`, with the feature of that
/// name. For enums and newtypes, derive it:
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::label::{Label, LabelRef, Scratch};
///
/// struct Tenant(String);
///
/// // `#[derive(Label)]` on a newtype generates this implementation.
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
/// A label is *fixed* if its values are known at compile time ([`CARDINALITY`](Self::CARDINALITY)):
/// its series are found by arithmetic. Any other label is *open*: its series are found by hashing.
// Associated functions instead of methods: the derive brings the trait into scope, and the trait
// must not shadow the user's methods.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a label",
    label = "not a label",
    note = "derive it: `#[derive(Label)]` on an enum without fields or on a newtype",
    note = "or, if it implements `Display`, write `#[label(display)]` on the field",
    note = "or, if it derives `LabelGroup`, write `#[label(group)]` on the field"
)]
pub trait Label {
    /// The number of values, if it is known at compile time.
    const CARDINALITY: Option<usize> = None;

    /// Whether the label can be absent.
    #[doc(hidden)]
    const OPTIONAL: bool = false;

    /// Whether the value is an integer. An integer beyond the range of `i64` is a text.
    #[doc(hidden)]
    const INTEGER: bool = false;

    /// Whether `label` is an [`Outcome`](crate::Outcome) that is not known yet.
    #[doc(hidden)]
    #[must_use]
    fn is_pending(_label: &Self) -> bool {
        false
    }

    /// For fixed labels: the index of the value, from 0 to `CARDINALITY - 1`.
    #[must_use]
    fn index(_label: &Self) -> usize {
        0
    }

    /// For fixed labels: the value with this index.
    #[must_use]
    fn value_at(_index: usize) -> LabelRef<'static> {
        LabelRef::Absent
    }

    /// The value, borrowed from the label or written into `scratch`.
    #[must_use]
    fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a>;
}

/// Makes any `Display` type a label, as `#[label(display)]` does.
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

/// Attributes hold an `i64`. An integer that does not fit is kept exactly, as text.
#[inline]
fn integer<I: TryInto<i64> + Display + Copy>(value: I, scratch: &mut Scratch) -> LabelRef<'_> {
    match value.try_into() {
        Ok(value) => LabelRef::Int(value),
        Err(_) => scratch.write(&value),
    }
}

macro_rules! integer_labels {
    ($($integer:ty),*) => {$(
        impl Label for $integer {
            const INTEGER: bool = true;

            #[inline]
            fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
                integer(*label, scratch)
            }
        }

        impl Label for NonZero<$integer> {
            const INTEGER: bool = true;

            #[inline]
            fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
                integer(label.get(), scratch)
            }
        }
    )*};
}

integer_labels!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

/// Stands for a float in [`LabelOfFewValues`].
#[doc(hidden)]
#[derive(Debug)]
pub struct Float<'a>(PhantomData<&'a ()>);

/// Bounds the implementation of `Label` for floats; nothing implements it. The compiler prints this
/// message, because the bound is on another type than the float. The lifetime is for a bound with
/// `for<'a>`, which may fail to hold.
#[diagnostic::on_unimplemented(
    message = "a float cannot be a label: nearly every value would be a series of its own",
    label = "a float is not a label",
    note = "use an integer, or a text such as the name of a range; record the float itself in a \
            `#[histogram]`"
)]
#[doc(hidden)]
pub trait LabelOfFewValues {}

macro_rules! float_labels {
    ($($float:ty),*) => {$(
        impl Label for $float
        where
            for<'a> Float<'a>: LabelOfFewValues,
        {
            fn value<'a>(_: &'a Self, _: &'a mut Scratch) -> LabelRef<'a> {
                LabelRef::Absent
            }
        }
    )*};
}

float_labels!(f32, f64);

/// Labels whose value is their text.
macro_rules! written_labels {
    ($($written:ty),*) => {$(
        impl Label for $written {
            #[inline]
            fn value<'a>(label: &'a Self, scratch: &'a mut Scratch) -> LabelRef<'a> {
                scratch.write(label)
            }
        }
    )*};
}

written_labels!(char, IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6);

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
    const INTEGER: bool = L::INTEGER;

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
    const INTEGER: bool = L::INTEGER;

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
    use crate::labels::value::{LabelValue, cut};
    use crate::rules::limits::MAX_LABEL_LEN;

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
    fn an_integer_that_is_not_zero_is_an_integer() {
        assert_eq!(value_of(&NonZero::new(7_u32).unwrap()), Some(LabelValue::Int(7)));
        assert_eq!(value_of(&NonZero::new(-7_i128).unwrap()), Some(LabelValue::Int(-7)));
        let most = NonZero::<u64>::MAX;
        assert_eq!(value_of(&most).unwrap().to_string(), most.to_string());
        assert_eq!(value_of(&None::<NonZero<u8>>), None);
    }

    #[test]
    fn an_address_is_its_text() {
        for text in ["10.0.0.1", "::1"] {
            assert_eq!(value_of(&text.parse::<IpAddr>().unwrap()).unwrap().to_string(), text);
        }
        for text in ["10.0.0.1:80", "[::1]:443"] {
            assert_eq!(value_of(&text.parse::<SocketAddr>().unwrap()).unwrap().to_string(), text);
        }
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
