//! `#[timed]` of a function that can be measured.
//!
//! The body becomes a closure or an async block that takes the arguments over. So every way out of
//! the body, `return` and `?` too, leads to the code that measures. Unlike the expansion of a
//! derive, this one is among the user's names: locals are hygienic, and the names of imports begin
//! with two underscores.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};

use crate::expand::call_recorder::{call_recorder, fill, tokens_of_computed};
use crate::expand::facade::{Macro, imports};
use crate::expand::names::{at, local};
use crate::expand::timed_body::{allow, body_of, braced, in_block};
use crate::expand::timed_statics::statics;
use crate::model::{
    CallRecorder, LastExpression, OutcomeOf, ReturnedFuture, Returns, ValidatedBody,
    ValidatedFunction, ValidatedTimed,
};

/// Expands to the function with another body: see [`Expansion::sync`], [`Expansion::of_async`] and
/// [`Expansion::of_future`].
pub(crate) fn expand(timed: &ValidatedTimed, function: &ValidatedFunction<'_>) -> TokenStream {
    let declaration = function.declaration;
    let (attributes, vis, default) =
        (&declaration.attributes, &declaration.vis, &declaration.default);
    let signature = &function.signature;
    let expansion = Expansion { timed, function };
    let body = match &function.kind {
        ValidatedBody::Sync { returns } => expansion.sync(returns),
        ValidatedBody::Async { returns } => expansion.of_async(returns),
        ValidatedBody::Future { made: ReturnedFuture::Block(last), .. } => {
            expansion.last_expression(last)
        }
        ValidatedBody::Future { made: ReturnedFuture::Bare, returns } => {
            expansion.of_future(returns, None)
        }
        ValidatedBody::Future { made: ReturnedFuture::Pinned(function), returns } => {
            let pin = function.as_ref().map_or(quote!(__p::Box::pin), |f| quote!(#f));
            expansion.of_future(returns, Some(&pin))
        }
    };
    let inner_attributes = &function.body.attributes;
    let imports = imports(&timed.facade, Macro::Timed);
    let statics = statics(timed, function);
    let body = quote!(#(#inner_attributes)* #imports #statics #body);
    let body = braced(&function.body.braces, body);
    quote!(#(#attributes)* #vis #default #signature #body)
}

struct Expansion<'e> {
    timed: &'e ValidatedTimed,
    function: &'e ValidatedFunction<'e>,
}

impl Expansion<'_> {
    /// Expands to
    ///
    /// ```text
    /// let __call = timed::Call::of_function((timed::wall(…), ()));
    /// let __returned = timed::call(move || -> Result<Ast, Error> {
    ///     match { input } { input => { … } }
    /// });
    /// let __outcome = …;
    /// __call.finish(__outcome);
    /// return __returned;
    /// ```
    ///
    /// A body that ends with its last expression only needs no closure. It expands to
    ///
    /// ```text
    /// let __returned: Result<Ast, Error> = { match { input } { input => { … } } };
    /// ```
    fn sync(&self, returns: &Returns) -> TokenStream {
        let (call, returned) = (local("__call"), local("__returned"));
        let (computed, recorders) = self.recorders();
        if let Returns::Never = returns {
            // The function ends by unwinding, if at all, which drops the call and records it.
            let statements = &self.function.body.statements;
            return quote! {
                #computed
                let #call = __p::timed::Call::of_function(#recorders);
                #statements
            };
        }
        let finish = self.finish(&call, &quote!(&#returned));
        let value = returning(&returned.to_token_stream());
        let mutable = self.fills().then(|| quote!(mut));
        let call_body = if let (true, Returns::Type(returns)) = (self.function.is_in_place, returns)
        {
            let body = braced(&self.function.body.braces, body_of(self.function));
            // The body may be a `todo!()`.
            quote! {
                #[allow(clippy::diverging_sub_expression)]
                let #returned: #returns = #body;
                #[allow(unreachable_code)]
            }
        } else {
            let (body, allow) = (self.closure(returns), allow(self.function));
            quote! {
                #allow
                let #returned = __p::timed::call(#body);
            }
        };
        quote! {
            #computed
            let #mutable #call = __p::timed::Call::of_function(#recorders);
            #call_body
            #finish
            #value
        }
    }

    /// Expands to
    ///
    /// ```text
    /// let (__prepared, __body) = timed::call(move || (
    ///     (timed::wall(…), ()),
    ///     async move {
    ///         if let Option::Some(__returned) = Option::None::<Result<Page, Error>> {
    ///             return __returned;
    ///         }
    ///         let _ = &url;
    ///         …
    ///     },
    /// ));
    /// let __call = timed::Call::of_future(__prepared);
    /// let __returned = timed::Awaited::new(__call, pin!(__body), |__returned, __call| {
    ///     let __outcome = …;
    ///     __call.finish(__outcome);
    /// }).await;
    /// return __returned;
    /// ```
    ///
    /// The labels are evaluated in a closure. If the future itself borrowed an argument, it would
    /// keep room for the argument to the end, although the argument is moved into the body.
    fn of_async(&self, returns: &Returns) -> TokenStream {
        let (prepared, body) = (local("__prepared"), local("__body"));
        let (computed, recorders) = self.recorders();
        let block = self.block(returns, &body_of(self.function));
        let allow = allow(self.function);
        let awaited = self.awaited(returns, &quote!(#prepared), &quote!(#body));
        // If the body borrows something for too long, the compiler reports that at the body.
        let span = Span::mixed_site().located_at(self.function.body.braces.span());
        let future = quote_spanned!(span=> async move #block);
        quote! {
            #computed
            #allow
            let (#prepared, #body) = __p::timed::call(move || (#recorders, #future));
            #awaited
        }
    }

    /// A function that makes a future in any way. The future is measured when it is polled.
    ///
    /// Expands to
    ///
    /// ```text
    /// let __prepared = (timed::wall(…), ());
    /// let __future = timed::call(move || -> _ { … });
    /// return Box::pin({ // or without `Box::pin`
    ///     use timed::AnyFuture as _;
    ///     timed::Made(__future).__typed_measured(
    ///         __prepared,
    ///         move |__returned, __call| {
    ///             let __outcome = …;
    ///             __call.finish(__outcome);
    ///         },
    ///         |__future, __prepared, __end| async move {
    ///             let __call = timed::Call::of_future(__prepared);
    ///             timed::Awaited::new(__call, pin!(__future), __end).await
    ///         },
    ///     )
    /// });
    /// ```
    fn of_future(&self, returns: &Returns, pin: Option<&TokenStream>) -> TokenStream {
        let (prepared, future) = (local("__prepared"), local("__future"));
        let (call, end) = (local("__call"), local("__end"));
        let (computed, recorders) = self.recorders();
        let body = self.closure(returns);
        let allow = allow(self.function);
        let ends = self.end(&Returns::Unknown);
        let measured = quote! {
            {
                use __p::timed::AnyFuture as _;
                __p::timed::Made(#future).__typed_measured(
                    #prepared,
                    move #ends,
                    |#future, #prepared, #end| async move {
                        let #call = __p::timed::Call::of_future(#prepared);
                        __p::timed::Awaited::new(#call, __p::core::pin::pin!(#future), #end).await
                    },
                )
            }
        };
        let measured = match pin {
            Some(pin) => quote!(#pin(#measured)),
            None => measured,
        };
        let measured = returning(&measured);
        quote! {
            #computed
            let #prepared = #recorders;
            #allow
            let #future = __p::timed::call(#body);
            #measured
        }
    }

    /// A function whose last expression is an async block.
    ///
    /// Expands to
    ///
    /// ```text
    /// let __prepared = (timed::wall(…), ());
    /// …
    /// Box::pin(async move { … }) // which awaits the block
    /// ```
    fn last_expression(&self, last: &LastExpression) -> TokenStream {
        let LastExpression { before, function, block, returns } = last;
        let prepared = local("__prepared");
        let (computed, recorders) = self.recorders();
        let (attributes, capture) = (&block.attrs, block.capture.to_token_stream());
        let inner = match syn::parse2::<Group>(block.block.to_token_stream()) {
            Ok(braces) => braced(&braces, in_block(returns, &braces.stream())),
            Err(_) => block.block.to_token_stream(),
        };
        let awaited = self.awaited(returns, &quote!(#prepared), &quote!(async #capture #inner));
        let future = quote!(#(#attributes)* async #capture { #awaited });
        let future = match function {
            Some(function) => quote!(#function(#future)),
            None => future,
        };
        quote! {
            #computed
            let #prepared = #recorders;
            #(#before)*
            #future
        }
    }

    /// Awaits `body`, which returns `returns`. `prepared` holds the recorders of the call.
    fn awaited(
        &self,
        returns: &Returns,
        prepared: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let (call, returned) = (local("__call"), local("__returned"));
        let end = self.end(returns);
        // If a returned lifetime is wrong, the compiler reports that at the span of this value.
        let value = returning(&respanned(&returned.to_token_stream(), self.end_of_body()));
        quote! {
            let #call = __p::timed::Call::of_future(#prepared);
            let #returned =
                __p::timed::Awaited::new(#call, __p::core::pin::pin!(#body), #end).await;
            #value
        }
    }

    /// The closure that ends the call of a future, which returned `returns`.
    fn end(&self, returns: &Returns) -> TokenStream {
        let (call, returned) = (local("__call"), local("__returned"));
        if let Returns::Never = returns {
            return quote!(|_, _| {});
        }
        let finish = self.finish(&call, &returned.to_token_stream());
        let mutable = self.fills().then(|| quote!(mut));
        quote!(|#returned, #mutable #call| { #finish })
    }

    /// The span of the last token of the user's body.
    fn end_of_body(&self) -> Span {
        let body = self.function.body;
        body.statements.clone().into_iter().last().map_or(body.braces.span(), |token| token.span())
    }

    /// The function's body as a closure.
    fn closure(&self, returns: &Returns) -> TokenStream {
        let body = braced(&self.function.body.braces, body_of(self.function));
        match returns {
            Returns::Type(returns) => quote!(move || -> #returns #body),
            Returns::Never | Returns::Unknown => quote!(move || #body),
        }
    }

    /// The function's body as that of an async block.
    fn block(&self, returns: &Returns, statements: &TokenStream) -> TokenStream {
        braced(&self.function.body.braces, in_block(returns, statements))
    }

    /// The placeholders of computed labels, and all recorders, as a pair of pairs.
    ///
    /// Expands to `(timed::wall(…), (timed::count(…), ()))`. With `sample`, expands to
    ///
    /// ```text
    /// {
    ///     let __sampled = timed::is_sampled(const { timed::Share::one_in(64) });
    ///     (__sampled.then(|| timed::wall(…)), (timed::count(…), ()))
    /// }
    /// ```
    fn recorders(&self) -> (TokenStream, TokenStream) {
        let recorders = &self.timed.recorders;
        let computed =
            recorders.iter().enumerate().map(|(at, recorder)| tokens_of_computed(at, recorder));
        let computed = computed.collect();
        let sampled = local("__sampled");
        let numbered = recorders.iter().enumerate().rev();
        let pairs = numbered.fold(quote!(()), |rest, (at, recorder)| {
            let mut one = call_recorder(at, recorder);
            if self.is_option(recorder) {
                one = quote!(#sampled.then(|| #one));
            }
            quote!((#one, #rest))
        });
        let pairs = match &self.timed.sample {
            None => pairs,
            Some(n) => quote! {
                {
                    let #sampled = __p::timed::is_sampled(const { __p::timed::Share::one_in(#n) });
                    #pairs
                }
            },
        };
        (computed, pairs)
    }

    /// Whether the recorder records only the calls that are measured.
    fn is_option(&self, recorder: &CallRecorder) -> bool {
        self.timed.sample.is_some() && recorder.is_time()
    }

    fn fills(&self) -> bool {
        self.timed.recorders.iter().any(|recorder| !recorder.computed().is_empty())
    }

    /// Expands to
    ///
    /// ```text
    /// let __outcome = {
    ///     use timed::AnyReturned as _;
    ///     timed::Returned(&__returned).__typed_outcome()
    /// };
    /// __call.finish(__outcome);
    /// ```
    fn finish(&self, call: &Ident, returned: &TokenStream) -> TokenStream {
        let outcome = local("__outcome");
        let decided = match &self.timed.outcome {
            OutcomeOf::Type => quote! {
                {
                    use __p::timed::AnyReturned as _;
                    __p::timed::Returned(#returned).__typed_outcome()
                }
            },
            OutcomeOf::OkIf(closure) => quote!(__p::timed::ok_if(#returned, #closure)),
            OutcomeOf::ErrorIf(closure) => quote!(__p::timed::error_if(#returned, #closure)),
            OutcomeOf::NoneIsError(key) => {
                let returned = respanned(returned, at(key));
                quote_spanned!(at(key)=> __p::timed::none_is_error(#returned))
            }
        };
        let recorders = self.timed.recorders.iter().enumerate();
        let fills = recorders.filter_map(|(at, recorder)| {
            fill(at, recorder, self.is_option(recorder), call, returned, &outcome)
        });
        quote! {
            let #outcome = #decided;
            #(#fills)*
            #call.finish(#outcome);
        }
    }
}

/// Returns `value`. A `return`, because clippy's `implicit_return` would report every other end,
/// and at a place that the user did not write.
fn returning(value: &TokenStream) -> TokenStream {
    quote! {
        #[allow(clippy::needless_return)]
        return #value;
    }
}

/// `tokens` with the position of `span` and their own hygiene.
fn respanned(tokens: &TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    tokens.collect()
}
