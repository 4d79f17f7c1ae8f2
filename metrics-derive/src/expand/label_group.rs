//! `#[derive(LabelGroup)]` of a valid struct.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use crate::expand::facade::{Macro, imports};
use crate::expand::labels::{descriptors, parts};
use crate::expand::names::{at, binding};
use crate::expand::types::with_static_lifetimes;
use crate::model::{ValidatedGroup, ValidatedLabel};

/// Expands to
///
/// ```text
/// const _: () = {
///     use … // see `imports`
///     impl<'a> __tm::LabelGroup for Route<'a> {
///         const LABELS: &'static [__p::LabelDescriptor] = &[…];
///         fn parts<'__s>(
///             &'__s self,
///             mut __scratch: &'__s mut [__p::Scratch],
///         ) -> impl __p::PartList + '__s {
///             let Self { method: __l0, route: __l1 } = self;
///             let __s0 = __p::take_one(&mut __scratch);
///             let __s1 = __p::take_one(&mut __scratch);
///             […] // see `parts`
///         }
///     }
/// };
/// ```
pub(crate) fn expand(group: &ValidatedGroup) -> TokenStream {
    let ValidatedGroup { ident, generics, facade, labels } = group;
    let imports = imports(facade, Macro::LabelGroup);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let list = descriptors(labels, None, generics, at(ident));
    let members = labels.iter().map(|label| &label.member);
    let bindings = (0..labels.len()).map(binding);
    let values: Vec<(&ValidatedLabel, Ident, TokenStream)> = labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let buffer = format_ident!("__s{index}");
            (label, binding(index), quote!(#buffer))
        })
        .collect();
    let buffers = values.iter().map(|(label, _, buffer)| {
        let ty = with_static_lifetimes(&label.ty, generics);
        let taken = match label.group {
            Some(_) => {
                let labels = quote_spanned!(at(&label.ty)=> __p::group_labels::<#ty>());
                quote!(__p::take(&mut __scratch, #labels))
            }
            None => quote!(__p::take_one(&mut __scratch)),
        };
        quote!(let #buffer = #taken;)
    });
    let parts = parts(&values, true);
    quote! {
        const _: () = {
            #imports
            #[automatically_derived]
            impl #impl_generics __tm::LabelGroup for #ident #type_generics #where_clause {
                const LABELS: &'static [__p::LabelDescriptor] = #list;

                #[inline(always)]
                fn parts<'__s>(
                    &'__s self,
                    mut __scratch: &'__s mut [__p::Scratch],
                ) -> impl __p::PartList + '__s {
                    let Self { #(#members: #bindings),* } = self;
                    #(#buffers)*
                    #parts
                }
            }
        };
    }
}
