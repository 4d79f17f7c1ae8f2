//! How a call ended.

use std::fmt;

use super::label::Label;
use super::scratch::Scratch;
use super::value::LabelRef;

/// How a call ended, as a label.
///
/// A field of this type is filled in by `#[timed]` when the function ends. It is a fixed label with the
/// values `ok`, `error`, `cancelled` and `panicked`, and can be given by hand like any other.
///
/// ```
/// use typed_metrics_core::{Label, LabelRef, Outcome};
///
/// assert_eq!(Outcome::CARDINALITY, Some(4));
/// assert_eq!(Outcome::value_at(2), LabelRef::Str("cancelled"));
/// assert_eq!(Outcome::of(&Err::<(), _>("full")), Outcome::Error);
/// assert_eq!(Outcome::Panicked.to_string(), "panicked");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// It returned.
    Ok,
    /// It returned an error.
    Error,
    /// Its future was dropped before it was done.
    Cancelled,
    /// It panicked.
    Panicked,
    /// It has not ended. Recorded by hand, it counts as `ok`.
    #[doc(hidden)]
    __Pending,
}

/// How many outcomes there are.
pub(crate) const OUTCOMES: usize = 4;

impl Outcome {
    /// [`Ok`](Self::Ok) or [`Error`](Self::Error), as `result` is.
    #[must_use]
    #[inline]
    pub const fn of<T, E>(result: &Result<T, E>) -> Self {
        Self::ok_if(result.is_ok())
    }

    #[inline(always)]
    pub(crate) const fn ok_if(is_ok: bool) -> Self {
        if is_ok { Self::Ok } else { Self::Error }
    }

    /// As the label's value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok | Self::__Pending => "ok",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
        }
    }

    /// The place among all outcomes.
    #[inline(always)]
    pub(crate) const fn place(self) -> usize {
        match self {
            Self::Ok | Self::__Pending => 0,
            Self::Error => 1,
            Self::Cancelled => 2,
            Self::Panicked => 3,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Label for Outcome {
    const CARDINALITY: Option<usize> = Some(OUTCOMES);

    #[inline(always)]
    fn is_pending(label: &Self) -> bool {
        matches!(label, Self::__Pending)
    }

    #[inline(always)]
    fn index(label: &Self) -> usize {
        label.place()
    }

    #[inline]
    fn value_at(index: usize) -> LabelRef<'static> {
        let all = [Self::Ok, Self::Error, Self::Cancelled, Self::Panicked];
        LabelRef::Str(all.get(index).copied().unwrap_or(Self::Panicked).as_str())
    }

    #[inline]
    fn value<'a>(label: &'a Self, _: &'a mut Scratch) -> LabelRef<'a> {
        LabelRef::Str(label.as_str())
    }
}
