//! The body of a function that is measured, where it runs now.

use proc_macro2::{Group, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use crate::expand::meter::Paths;
use crate::expand::timed::local;
use crate::model::{Argument, LastValue, ReturnedClosure, Take, ValidatedFunction, assigns};

/// The function's body, with the arguments that it takes over.
///
/// Expands to `match { first } { first => match { second } { second => { … } } }` for a closure: what an
/// arm binds lives, as an argument does, longer than all that the body makes. For an async block, which
/// drops what it captured as it came across it, to `let _ = &second; let _ = &first; …`.
pub(crate) fn body_of(function: &ValidatedFunction<'_>, paths: &Paths) -> TokenStream {
    let statements = statements(function, paths);
    let Some(arguments) = &function.arguments else { return statements };
    let captured = arguments.iter().rev().map(|Argument { attributes, lints, take }| match take {
        Take::Capture(name) => quote! {
            #[allow(clippy::used_underscore_binding)]
            #(#attributes)*
            let _ = &#name;
        },
        // The block says that the argument is not used, where it stands.
        Take::CaptureUnused(name) => quote! {
            #(#attributes)*
            let _ = &#name;
            #(#attributes)*
            {
                #(#lints)*
                let #name = ();
            }
        },
        Take::Bind { .. } => TokenStream::new(),
    });
    let captured: TokenStream = captured.collect();
    let used = arguments.iter().filter_map(|argument| match &argument.take {
        Take::Bind { used, .. } => used.as_ref(),
        Take::Capture(_) | Take::CaptureUnused(_) => None,
    });
    let statements = quote!(#(let _ = &#used;)* #statements);
    let mut is_bound = false;
    let body = arguments.iter().rev().fold(statements, |body, Argument { lints, take, .. }| {
        let Take::Bind { pattern, name, .. } = take else { return body };
        // The innermost has the user's braces.
        let body = if std::mem::replace(&mut is_bound, true) {
            body
        } else {
            braced(&function.body.braces, body)
        };
        quote!(match { #name } { #(#lints)* #pattern => #body })
    });
    quote!(#captured #body)
}

/// The body's statements. A closure at the end is told the types of its arguments.
fn statements(function: &ValidatedFunction<'_>, paths: &Paths) -> TokenStream {
    let Some(ReturnedClosure { before, last }) = &function.closure else {
        return function.body.statements.clone();
    };
    let last = last_value(last, paths);
    quote!(#(#before)* #last)
}

/// Expands a closure to
///
/// ```text
/// {
///     let mut __slot = Option::None;
///     let _: &(dyn Fn(&str) -> usize + '_) = timed::put(&mut __slot, |text| text.len());
///     timed::taken(__slot)
/// }
/// ```
fn last_value(last: &LastValue, paths: &Paths) -> TokenStream {
    let Paths { private, timed } = paths;
    let slot = local("__slot");
    match last {
        LastValue::Other(expression) => expression.to_token_stream(),
        LastValue::Tuple(values) => {
            let values = values.iter().map(|value| last_value(value, paths));
            quote!((#(#values,)*))
        }
        LastValue::Closure { expression, bound } => quote! {
            {
                let mut #slot = #private::core::option::Option::None;
                #[allow(elided_lifetimes_in_paths, unused_parens)]
                let _: &(dyn #bound + '_) = #timed::put(&mut #slot, #expression);
                #timed::taken(#slot)
            }
        },
    }
}

/// The compiler does not see that a captured argument is read once more, when it is dropped, and
/// would warn of `self.armed = false;` in a method that takes `mut self`.
pub(crate) fn allow(function: &ValidatedFunction<'_>) -> Option<TokenStream> {
    let arguments = function.arguments.as_ref()?.iter();
    let mut captured = arguments.filter_map(|argument| match &argument.take {
        Take::Capture(name) => Some(name.unraw().to_string()),
        Take::CaptureUnused(_) | Take::Bind { .. } => None,
    });
    let assigned = captured.any(|name| assigns(function.body.statements.clone(), &name));
    assigned.then(|| quote!(#[allow(unused_assignments)]))
}

/// `tokens` in the braces that the user wrote.
pub(crate) fn braced(braces: &Group, tokens: TokenStream) -> TokenStream {
    let mut group = Group::new(proc_macro2::Delimiter::Brace, tokens);
    group.set_span(braces.span());
    group.to_token_stream()
}
