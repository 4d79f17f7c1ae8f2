//! The outcome of a call, from what it returned.

use crate::labels::outcome::Outcome;

/// What a function returned. Its method is that of a `Result` where the type is one, and else that of
/// [`AnyReturned`]: the compiler prefers the former. Its name is one that no trait of the user's has.
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

/// What `none_is_error` can be asked of.
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
