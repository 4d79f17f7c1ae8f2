//! The statics of a measured function.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;

use crate::model::{CallRecorder, Target, ValidatedFunction, ValidatedTimed};

/// The statics that describe the function in the catalog.
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
///
/// With `sample`, there is another static, which counts the calls:
///
/// ```text
/// static __CALLS: timed::Function = timed::Function::calls(&__FACTS);
/// ```
pub(crate) fn statics(
    timed: &ValidatedTimed,
    function: &ValidatedFunction<'_>,
) -> Option<TokenStream> {
    let is_default = timed.recorders.iter().any(|recorder| {
        matches!(
            recorder,
            CallRecorder::Wall(Target::Function) | CallRecorder::Busy(Target::Function)
        )
    });
    if !is_default && timed.objectives.is_empty() {
        return None;
    }
    let is_sampled = timed.sample.is_some();
    let ident = function.ident();
    let name = ident.unraw().to_string();
    let source = quote_spanned! {ident.span()=>
        __p::source(
            __p::core::file!(),
            __p::core::line!(),
            __p::core::module_path!(),
            #name,
        )
    };
    let metric = match &timed.objective_metric {
        Some((metrics, variant)) => {
            let variant = variant.to_string();
            quote! {
                __p::core::option::Option::Some(
                    || __p::timed::descriptor_of::<#metrics>(#variant)
                )
            }
        }
        None => quote!(__p::core::option::Option::None),
    };
    let objectives = &timed.objectives;
    let function = is_default.then(|| {
        quote!(
            static __FUNCTION: __p::timed::Function = __p::timed::Function::new(&__FACTS);
        )
    });
    let calls = is_sampled.then(|| {
        quote!(
            static __CALLS: __p::timed::Function = __p::timed::Function::calls(&__FACTS);
        )
    });
    let name = quote!(|| __p::timed::name_of(__inside));
    let facts = if is_sampled {
        quote!(sampled(#source, #name))
    } else {
        quote!(new(#source, #name, #metric, &[#(#objectives),*]))
    };
    Some(quote! {
        fn __inside() {}
        #function
        #calls
        // A metrics enum may have a lifetime, which the user does not write in `#[timed]`.
        #[allow(elided_lifetimes_in_paths)]
        #[__p::linkme::distributed_slice(__p::timed::FUNCTIONS)]
        #[linkme(crate = __p::linkme)]
        static __FACTS: __p::timed::TimedFunction = __p::timed::TimedFunction::#facts;
    })
}
