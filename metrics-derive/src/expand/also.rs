//! Copies of an enum under other prefixes.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Data;

use crate::model::Facade;
use crate::parse::MetricsDeclaration;

/// Expands, for each copy, to
///
/// ```text
/// #[derive(::typed_metrics::Metrics)]
/// #[metrics(prefix = "pool.write", series_limit = 500)]
/// enum WritePool { … }
/// ```
///
/// with the docs, the visibility, the generics and the variants of the enum.
pub(crate) fn copies(declaration: &MetricsDeclaration) -> TokenStream {
    let Some(original) = &declaration.original else { return TokenStream::new() };
    let (Ok(facade), Data::Enum(data)) = (Facade::of(&declaration.krate), &original.data) else {
        return TokenStream::new();
    };
    let (path, attributes, variants) = (&facade.path, &original.attributes, &data.variants);
    let MetricsDeclaration { vis, generics, also, keys, .. } = declaration;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let copies = also.iter().map(|copy| {
        let ident = &copy.ident;
        let keys = copy.keys.and_those_of(keys);
        quote! {
            #[derive(#path::Metrics)]
            #[metrics(#(#keys),*)]
            #(#attributes)*
            #vis enum #ident #impl_generics #where_clause { #variants }
        }
    });
    copies.collect()
}
