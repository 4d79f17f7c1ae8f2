//! `#[derive(LabelGroup)]` of a valid struct.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::expand::facade::{Macro, imports};
use crate::expand::labels::{descriptors, parts};
use crate::expand::names::{at, binding};
use crate::model::{ValidatedGroup, ValidatedLabel};

/// Expands to
///
/// ```text
/// const _: () = {
///     use … // see `imports`
///     impl<'a> __tm::LabelGroup for Route<'a> {
///         const LABELS: &'static [__p::LabelDescriptor] = &[…];
///         type Scratch = (__p::Scratch, (__p::Scratch, ()));
///         fn parts<'__s>(
///             &'__s self,
///             __scratch: &'__s mut Self::Scratch,
///         ) -> impl __p::PartList + '__s {
///             let Self { method: __l0, route: __l1 } = self;
///             let (__s0, (__s1, ())) = __scratch;
///             […] // see `parts`
///         }
///     }
/// };
/// ```
pub(crate) fn expand(group: &ValidatedGroup) -> TokenStream {
    let ValidatedGroup { ident, generics, facade, labels } = group;
    let imports = imports(facade, Macro::LabelGroup);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let list = descriptors(labels, generics, at(ident));
    let members = labels.iter().map(|label| &label.member);
    let bindings = (0..labels.len()).map(binding);
    let buffer = |index: usize| format_ident!("__s{index}");
    let buffers = (0..labels.len()).rev().fold(quote!(()), |rest, index| {
        let buffer = buffer(index);
        quote!((#buffer, #rest))
    });
    let scratch = labels.iter().rev().fold(quote!(()), |rest, label| {
        let own = scratch_type(label);
        quote!((#own, #rest))
    });
    let values: Vec<(&ValidatedLabel, Ident, TokenStream)> = labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let buffer = buffer(index);
            (label, binding(index), quote!(#buffer))
        })
        .collect();
    let parts = parts(&values);
    quote! {
        const _: () = {
            #imports
            #[automatically_derived]
            impl #impl_generics __tm::LabelGroup for #ident #type_generics #where_clause {
                const LABELS: &'static [__p::LabelDescriptor] = #list;

                type Scratch = #scratch;

                #[inline(always)]
                fn parts<'__s>(
                    &'__s self,
                    __scratch: &'__s mut Self::Scratch,
                ) -> impl __p::PartList + '__s {
                    let Self { #(#members: #bindings),* } = self;
                    let #buffers = __scratch;
                    #parts
                }
            }
        };
    }
}

fn scratch_type(label: &ValidatedLabel) -> TokenStream {
    let ty = &label.ty;
    match label.group {
        Some(_) => quote_spanned!(at(ty)=> <#ty as __tm::LabelGroup>::Scratch),
        None => quote!(__p::Scratch),
    }
}
