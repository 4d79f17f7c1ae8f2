//! Values of the labels `error.type` and `db.response.status_code`.

use std::borrow::Cow;

/// The operation was dropped before its end, as by a timeout or by a task that was aborted.
pub const CANCELLED: &str = "cancelled";

/// The operation panicked.
pub const PANICKED: &str = "panicked";

/// The labels that an error makes.
///
/// The values must be few, such as the codes of the database. A message of an error is no label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure<'e> {
    error_type: Option<Cow<'e, str>>,
    status: Option<Cow<'e, str>>,
}

impl<'e> Failure<'e> {
    /// The database answered with a code, such as the SQLSTATE `23505`. The code is both
    /// `db.response.status_code` and `error.type`, as the conventions recommend.
    ///
    /// ```
    /// use typed_metrics_db::Failure;
    ///
    /// let failure = Failure::status("23505");
    /// assert_eq!(failure.status_code(), Some("23505"));
    /// assert_eq!(failure.error_type(), Some("23505"));
    /// ```
    pub fn status(code: impl Into<Cow<'e, str>>) -> Self {
        let code = code.into();
        Self { error_type: Some(code.clone()), status: Some(code) }
    }

    /// The operation failed without a code of the database.
    pub fn of_type(error_type: impl Into<Cow<'e, str>>) -> Self {
        Self { error_type: Some(error_type.into()), status: None }
    }

    /// The error says nothing bad about the operation: the database answered that there is no row.
    #[must_use]
    pub const fn none() -> Self {
        Self { error_type: None, status: None }
    }

    /// The label `error.type`.
    #[must_use]
    pub fn error_type(&self) -> Option<&str> {
        self.error_type.as_deref()
    }

    /// The label `db.response.status_code`.
    #[must_use]
    pub fn status_code(&self) -> Option<&str> {
        self.status.as_deref()
    }
}

/// Names the errors of a client. A function from `&E` to a [`Failure`] does, through
/// [`Database::errors`](crate::Database::errors).
pub trait NameError<E> {
    /// The labels that this error makes.
    fn failure<'e>(&self, error: &'e E) -> Failure<'e>;
}

impl<E, F: for<'e> Fn(&'e E) -> Failure<'e>> NameError<E> for F {
    fn failure<'e>(&self, error: &'e E) -> Failure<'e> {
        self(error)
    }
}
