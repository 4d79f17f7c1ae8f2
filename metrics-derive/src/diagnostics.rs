//! The mistakes of a declaration, collected.
//!
//! If a pass returned at the first mistake, each mistake would cost the user one build. So a pass
//! reports a mistake to the collector and goes on with the rest. `None` in the result of a pass
//! means that the mistake is reported already.

use std::cell::RefCell;
use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Collects mistakes. Dropping the collector without [`finish`](Self::finish) panics, because a
/// mistake that is found and not reported would become wrong code.
pub(crate) struct Diagnostics {
    // A cell, so that passes can share the collector while they borrow the declaration.
    errors: RefCell<Option<Vec<syn::Error>>>,
}

impl Diagnostics {
    pub(crate) fn new() -> Self {
        Self { errors: RefCell::new(Some(Vec::new())) }
    }

    /// Reports a mistake, and points at all of `tokens`.
    pub(crate) fn error(&self, tokens: impl ToTokens, message: impl Display) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(syn::Error::new_spanned(tokens, message));
        }
    }

    /// Reports a mistake that syn found.
    pub(crate) fn syntax(&self, error: syn::Error) {
        if let Some(errors) = self.errors.borrow_mut().as_mut() {
            errors.push(error);
        }
    }

    /// `Ok` if there is no mistake, else one `compile_error!` for each mistake.
    pub(crate) fn finish(self) -> Result<(), TokenStream> {
        let errors = self.errors.borrow_mut().take().unwrap_or_default();
        if errors.is_empty() {
            return Ok(());
        }
        Err(errors.iter().map(syn::Error::to_compile_error).collect())
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        assert!(
            self.errors.get_mut().is_none() || std::thread::panicking(),
            "the mistakes of a declaration were collected and never reported"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mistake_is_reported_in_the_order_found() {
        let cx = Diagnostics::new();
        cx.error(quote::quote!(a), "first");
        cx.error(quote::quote!(a + b), "second");
        let reported = cx.finish().unwrap_err().to_string();
        assert!(reported.find("first").unwrap() < reported.find("second").unwrap());
    }

    #[test]
    #[should_panic(expected = "never reported")]
    fn forgetting_to_report_panics() {
        drop(Diagnostics::new());
    }
}
