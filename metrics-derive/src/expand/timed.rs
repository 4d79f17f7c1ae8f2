//! `#[timed]` of a function that can be measured.
//!
//! The body becomes a closure, or an async block, that takes the arguments over; so whatever leaves it,
//! `return` and `?` too, comes by what measures it. Unlike the derives' expansions this one stands among
//! the user's names: paths are spelt out from the facade on, and locals are hygienic.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

use crate::expand::meter::{Paths, fill, meter, tokens_of_computed};
use crate::expand::names::at;
use crate::expand::timed_body::{allow, body_of, braced};
use crate::model::{
    LastExpression, Meter, OutcomeOf, ReturnedFuture, Returns, Target, ValidatedBody,
    ValidatedFunction, ValidatedTimed,
};

/// Expands to the function with another body: see [`Expansion::sync`], [`Expansion::of_async`] and
/// [`Expansion::of_future`].
pub(crate) fn expand(timed: &ValidatedTimed, function: &ValidatedFunction<'_>) -> TokenStream {
    let declaration = function.declaration;
    let (attributes, vis, default) =
        (&declaration.attributes, &declaration.vis, &declaration.default);
    let signature = &function.signature;
    let paths = Paths::new(&timed.krate);
    let expansion = Expansion { timed, function, paths: &paths };
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
            let private = &paths.private;
            let pin = function.as_ref().map_or(quote!(#private::Box::pin), |f| quote!(#f));
            expansion.of_future(returns, Some(&pin))
        }
    };
    let inner_attributes = &function.body.attributes;
    let statics = expansion.statics();
    let body = braced(&function.body.braces, quote!(#(#inner_attributes)* #statics #body));
    quote!(#(#attributes)* #vis #default #signature #body)
}

struct Expansion<'e> {
    timed: &'e ValidatedTimed,
    function: &'e ValidatedFunction<'e>,
    paths: &'e Paths,
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
    /// __returned
    /// ```
    fn sync(&self, returns: &Returns) -> TokenStream {
        let Paths { timed, .. } = self.paths;
        let (call, returned) = (local("__call"), local("__returned"));
        let (computed, meters) = self.meters();
        if let Returns::Never = returns {
            // It ends by unwinding, if at all; so there is nothing to catch.
            let statements = &self.function.body.statements;
            return quote! {
                #computed
                let #call = #timed::Call::of_function(#meters);
                #statements
            };
        }
        let body = self.closure(returns);
        let finish = self.finish(&call, &quote!(&#returned));
        let allow = allow(self.function);
        let mutable = self.fills().then(|| quote!(mut));
        quote! {
            #computed
            let #mutable #call = #timed::Call::of_function(#meters);
            #allow
            let #returned = #timed::call(#body);
            #finish
            #returned
        }
    }

    /// Expands to
    ///
    /// ```text
    /// let (__prepared, __body) = timed::call(move || (
    ///     (timed::wall(…), ()),
    ///     async move {
    ///         if let Option::Some(__returned) = Option::None::<Result<Page, Error>> { return __returned; }
    ///         let _ = &url;
    ///         …
    ///     },
    /// ));
    /// let __call = timed::Call::of_future(__prepared);
    /// let __returned = timed::Awaited::new(__call, pin!(__body), |__returned, __call| {
    ///     let __outcome = …;
    ///     __call.finish(__outcome);
    /// }).await;
    /// __returned
    /// ```
    ///
    /// The labels are evaluated inside of a closure because an argument that is borrowed by the future
    /// itself would have a place in it to the end, though it is moved on.
    fn of_async(&self, returns: &Returns) -> TokenStream {
        let Paths { timed, .. } = self.paths;
        let (prepared, body) = (local("__prepared"), local("__body"));
        let (computed, meters) = self.meters();
        let block = self.block(returns, &body_of(self.function, self.paths));
        let allow = allow(self.function);
        let awaited = self.awaited(returns, &quote!(#prepared), &quote!(#body));
        // What the body borrows for too long is told of at the body.
        let span = Span::mixed_site().located_at(self.function.body.braces.span());
        let future = quote_spanned!(span=> async move #block);
        quote! {
            #computed
            #allow
            let (#prepared, #body) = #timed::call(move || (#meters, #future));
            #awaited
        }
    }

    /// A function that makes a future in any way, which is measured when it is polled.
    ///
    /// Expands to
    ///
    /// ```text
    /// let __prepared = (timed::wall(…), ());
    /// let __future = timed::call(move || -> _ { … });
    /// Box::pin(async move { … }) // or without `Box::pin`
    /// ```
    fn of_future(&self, returns: &Returns, pin: Option<&TokenStream>) -> TokenStream {
        let Paths { timed, .. } = self.paths;
        let (prepared, future) = (local("__prepared"), local("__future"));
        let (computed, meters) = self.meters();
        let body = self.closure(returns);
        let allow = allow(self.function);
        let awaited = self.awaited(&Returns::Unknown, &quote!(#prepared), &quote!(#future));
        let block = quote!(async move { #awaited });
        let block = match pin {
            Some(pin) => quote!(#pin(#block)),
            None => block,
        };
        quote! {
            #computed
            let #prepared = #meters;
            #allow
            let #future = #timed::call(#body);
            #block
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
        let (computed, meters) = self.meters();
        let (attributes, capture) = (&block.attrs, block.capture.to_token_stream());
        let inner = match syn::parse2::<Group>(block.block.to_token_stream()) {
            Ok(braces) => braced(&braces, self.in_block(returns, &braces.stream())),
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
            let #prepared = #meters;
            #(#before)*
            #future
        }
    }

    /// Awaits `body`, which returns what `returns` says, with what was `prepared` for the call.
    fn awaited(
        &self,
        returns: &Returns,
        prepared: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let Paths { private, timed } = self.paths;
        let (call, returned) = (local("__call"), local("__returned"));
        let end = if let Returns::Never = returns {
            quote!(|_, _| {})
        } else {
            let finish = self.finish(&call, &returned.to_token_stream());
            let mutable = self.fills().then(|| quote!(mut));
            quote!(|#returned, #mutable #call| { #finish })
        };
        // What is wrong with a lifetime that is returned is told of where this stands.
        let value = respanned(&returned.to_token_stream(), self.end_of_body());
        quote! {
            let #call = #timed::Call::of_future(#prepared);
            let #returned =
                #timed::Awaited::new(#call, #private::core::pin::pin!(#body), #end).await;
            #value
        }
    }

    /// Where the user's last token stands in the body.
    fn end_of_body(&self) -> Span {
        let body = self.function.body;
        body.statements.clone().into_iter().last().map_or(body.braces.span(), |token| token.span())
    }

    /// The function's body as a closure.
    fn closure(&self, returns: &Returns) -> TokenStream {
        let body = braced(&self.function.body.braces, body_of(self.function, self.paths));
        match returns {
            Returns::Type(returns) => quote!(move || -> #returns #body),
            Returns::Never | Returns::Unknown => quote!(move || #body),
        }
    }

    /// The function's body as that of an async block.
    fn block(&self, returns: &Returns, statements: &TokenStream) -> TokenStream {
        braced(&self.function.body.braces, self.in_block(returns, statements))
    }

    /// Before the body of an async block stands what tells the compiler the type that `?` and `return`
    /// need, and which the block cannot be given. It is never run.
    fn in_block(&self, returns: &Returns, statements: &TokenStream) -> TokenStream {
        let private = &self.paths.private;
        let returned = local("__returned");
        let Returns::Type(returns) = returns else { return statements.clone() };
        quote! {
            if let #private::core::option::Option::Some(#returned) =
                #private::core::option::Option::None::<#returns>
            {
                return #returned;
            }
            #statements
        }
    }

    /// What computes labels, and all that is recorded, as a pair of pairs.
    ///
    /// Expands to `(timed::wall(…), (timed::count(…), ()))`.
    fn meters(&self) -> (TokenStream, TokenStream) {
        let meters = &self.timed.meters;
        let computed =
            meters.iter().enumerate().map(|(at, meter)| tokens_of_computed(at, meter, self.paths));
        let computed = computed.collect();
        let numbered = meters.iter().enumerate().rev();
        let pairs = numbered.fold(quote!(()), |rest, (at, one)| {
            let one = meter(at, one, self.paths);
            quote!((#one, #rest))
        });
        (computed, pairs)
    }

    fn fills(&self) -> bool {
        self.timed.meters.iter().any(|meter| !meter.computed().is_empty())
    }

    /// Expands to
    ///
    /// ```text
    /// let __outcome = { use timed::AnyReturned as _; timed::Returned(&__returned).__typed_outcome() };
    /// __call.finish(__outcome);
    /// ```
    fn finish(&self, call: &Ident, returned: &TokenStream) -> TokenStream {
        let Paths { timed, .. } = self.paths;
        let outcome = local("__outcome");
        let decided = match &self.timed.outcome {
            OutcomeOf::Type => quote! {
                { use #timed::AnyReturned as _; #timed::Returned(#returned).__typed_outcome() }
            },
            OutcomeOf::OkIf(closure) => quote!(#timed::ok_if(#returned, #closure)),
            OutcomeOf::ErrorIf(closure) => quote!(#timed::error_if(#returned, #closure)),
            OutcomeOf::NoneIsError(key) => {
                let returned = respanned(returned, at(key));
                quote_spanned!(at(key)=> #timed::none_is_error(#returned))
            }
        };
        let meters = self.timed.meters.iter().enumerate();
        let fills =
            meters.filter_map(|(at, meter)| fill(at, meter, call, returned, &outcome, self.paths));
        quote! {
            let #outcome = #decided;
            #(#fills)*
            #call.finish(#outcome);
        }
    }

    /// What the catalog has to know of the function.
    ///
    /// Expands to
    ///
    /// ```text
    /// fn __inside() {}
    /// static __FUNCTION: timed::Function = timed::Function::new(&__FACTS);
    /// #[linkme::distributed_slice(timed::FUNCTIONS)]
    /// #[linkme(crate = linkme)]
    /// static __FACTS: timed::TimedFunction = timed::TimedFunction::new(
    ///     source(file!(), line!(), module_path!(), "parse"),
    ///     || timed::name_of(__inside),
    ///     Option::None,
    ///     &[Objective::latency("250ms", 0.99)],
    /// );
    /// ```
    fn statics(&self) -> Option<TokenStream> {
        let is_default = self.timed.meters.iter().any(|meter| {
            matches!(meter, Meter::Wall(Target::Function) | Meter::Busy(Target::Function))
        });
        if !is_default && self.timed.objectives.is_empty() {
            return None;
        }
        let Paths { private, timed } = self.paths;
        let ident = self.function.ident();
        let name = ident.unraw().to_string();
        let source = quote_spanned! {ident.span()=>
            #private::source(
                #private::core::file!(),
                #private::core::line!(),
                #private::core::module_path!(),
                #name,
            )
        };
        let metric = match &self.timed.objective_metric {
            Some((metrics, variant)) => {
                let variant = variant.to_string();
                quote! {
                    #private::core::option::Option::Some(
                        || #timed::descriptor_of::<#metrics>(#variant)
                    )
                }
            }
            None => quote!(#private::core::option::Option::None),
        };
        let objectives = &self.timed.objectives;
        let function = is_default.then(
            || quote!(static __FUNCTION: #timed::Function = #timed::Function::new(&__FACTS);),
        );
        Some(quote! {
            fn __inside() {}
            #function
            // A metric's enum may have a lifetime, which nobody has to write here.
            #[allow(elided_lifetimes_in_paths)]
            #[#private::linkme::distributed_slice(#timed::FUNCTIONS)]
            #[linkme(crate = #private::linkme)]
            static __FACTS: #timed::TimedFunction = #timed::TimedFunction::new(
                #source,
                || #timed::name_of(__inside),
                #metric,
                &[#(#objectives),*],
            );
        })
    }
}

/// A local that the user's code cannot see.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// `tokens` as if they stood at `span`, with the names that they have.
fn respanned(tokens: &TokenStream, span: Span) -> TokenStream {
    let tokens = tokens.clone().into_iter().map(|mut token| {
        token.set_span(token.span().located_at(span));
        token
    });
    tokens.collect()
}
