//! The value of one key of an attribute.

use syn::Ident;

use crate::diagnostics::Diagnostics;

/// Holds the value of one key, and refuses a second value.
pub(crate) struct Slot<T> {
    filled: Option<Filled<T>>,
}

struct Filled<T> {
    key: Ident,
    /// `None` if the value could not be read, which is reported.
    value: Option<T>,
}

/// The value of a key could not be read, which is reported.
pub(crate) struct Unreadable;

impl<T> Slot<T> {
    pub(crate) fn new() -> Self {
        Self { filled: None }
    }

    pub(crate) fn fill(&mut self, cx: &Diagnostics, key: &Ident, value: Option<T>) {
        if self.filled.is_some() {
            cx.error(key, format_args!("`{key}` is given twice; keep one"));
        } else {
            self.filled = Some(Filled { key: key.clone(), value });
        }
    }

    /// The key, if it is given.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.filled.as_ref().map(|filled| &filled.key)
    }

    /// The value; `Ok(None)` if the key is not given.
    pub(crate) fn read(&self) -> Result<Option<&T>, Unreadable> {
        match &self.filled {
            None => Ok(None),
            Some(Filled { value: Some(value), .. }) => Ok(Some(value)),
            Some(Filled { value: None, .. }) => Err(Unreadable),
        }
    }
}
