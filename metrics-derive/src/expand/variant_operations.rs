//! A message for a variant that is used like the handle that its constructor returns.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{WherePredicate, parse_quote};

use crate::model::ValidatedMetrics;

/// The operations of handles that are called most often: each one more costs compile time.
/// `record` is missing, because variants have that.
const OPERATIONS: [&str; 9] =
    ["inc", "dec", "add", "sub", "set", "enter", "start_timer", "time", "observe"];

/// Expands to
///
/// ```text
/// #[allow(dead_code)]
/// impl<'a> ShopMetrics<'a>
/// where
///     for<'instead_of_the_variant> Self: __p::CallTheConstructor<'instead_of_the_variant>,
/// {
///     #[doc(hidden)]
///     pub fn inc(self) {}
///     …
/// }
/// ```
///
/// Nothing implements the trait. The compiler finds `inc` for
/// `ShopMetrics::RequestsInFlight.inc()`, sees that the trait is missing, and prints its message.
/// Without `for<…>` it would refuse the bound itself. A method of the same name that the user
/// writes, in a trait or for the enum, is still found: the compiler passes over a method whose
/// bounds do not hold.
///
/// If the enum has a lifetime, the compiler prints the name of the trait and not its message, so
/// the name and its lifetime say what to do. A bound on each method would give the message there
/// too, but a method of the user's with the same name would become an error.
pub(crate) fn refuse(metrics: &ValidatedMetrics<'_>) -> TokenStream {
    let (ident, vis) = (metrics.ident, metrics.vis);
    let operations = OPERATIONS.map(|name| Ident::new(name, Span::call_site()));
    let mut generics = metrics.generics.clone();
    let refused: WherePredicate = parse_quote! {
        for<'instead_of_the_variant> Self: __p::CallTheConstructor<'instead_of_the_variant>
    };
    generics.make_where_clause().predicates.push(refused);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[allow(dead_code)]
        impl #impl_generics #ident #type_generics #where_clause {
            #(
                #[doc(hidden)]
                #vis fn #operations(self) {}
            )*
        }
    }
}
