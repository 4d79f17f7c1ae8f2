//! The outcome of a call.

use std::fmt;

use super::label::Label;
use super::scratch::Scratch;
use super::value::LabelRef;

/// The outcome of a call, as a label.
///
/// `#[timed]` sets a field of this type when the function ends. `Outcome` is a fixed label with the
/// values `ok`, `error`, `cancelled` and `panicked`. It can also be given by hand, like any other
/// label.
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
    /// The call returned.
    Ok,
    /// The call returned an error.
    Error,
    /// The future of the call was dropped before it completed.
    Cancelled,
    /// The call panicked.
    Panicked,
    /// The call has not ended. Recorded by hand, this outcome counts as `ok`.
    #[doc(hidden)]
    __Pending,
}

/// The number of outcomes.
pub(crate) const OUTCOMES: usize = 4;

impl Outcome {
    /// [`Ok`](Self::Ok) if `result` is `Ok`, [`Error`](Self::Error) if it is `Err`.
    #[must_use]
    #[inline]
    pub const fn of<T, E>(result: &Result<T, E>) -> Self {
        Self::ok_if(result.is_ok())
    }

    #[inline(always)]
    pub(crate) const fn ok_if(is_ok: bool) -> Self {
        if is_ok { Self::Ok } else { Self::Error }
    }

    /// The value of the label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok | Self::__Pending => "ok",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
            Self::Panicked => "panicked",
        }
    }

    /// The index among all outcomes, as in [`Label::index`].
    #[inline(always)]
    pub(crate) const fn position(self) -> usize {
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
        label.position()
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
