//! The stub that replaces an expansion if the declaration has a mistake.
//!
//! The mistake breaks the build. The stub declares what the expansion would have declared, so that
//! its uses are not reported as well. Editors complete on the stub, too.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Type};

use crate::expand::facade::{Macro, imports};
use crate::expand::types;
use crate::kind::Kind;
use crate::model::{CheckedVariant, Facade};
use crate::parse::{
    FieldDeclaration, GroupDeclaration, KindDeclaration, LabelBody, LabelDeclaration,
    MetricsDeclaration, VariantDeclaration, VariantFields,
};

/// Expands to
///
/// ```text
/// const _: () = {
///     use … // see `imports`
///     impl<'a> ShopMetrics<'a> {
///         pub fn request_count(route: &'a str) -> __tm::Counter<…> { __p::unreachable_variant() }
///         pub fn phase(node: &'a str) -> __tm::State<Phase> { __p::unreachable_variant() }
///         pub fn __resolve_as<__H, __R: …>(…) -> __R { __p::unreachable_variant() }
///         pub fn record<V>(self, _: V) {}
///     }
///     impl<'a> __tm::Metrics for ShopMetrics<'a> { … }
/// };
/// ```
///
/// If a variant's kind or unit is not known, its handle has the operations of all kinds, see
/// [`any_handle`]. A group of labels is an argument of any type.
///
/// The copies that `also` declares follow, without attributes: see [`copy`].
pub(crate) fn metrics(
    declaration: &MetricsDeclaration,
    variants: &[CheckedVariant<'_>],
) -> TokenStream {
    let Ok(facade) = Facade::of(&declaration.krate) else { return TokenStream::new() };
    let imports = imports(&facade, Macro::Metrics);
    let MetricsDeclaration { ident, vis, generics, also, .. } = declaration;
    let mut copies: Vec<&Ident> = Vec::new();
    for copy in also {
        if copy.ident != *ident && !copies.contains(&&copy.ident) {
            copies.push(&copy.ident);
        }
    }
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let constructors: TokenStream = variants
        .iter()
        .filter_map(|variant| {
            let name = variant.constructor.as_ref()?;
            let parameters = parameters(variant.declaration);
            let handle = match state(variant.declaration) {
                Some(FieldDeclaration { ty, .. }) => quote!(__tm::State<#ty>),
                None => variant.handle.map_or_else(|| quote!(__AnyHandle), types::handle),
            };
            Some(quote! {
                #vis fn #name(#(#parameters),*) -> #handle { __p::unreachable_variant() }
            })
        })
        .collect();
    // `#[timed]` calls `__resolve_as`. If a kind is not known, the handle is of a kind that
    // `#[timed]` accepts.
    let handles = variants.iter().map(|variant| {
        let name = &variant.declaration.ident;
        let unknown = || quote!(__tm::Histogram<__tm::unit::Seconds>);
        let handle = match state(variant.declaration) {
            Some(FieldDeclaration { ty, .. }) => {
                let ty = types::with_static_lifetimes(ty, generics);
                quote!(__tm::State<#ty>)
            }
            None => variant.handle.map_or_else(unknown, types::handle),
        };
        quote!(pub #name: #handle)
    });
    let any_handle = any_handle();
    let stubs = std::iter::once(ident).chain(copies.iter().copied()).map(|ident| {
        quote! {
            impl #impl_generics #ident #type_generics #where_clause {
                #constructors
                #vis fn __resolve_as<__H, __R>(&self, _: fn(&__Handles) -> __H) -> __R
                where
                    __R: __p::ResolveAs<__H>,
                {
                    __p::unreachable_variant()
                }
                #vis fn record<V>(self, _: V) {}
            }
            impl #impl_generics __tm::Metrics for #ident #type_generics #where_clause {
                fn __families() -> &'static [__p::Family] { &[] }
                fn __series(&self) -> __p::SeriesKey { __p::unreachable_variant() }
            }
        }
    });
    let copies = copies.iter().map(|ident| copy(declaration, ident));
    quote! {
        #(#copies)*
        #[allow(unused, missing_docs, private_interfaces, non_snake_case)]
        const _: () = {
            #imports
            #any_handle
            pub struct __Handles {
                #(#handles,)*
            }
            #(#stubs)*
        };
    }
}

/// Expands to
///
/// ```text
/// const _: () = {
///     use … // see `imports`
///     impl __tm::Label for Endpoint {
///         const CARDINALITY: … = …::Some(2usize);
///         fn value<'__v>(_: &'__v Self, _: &'__v mut __p::Scratch) -> __tm::LabelRef<'__v> {
///             __p::unreachable_variant()
///         }
///     }
/// };
/// ```
///
/// An enum has as many values as variants, so that it can be the label of a state.
pub(crate) fn label(declaration: &LabelDeclaration) -> TokenStream {
    let Ok(facade) = Facade::of(&declaration.krate) else { return TokenStream::new() };
    let imports = imports(&facade, Macro::Label);
    let LabelDeclaration { ident, generics, body, .. } = declaration;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let cardinality = match body {
        Some(LabelBody::Enum(variants)) => {
            let count = variants.len();
            Some(quote! {
                const CARDINALITY: __p::core::option::Option<__p::core::primitive::usize> =
                    __p::core::option::Option::Some(#count);
            })
        }
        _ => None,
    };
    quote! {
        const _: () = {
            #imports
            impl #impl_generics __tm::Label for #ident #type_generics #where_clause {
                #cardinality
                fn value<'__v>(_: &'__v Self, _: &'__v mut __p::Scratch) -> __tm::LabelRef<'__v> {
                    __p::unreachable_variant()
                }
            }
        };
    }
}

/// Expands to an implementation of `LabelGroup` without labels.
pub(crate) fn label_group(declaration: &GroupDeclaration) -> TokenStream {
    let Ok(facade) = Facade::of(&declaration.krate) else { return TokenStream::new() };
    let imports = imports(&facade, Macro::LabelGroup);
    let GroupDeclaration { ident, generics, .. } = declaration;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        const _: () = {
            #imports
            impl #impl_generics __tm::LabelGroup for #ident #type_generics #where_clause {
                const LABELS: &'static [__p::LabelDescriptor] = &[];
                fn parts<'__s>(
                    &'__s self,
                    _: &'__s mut [__p::Scratch],
                ) -> impl __p::PartList + '__s {
                    let none: [__p::Part<'__s>; 0] = [];
                    none
                }
            }
        };
    }
}

/// The field of the state, if the variant is a metric with states and has such a field.
fn state(variant: &VariantDeclaration) -> Option<&FieldDeclaration> {
    match (variant.kinds.as_slice(), &variant.fields) {
        ([KindDeclaration { kind: Kind::State, .. }], VariantFields::Named(fields)) => {
            fields.last().filter(|field| !field.is_group())
        }
        _ => None,
    }
}

/// The parameters of a variant's constructor, as in `route: &'a str`.
fn parameters(variant: &VariantDeclaration) -> Vec<TokenStream> {
    let any = || quote!(impl __p::core::marker::Sized);
    match &variant.fields {
        VariantFields::Named(fields) => {
            let labels = fields.len() - usize::from(state(variant).is_some());
            let parameter = |field: &FieldDeclaration| {
                let (ident, ty) = (&field.ident, &field.ty);
                let ty = if field.is_group() { any() } else { quote!(#ty) };
                quote!(#ident: #ty)
            };
            fields.iter().take(labels).map(parameter).collect()
        }
        VariantFields::Group(_) => {
            let any = any();
            vec![quote!(labels: #any)]
        }
        VariantFields::Unnamed(_, types) => {
            let types = types.iter().enumerate();
            let parameter = |(index, ty): (usize, &Type)| {
                let ident = format_ident!("label_{index}");
                quote!(#ident: #ty)
            };
            types.map(parameter).collect()
        }
    }
}

/// The enum `ident` with the variants of the first one.
fn copy(declaration: &MetricsDeclaration, ident: &Ident) -> TokenStream {
    let MetricsDeclaration { vis, generics, variants, .. } = declaration;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let variants = variants.iter().flatten().map(|variant| {
        let name = &variant.ident;
        let fields = match &variant.fields {
            VariantFields::Named(fields) if fields.is_empty() => None,
            VariantFields::Named(fields) => {
                let fields =
                    fields.iter().map(|FieldDeclaration { ident, ty, .. }| quote!(#ident: #ty));
                Some(quote!({ #(#fields),* }))
            }
            VariantFields::Group(field) => {
                let ty = &field.ty;
                Some(quote!((#ty)))
            }
            VariantFields::Unnamed(_, types) => Some(quote!((#(#types),*))),
        };
        quote!(#name #fields)
    });
    quote! {
        #[allow(unused, missing_docs)]
        #vis enum #ident #impl_generics #where_clause { #(#variants),* }
    }
}

/// Expands to a type with the operations of all handles, and one with those of all their guards.
///
/// Both repeat the methods of core's handles. A use of a method that is missing here is reported as
/// a second mistake.
fn any_handle() -> TokenStream {
    quote! {
        #[derive(__p::core::clone::Clone, __p::core::marker::Copy)]
        pub struct __AnyHandle;
        impl __AnyHandle {
            pub fn inc(self) {}
            pub fn dec(self) {}
            pub fn add<V>(self, _: V) {}
            pub fn sub<V>(self, _: V) {}
            pub fn set<V>(self, _: V) {}
            pub fn set_max<V>(self, _: V) {}
            pub fn set_min<V>(self, _: V) {}
            pub fn set_to_now(self) {}
            pub fn record<V>(self, _: V) {}
            pub fn record_many<V>(self, _: V, _: u64) {}
            pub fn enter(self) -> __AnyGuard { __AnyGuard }
            pub fn start_timer(self) -> __AnyGuard { __AnyGuard }
            pub fn time<R>(self, f: impl __p::core::ops::FnOnce() -> R) -> R { f() }
            pub fn observe<R>(self, _: impl __p::core::ops::Fn() -> R) -> __AnyGuard { __AnyGuard }
            pub fn descriptor(&self) -> &'static __p::Descriptor { __p::unreachable_variant() }
            pub fn remove(self) {}
        }
        pub struct __AnyGuard;
        impl __AnyGuard {
            pub fn stop(self) -> __p::core::time::Duration { __p::unreachable_variant() }
            pub fn discard(self) {}
            pub fn forever(self) {}
        }
    }
}
