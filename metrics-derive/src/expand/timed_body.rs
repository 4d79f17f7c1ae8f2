//! The body of a measured function, inside the closure or the async block.

use proc_macro2::{Group, TokenStream};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;

use crate::expand::names::local;
use crate::model::{
    Argument, LastValue, ReturnedClosure, Returns, Take, ValidatedFunction, assigns,
};

/// The function's body, with the arguments that it takes over.
///
/// For a closure, expands to `match { first } { first => match { second } { second => { … } } }`. A
/// variable that an arm binds lives longer than all variables of the body, as an argument does. An
/// async block drops its captured variables in the order in which it mentions them. For an async
/// block, expands to `let _ = &second; let _ = &first; …`.
pub(crate) fn body_of(function: &ValidatedFunction<'_>) -> TokenStream {
    let statements = statements(function);
    let Some(arguments) = &function.arguments else { return statements };
    let captured =
        arguments.iter().rev().map(|Argument { attributes, lints, take, .. }| match take {
            Take::Capture(_) if function.is_in_place => TokenStream::new(),
            Take::Capture(name) => quote! {
                #[allow(clippy::used_underscore_binding)]
                #(#attributes)*
                let _ = &#name;
            },
            // The variable in the block makes the compiler report the unused argument at the
            // argument.
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
        // The innermost match has the user's braces.
        let body = if std::mem::replace(&mut is_bound, true) {
            body
        } else {
            braced(&function.body.braces, body)
        };
        quote!(match { #name } { #(#lints)* #pattern => #body })
    });
    quote!(#captured #body)
}

/// The statements of an async block, after a `return` that never runs. The `return` gives the
/// compiler the type that `?` and `return` need, which cannot be written for a block.
pub(crate) fn in_block(returns: &Returns, statements: &TokenStream) -> TokenStream {
    let returned = local("__returned");
    let Returns::Type(returns) = returns else { return statements.clone() };
    quote! {
        if let __p::core::option::Option::Some(#returned) =
            __p::core::option::Option::None::<#returns>
        {
            return #returned;
        }
        #statements
    }
}

/// The body's statements. A closure at the end gets the types of its arguments.
fn statements(function: &ValidatedFunction<'_>) -> TokenStream {
    let Some(ReturnedClosure { before, last }) = &function.closure else {
        return function.body.statements.clone();
    };
    let last = last_value(last);
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
fn last_value(last: &LastValue) -> TokenStream {
    let slot = local("__slot");
    match last {
        LastValue::Other(expression) => expression.to_token_stream(),
        LastValue::Tuple(values) => {
            let values = values.iter().map(last_value);
            quote!((#(#values,)*))
        }
        LastValue::Closure { expression, bound } => quote! {
            {
                let mut #slot = __p::core::option::Option::None;
                #[allow(elided_lifetimes_in_paths, unused_parens)]
                let _: &(dyn #bound + '_) = __p::timed::put(&mut #slot, #expression);
                __p::timed::taken(#slot)
            }
        },
    }
}

/// The drop of a captured argument reads the argument once more. The compiler does not see that,
/// and would report `self.armed = false;` in a method that takes `mut self` as unused.
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
