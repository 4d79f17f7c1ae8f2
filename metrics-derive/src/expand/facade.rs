//! The imports through which an expansion names everything.

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Doubt, Facade};

/// The macro that an expansion comes from.
#[derive(Clone, Copy)]
pub(crate) enum Macro {
    Metrics,
    Label,
    LabelGroup,
    Timed,
}

/// Expands to
///
/// ```text
/// use ::typed_metrics as __tm;
/// use __tm::__private as __p;
/// use __p::nothing as linkme; // where the linker collects something
/// use __p::NoGroup as _; // where there may be groups
/// ```
///
/// and, if the path may be wrong, the [`hint`].
pub(crate) fn imports(facade: &Facade, of: Macro) -> TokenStream {
    let path = &facade.path;
    let linkme = match of {
        Macro::Metrics | Macro::Timed => Some(quote!(
            use __p::nothing as linkme;
        )),
        Macro::Label | Macro::LabelGroup => None,
    };
    let no_group = match of {
        Macro::Metrics | Macro::LabelGroup => Some(quote!(
            #[allow(unused_imports)]
            use __p::NoGroup as _;
        )),
        Macro::Label | Macro::Timed => None,
    };
    let hint = facade.doubt.as_ref().map(|doubt| hint(doubt, of));
    quote! {
        use #path as __tm;
        use __tm::__private as __p;
        #linkme
        #no_group
        #hint
    }
}

/// A trait error that explains an import of the facade that failed.
///
/// Expands to
///
/// ```text
/// #[allow(unused)]
/// const _: () = {
///     #[diagnostic::on_unimplemented(…)]
///     trait __Found {}
///     trait __MustBeFound: __Found {}
///     struct Facade;
///     impl __Found for __p::found::Facade {}
///     const _: () = {
///         use __p::found::*;
///         impl __MustBeFound for Facade {}
///     };
/// };
/// ```
///
/// The inner `Facade` is the one in `found`, which has the impl. If the import of the facade
/// failed, `found` brings nothing, and `Facade` is the outer one. The error stands in the header of
/// an impl because the compiler checks headers first: at the first trait that it cannot name, it
/// stops.
pub(crate) fn hint(doubt: &Doubt, of: Macro) -> TokenStream {
    let name = match of {
        Macro::Metrics => "#[derive(Metrics)]",
        Macro::Label => "#[derive(Label)]",
        Macro::LabelGroup => "#[derive(LabelGroup)]",
        Macro::Timed => "#[timed]",
    };
    // A derive takes its attribute several times. An attribute in the place of `#[timed(…)]` would
    // lose the metric.
    let give = |path: &str| match of {
        Macro::Metrics => format!("write `#[metrics(crate = {path})]`"),
        Macro::Label | Macro::LabelGroup => format!("write `#[label(crate = {path})]`"),
        Macro::Timed => format!("add `crate = {path}` to the attribute"),
    };
    let (message, label, note) = match doubt {
        Doubt::Renamed(known_as) => (
            format!(
                "`{name}` looks for the dependency `typed-metrics` under its own name, and here it \
                 is called `{known_as}`"
            ),
            give(known_as),
            format!(
                "or write once, at the root of the crate: \
                 `extern crate {known_as} as typed_metrics;`"
            ),
        ),
        Doubt::Absent => (
            format!(
                "`{name}` looks for the crate `typed_metrics`, which is not a dependency of this \
                 crate"
            ),
            give("path"),
            "`path` leads to a re-export of the crate, as in `crate = my_lib::typed_metrics`; or \
             add `typed-metrics` to Cargo.toml"
                .to_owned(),
        ),
    };
    quote! {
        #[allow(unused)]
        const _: () = {
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            trait __Found {}
            trait __MustBeFound: __Found {}
            struct Facade;
            impl __Found for __p::found::Facade {}
            const _: () = {
                use __p::found::*;
                impl __MustBeFound for Facade {}
            };
        };
    }
}
