//! `#[derive(Label)]` of a valid type.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Generics, parse_quote};

use crate::expand::facade::{Macro, imports};
use crate::expand::names::at;
use crate::model::{LabelBodyModel, ValidatedLabelType};
use crate::parse::NewtypeField;

/// Expands to
///
/// ```text
/// const _: () = {
///     use … // see `imports`
///     impl __tm::Label for Endpoint { … } // see `fixed` and `newtype`
/// };
/// ```
pub(crate) fn expand(label: &ValidatedLabelType) -> TokenStream {
    let ValidatedLabelType { ident, facade, body, .. } = label;
    let imports = imports(facade, Macro::Label);
    let mut generics = label.generics.clone();
    let items = match body {
        LabelBodyModel::Fixed(variants) => fixed(variants),
        LabelBodyModel::Newtype(field) => {
            require_label(&mut generics, field);
            if field.display { displayed(field) } else { newtype(field) }
        }
    };
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        const _: () = {
            #imports
            #[automatically_derived]
            impl #impl_generics __tm::Label for #ident #type_generics #where_clause {
                #items
            }
        };
    }
}

/// A field whose type has parameters is a label only if its type argument is one.
fn require_label(generics: &mut Generics, field: &NewtypeField) {
    let ty = &field.ty;
    if generics.type_params().next().is_some() {
        generics.make_where_clause().predicates.push(if field.display {
            parse_quote!(#ty: __p::core::fmt::Display)
        } else {
            parse_quote!(#ty: __tm::Label)
        });
    }
}

/// Expands to
///
/// ```text
/// const CARDINALITY: __p::core::option::Option<__p::core::primitive::usize> =
///     __p::core::option::Option::Some(2usize);
/// fn index(label: &Self) -> __p::core::primitive::usize {
///     match label { Self::Search {} => 0usize, Self::Checkout {} => 1usize }
/// }
/// fn value_at(index: __p::core::primitive::usize) -> __tm::LabelRef<'static> {
///     __tm::LabelRef::Str(match index { 0usize => "search", _ => "checkout" })
/// }
/// fn value<'__v>(label: &'__v Self, _: &'__v mut __p::Scratch) -> __tm::LabelRef<'__v> {
///     <Self as __tm::Label>::value_at(<Self as __tm::Label>::index(label))
/// }
/// ```
fn fixed(variants: &[(Ident, String)]) -> TokenStream {
    let count = variants.len();
    let (idents, values): (Vec<_>, Vec<_>) =
        variants.iter().map(|(ident, value)| (ident, value)).unzip();
    let places = 0..count;
    // The last value has the arm `_`, so that the match is complete without a panic.
    let value_arms = values.iter().enumerate().map(|(place, value)| {
        if place + 1 == count { quote!(_ => #value) } else { quote!(#place => #value) }
    });
    quote! {
        const CARDINALITY: __p::core::option::Option<__p::core::primitive::usize> =
            __p::core::option::Option::Some(#count);

        #[inline]
        fn index(label: &Self) -> __p::core::primitive::usize {
            match label {
                #(Self::#idents {} => #places,)*
            }
        }

        #[inline]
        fn value_at(index: __p::core::primitive::usize) -> __tm::LabelRef<'static> {
            __tm::LabelRef::Str(match index {
                #(#value_arms,)*
            })
        }

        #[inline]
        fn value<'__v>(label: &'__v Self, _: &'__v mut __p::Scratch) -> __tm::LabelRef<'__v> {
            <Self as __tm::Label>::value_at(<Self as __tm::Label>::index(label))
        }
    }
}

/// Expands to
///
/// ```text
/// const CARDINALITY: … = <String as __tm::Label>::CARDINALITY;
/// const INTEGER: … = <String as __tm::Label>::INTEGER;
/// fn is_pending(label: &Self) -> … { <String as __tm::Label>::is_pending(&label.0) }
/// fn index(label: &Self) -> … { <String as __tm::Label>::index(&label.0) }
/// fn value_at(index: …) -> … { <String as __tm::Label>::value_at(index) }
/// fn value<'__v>(label: &'__v Self, scratch: …) -> … {
///     <String as __tm::Label>::value(&label.0, scratch)
/// }
/// ```
///
/// Every use of the field's type has the span of the type, so that a type that is not a label is
/// reported there.
fn newtype(NewtypeField { member, ty, .. }: &NewtypeField) -> TokenStream {
    let inner = quote_spanned!(at(ty)=> <#ty as __tm::Label>);
    quote! {
        const CARDINALITY: __p::core::option::Option<__p::core::primitive::usize> =
            #inner::CARDINALITY;
        const INTEGER: __p::core::primitive::bool = #inner::INTEGER;

        #[inline]
        fn is_pending(label: &Self) -> __p::core::primitive::bool {
            #inner::is_pending(&label.#member)
        }

        #[inline]
        fn index(label: &Self) -> __p::core::primitive::usize {
            #inner::index(&label.#member)
        }

        #[inline]
        fn value_at(index: __p::core::primitive::usize) -> __tm::LabelRef<'static> {
            #inner::value_at(index)
        }

        #[inline]
        fn value<'__v>(
            label: &'__v Self,
            scratch: &'__v mut __p::Scratch,
        ) -> __tm::LabelRef<'__v> {
            #inner::value(&label.#member, scratch)
        }
    }
}

/// Expands to
///
/// ```text
/// fn value<'__v>(label: &'__v Self, scratch: …) -> … {
///     __p::displayed::<IpAddr>(&label.0, scratch)
/// }
/// ```
fn displayed(NewtypeField { member, ty, .. }: &NewtypeField) -> TokenStream {
    let displayed = quote_spanned!(at(ty)=> __p::displayed::<#ty>);
    quote! {
        #[inline]
        fn value<'__v>(
            label: &'__v Self,
            scratch: &'__v mut __p::Scratch,
        ) -> __tm::LabelRef<'__v> {
            #displayed(&label.#member, scratch)
        }
    }
}
