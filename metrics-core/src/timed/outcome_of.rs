//! The outcome of a call, derived from the returned value.

use crate::labels::outcome::Outcome;

/// The value that a function returned. If its type is a `Result`, the compiler prefers the inherent
/// method; otherwise it uses the method of [`AnyReturned`]. No trait of the user has a method of
/// this name.
#[derive(Debug)]
pub struct Returned<'a, R>(pub &'a R);

impl<T, E> Returned<'_, Result<T, E>> {
    #[must_use]
    #[inline(always)]
    pub fn __typed_outcome(&self) -> Outcome {
        Outcome::of(self.0)
    }
}

/// See [`Returned`].
pub trait AnyReturned {
    fn __typed_outcome(&self) -> Outcome;
}

impl<R> AnyReturned for Returned<'_, R> {
    #[inline(always)]
    fn __typed_outcome(&self) -> Outcome {
        Outcome::Ok
    }
}

/// The types to which `none_is_error` applies.
#[diagnostic::on_unimplemented(
    message = "`none_is_error` is for functions that return an `Option`, and this one returns `{Self}`",
    label = "needs an `Option`, or a `Result` of one",
    note = "for other types, say what is an error: `error_if = |returned| …`"
)]
pub trait MaybeNone {
    fn outcome(&self) -> Outcome;
}

impl<T> MaybeNone for Option<T> {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        Outcome::ok_if(self.is_some())
    }
}

impl<T, E> MaybeNone for Result<Option<T>, E> {
    #[inline(always)]
    fn outcome(&self) -> Outcome {
        Outcome::ok_if(matches!(self, Ok(Some(_))))
    }
}
