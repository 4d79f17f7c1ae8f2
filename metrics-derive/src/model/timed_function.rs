//! A function that is measured.

use proc_macro2::TokenStream;
use syn::{Attribute, Generics, Ident, Signature};

use crate::diagnostics::Diagnostics;
use crate::model::arguments::{Arguments, Into, Readers};
use crate::model::early_exit::may_exit;
use crate::model::returned_closure::ReturnedClosure;
use crate::model::returned_future::ReturnedFuture;
use crate::model::returns::Returns;
use crate::model::timed::ValidatedTimed;
use crate::parse::{Body, FunctionDeclaration};

/// A function that can be measured.
pub(crate) struct ValidatedFunction<'d> {
    pub(crate) declaration: &'d FunctionDeclaration,
    /// With a name for each argument that needs one.
    pub(crate) signature: Signature,
    pub(crate) body: &'d Body,
    pub(crate) kind: ValidatedBody,
    /// Whether the body stays part of the function: it ends with its last expression only, and can
    /// take over all arguments without a closure.
    pub(crate) is_in_place: bool,
    /// `None` if the body is not moved into a closure or an async block.
    pub(crate) arguments: Option<Arguments>,
    /// The returned closure, if there is one: the expansion has to give it the types of its
    /// arguments.
    pub(crate) closure: Option<ReturnedClosure>,
}

/// How the body runs.
pub(crate) enum ValidatedBody {
    /// When the function is called.
    Sync { returns: Returns },
    /// When the function's future is polled.
    Async { returns: Returns },
    /// When the future that the function returns is polled.
    Future { made: ReturnedFuture, returns: Returns },
}

impl<'d> ValidatedFunction<'d> {
    /// `None` if there is a mistake, which is reported then. `around` has the generic parameters
    /// of the impl block.
    pub(crate) fn check(
        cx: &Diagnostics,
        timed: &ValidatedTimed,
        around: &Generics,
        declaration: &'d FunctionDeclaration,
    ) -> Option<Self> {
        let FunctionDeclaration { attributes, signature, body, .. } = declaration;
        if let Some(keyword) = &signature.constness {
            cx.error(
                keyword,
                "a `const fn` may run while compiling, when there is no clock; remove `const`, or \
                 do not measure the function: in an impl block, write `#[timed(skip)]` above it",
            );
            return None;
        }
        let Some(body) = body else {
            let ident = &signature.ident;
            cx.error(
                ident,
                format_args!(
                    "`{ident}` has no body to measure; put `#[timed]` above its implementations"
                ),
            );
            return None;
        };
        let kind = body_kind(signature, around, &body.statements);
        if let (Some(key), ValidatedBody::Sync { .. }) = (&timed.busy, &kind) {
            cx.error(
                key,
                "`busy` measures the time of polls, and this function is not polled; \
                 remove `busy`",
            );
            return None;
        }
        let mut signature = signature.clone();
        let into = match &kind {
            ValidatedBody::Async { .. } => Some(Into::Future),
            // The body is not moved.
            ValidatedBody::Future { made: ReturnedFuture::Block(_), .. }
            | ValidatedBody::Sync { returns: Returns::Never } => None,
            ValidatedBody::Sync { .. } | ValidatedBody::Future { .. } => Some(Into::Closure),
        };
        let arguments = into.map(|into| {
            let readers = Readers {
                body: &body.statements,
                measured: &timed.expressions(),
                other_macros: attributes.iter().any(may_be_a_macro),
            };
            Arguments::take_over(&mut signature, into, &readers)
        });
        let is_in_place = matches!(kind, ValidatedBody::Sync { returns: Returns::Never })
            || matches!(kind, ValidatedBody::Sync { .. })
                && !may_exit(body.statements.clone())
                && arguments.as_ref().is_some_and(Arguments::can_stay);
        if !is_in_place
            && let Some(attribute) = attributes.iter().find(|a| a.path().is_ident("track_caller"))
        {
            let text = if let ValidatedBody::Sync { .. } = kind {
                "this body is measured in a closure, in which `#[track_caller]` has no effect; \
                 remove one of the two, or write the body without `return`, `?`, macros of other \
                 crates and `self` by value"
            } else {
                "this body is measured in a future, in which `#[track_caller]` has no effect; \
                 remove one of the two"
            };
            cx.error(attribute, text);
            return None;
        }
        let closure = ReturnedClosure::find(&signature, &body.statements);
        Some(Self { declaration, signature, body, kind, is_in_place, arguments, closure })
    }

    pub(crate) fn ident(&self) -> &Ident {
        &self.signature.ident
    }
}

/// Whether an attribute may be a macro, which would see the function as this macro changed it.
fn may_be_a_macro(attribute: &Attribute) -> bool {
    const BUILT_IN: [&str; 17] = [
        "allow",
        "cfg",
        "cold",
        "deny",
        "deprecated",
        "doc",
        "expect",
        "export_name",
        "forbid",
        "inline",
        "link_section",
        "must_use",
        "no_mangle",
        "target_feature",
        "unsafe",
        "warn",
        "automatically_derived",
    ];
    !BUILT_IN.iter().any(|name| attribute.path().is_ident(name))
}

fn body_kind(signature: &Signature, around: &Generics, body: &TokenStream) -> ValidatedBody {
    let returns = Returns::of(&signature.output);
    if signature.asyncness.is_some() {
        return ValidatedBody::Async { returns };
    }
    match ReturnedFuture::find(signature, around, body) {
        Some(made) => ValidatedBody::Future { made, returns },
        None => ValidatedBody::Sync { returns },
    }
}
