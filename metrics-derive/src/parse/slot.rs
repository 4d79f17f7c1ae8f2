//! One key of an attribute.

use syn::Ident;

use crate::diagnostics::Diagnostics;

/// Holds what was written for one key, and refuses a second time.
pub(crate) struct Slot<T> {
    filled: Option<Filled<T>>,
}

struct Filled<T> {
    key: Ident,
    /// `None` if something was written that could not be read; that has been reported.
    value: Option<T>,
}

/// Something was written that could not be read; that has been reported.
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

    /// The key where it was written.
    pub(crate) fn key(&self) -> Option<&Ident> {
        self.filled.as_ref().map(|filled| &filled.key)
    }

    /// The value; `Ok(None)` if the key was not written.
    pub(crate) fn read(&self) -> Result<Option<&T>, Unreadable> {
        match &self.filled {
            None => Ok(None),
            Some(Filled { value: Some(value), .. }) => Ok(Some(value)),
            Some(Filled { value: None, .. }) => Err(Unreadable),
        }
    }
}
