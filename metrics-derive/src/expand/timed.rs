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
use crate::model::{
    LastExpression, Meter, OutcomeOf, Returns, Target, ValidatedBody, ValidatedFunction,
    ValidatedTimed,
};

/// Expands to the function with another body: see [`sync`], [`of_future`] and [`last_expression`].
pub(crate) fn expand(timed: &ValidatedTimed, function: &ValidatedFunction<'_>) -> TokenStream {
    let declaration = function.declaration;
    let (attributes, vis, default) =
        (&declaration.attributes, &declaration.vis, &declaration.default);
    let signature = &function.signature;
    let paths = Paths::new(&timed.krate);
    let expansion = Expansion { timed, function, paths: &paths };
    let body = match &function.kind {
        ValidatedBody::Sync { returns } => expansion.sync(returns),
        ValidatedBody::Async { returns } => {
            let statements = &function.body.statements;
            let arguments = expansion.arguments();
            let body = braced(&function.body.braces, quote!(#arguments #statements));
            expansion.of_future(returns, &quote!(move), &body)
        }
        ValidatedBody::LastExpression(last) => expansion.last_expression(last),
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
    ///     let _ = &input;
    ///     …
    /// });
    /// let __outcome = …;
    /// __call.finish(__outcome);
    /// __returned
    /// ```
    fn sync(&self, returns: &Returns) -> TokenStream {
        let Paths { timed, .. } = self.paths;
        let (call, returned) = (local("__call"), local("__returned"));
        let (computed, meters) = self.meters();
        let statements = &self.function.body.statements;
        let Returns::Type(returns) = returns else {
            // It ends by unwinding, if at all; so there is nothing to catch.
            return quote! {
                #computed
                let #call = #timed::Call::of_function(#meters);
                #statements
            };
        };
        let arguments = self.arguments();
        let body = braced(&self.function.body.braces, quote!(#arguments #statements));
        let finish = self.finish(&call, &returned);
        let allow = self.allow();
        let mutable = self.fills().then(|| quote!(mut));
        quote! {
            #computed
            let #mutable #call = #timed::Call::of_function(#meters);
            #allow
            let #returned = #timed::call(move || -> #returns #body);
            #finish
            #returned
        }
    }

    /// Expands to
    ///
    /// ```text
    /// let mut __call = timed::Call::of_future((timed::wall(…), ()));
    /// let __body = async move {
    ///     if let Option::Some(__returned) = Option::None::<Result<Page, Error>> { return __returned; }
    ///     …
    /// };
    /// let __returned = timed::Awaited::new(&mut __call, pin!(__body)).await;
    /// …
    /// ```
    ///
    /// The first line of the block is never run: it is what tells the compiler the type that `?` and
    /// `return` need, which an async block cannot be given.
    fn of_future(
        &self,
        returns: &Returns,
        capture: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let Paths { private, timed } = self.paths;
        let (call, returned) = (local("__call"), local("__returned"));
        let (computed, meters) = self.meters();
        let typed = match returns {
            Returns::Type(returns) => quote! {
                if let #private::core::option::Option::Some(#returned) =
                    #private::core::option::Option::None::<#returns>
                {
                    return #returned;
                }
            },
            Returns::Never | Returns::Unknown => TokenStream::new(),
        };
        let body = syn::parse2::<Group>(body.clone())
            .map(|group| {
                let statements = group.stream();
                braced(&group, quote!(#typed #statements))
            })
            .unwrap_or_default();
        let start = quote! {
            #computed
            let mut #call = #timed::Call::of_future(#meters);
        };
        let awaited = quote! {
            #timed::Awaited::new(&mut #call, #private::core::pin::pin!(async #capture #body)).await
        };
        if let Returns::Never = returns {
            return quote!(#start #awaited);
        }
        let finish = self.finish(&call, &returned);
        let allow = self.allow();
        quote! {
            #start
            #allow
            let #returned = #awaited;
            #finish
            #returned
        }
    }

    /// Expands to
    ///
    /// ```text
    /// …
    /// Box::pin(async move { … }) // with what `of_future` makes of the block
    /// ```
    fn last_expression(&self, last: &LastExpression) -> TokenStream {
        let LastExpression { before, function, block, returns } = last;
        let (attributes, capture) = (&block.attrs, block.capture.to_token_stream());
        let inner = block.block.to_token_stream();
        let measured = self.of_future(returns, &capture, &inner);
        let future = quote!(#(#attributes)* async #capture { #measured });
        let future = match function {
            Some(function) => quote!(#function(#future)),
            None => future,
        };
        quote!(#(#before)* #future)
    }

    /// The body takes the arguments over in the order in which they are dropped, so that it drops them
    /// in that order: closures and async blocks drop what they captured as they came across it.
    ///
    /// Expands to `let _ = &second; let _ = &first;`.
    fn arguments(&self) -> TokenStream {
        let arguments = self.function.arguments();
        let arguments = arguments.iter().map(|(attributes, name)| {
            let attributes = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
            quote! {
                #[allow(clippy::used_underscore_binding)]
                #(#attributes)*
                let _ = &#name;
            }
        });
        arguments.collect()
    }

    /// The compiler does not see that a captured argument is read once more, when it is dropped, and
    /// would warn of `self.armed = false;` in a method that takes `mut self`.
    fn allow(&self) -> Option<TokenStream> {
        self.function.changes_arguments().then(|| quote!(#[allow(unused_assignments)]))
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
    /// let __outcome = { use timed::AnyReturned as _; timed::Returned(&__returned).outcome() };
    /// __call.finish(__outcome);
    /// ```
    fn finish(&self, call: &Ident, returned: &Ident) -> TokenStream {
        let Paths { timed, .. } = self.paths;
        let outcome = local("__outcome");
        let decided = match &self.timed.outcome {
            OutcomeOf::Type => quote! {
                { use #timed::AnyReturned as _; #timed::Returned(&#returned).outcome() }
            },
            OutcomeOf::OkIf(closure) => quote!(#timed::ok_if(&#returned, #closure)),
            OutcomeOf::ErrorIf(closure) => quote!(#timed::error_if(&#returned, #closure)),
            OutcomeOf::NoneIsError(key) => {
                quote_spanned!(at(key)=> #timed::none_is_error(&#returned))
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
    /// #[linkme::distributed_slice(timed::FUNCTIONS)]
    /// #[linkme(crate = linkme)]
    /// static __FUNCTION: timed::Function = timed::Function::new(
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
        Some(quote! {
            fn __inside() {}
            #[#private::linkme::distributed_slice(#timed::FUNCTIONS)]
            #[linkme(crate = #private::linkme)]
            static __FUNCTION: #timed::Function = #timed::Function::new(
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

/// `tokens` in the braces that the user wrote.
fn braced(braces: &Group, tokens: TokenStream) -> TokenStream {
    let mut group = Group::new(proc_macro2::Delimiter::Brace, tokens);
    group.set_span(braces.span());
    group.to_token_stream()
}
