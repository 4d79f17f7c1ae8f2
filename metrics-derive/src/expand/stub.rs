//! What stands in for an expansion when there was a mistake.
//!
//! The mistake breaks the build; the stub keeps it from breaking it a second time, at every use of
//! what would have been generated. Editors can complete on it, too.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Path, Type};

use crate::expand::types;
use crate::model::{CheckedVariant, facade};
use crate::parse::{LabelDeclaration, MetricsDeclaration, Slot, VariantFields};

/// Expands to
///
/// ```text
/// const _: () = {
///     use ::typed_metrics as __tm;
///     use __tm::__private as __p;
///     impl<'a> ShopMetrics<'a> {
///         pub fn request_count(route: &'a str) -> __tm::Counter<…> { __p::unreachable_variant() }
///         pub fn __typed_RequestCount<__R: …>(&self) -> __R { __p::unreachable_variant() }
///         pub fn record<V>(self, _: V) {}
///     }
///     impl<'a> __tm::Metrics for ShopMetrics<'a> { … }
/// };
/// ```
///
/// A variant of which not even the kind or the unit is known has a handle on which every operation
/// of every kind exists, see [`any_handle`].
pub(crate) fn metrics(
    declaration: &MetricsDeclaration,
    variants: &[CheckedVariant<'_>],
) -> TokenStream {
    let Some(krate) = known_facade(&declaration.krate) else { return TokenStream::new() };
    let MetricsDeclaration { ident, vis, generics, .. } = declaration;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let constructors = variants.iter().filter_map(|variant| {
        let name = variant.constructor.as_ref()?;
        let (fields, types) = parameters(&variant.declaration.fields);
        let handle = variant.handle.map_or_else(|| quote!(__AnyHandle), types::handle);
        Some(quote! {
            #vis fn #name(#(#fields: #types),*) -> #handle { __p::unreachable_variant() }
        })
    });
    // What `#[timed]` calls; where the kind is not known, it is one that it takes.
    let resolved = variants.iter().map(|variant| {
        let name = format_ident!("__typed_{}", variant.declaration.ident);
        let unknown = || quote!(__tm::Histogram<__tm::unit::Seconds>);
        let handle = variant.handle.map_or_else(unknown, types::handle);
        quote! {
            #vis fn #name<__R: __p::Resolve<#handle>>(&self) -> __R { __p::unreachable_variant() }
        }
    });
    let any_handle = any_handle();
    quote! {
        #[allow(unused, missing_docs, private_interfaces)]
        const _: () = {
            use #krate as __tm;
            use __tm::__private as __p;
            #any_handle
            impl #impl_generics #ident #type_generics #where_clause {
                #(#constructors)*
                #(#resolved)*
                #vis fn record<V>(self, _: V) {}
            }
            impl #impl_generics __tm::Metrics for #ident #type_generics #where_clause {
                fn descriptors() -> &'static [&'static __p::Descriptor] { &[] }
                fn __series(&self) -> __p::SeriesKey { __p::unreachable_variant() }
            }
        };
    }
}

/// Expands to
///
/// ```text
/// const _: () = {
///     use ::typed_metrics as __tm;
///     use __tm::__private as __p;
///     impl __tm::Label for Endpoint {
///         fn value<'__v>(_: &'__v Self, _: &'__v mut __p::Scratch) -> __tm::LabelRef<'__v> {
///             __p::unreachable_variant()
///         }
///     }
/// };
/// ```
pub(crate) fn label(declaration: &LabelDeclaration) -> TokenStream {
    let Some(krate) = known_facade(&declaration.krate) else { return TokenStream::new() };
    let LabelDeclaration { ident, generics, .. } = declaration;
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    quote! {
        const _: () = {
            use #krate as __tm;
            use __tm::__private as __p;
            impl #impl_generics __tm::Label for #ident #type_generics #where_clause {
                fn value<'__v>(_: &'__v Self, _: &'__v mut __p::Scratch) -> __tm::LabelRef<'__v> {
                    __p::unreachable_variant()
                }
            }
        };
    }
}

/// `None` if what was written cannot be read: then nothing can be named.
fn known_facade(slot: &Slot<Path>) -> Option<Path> {
    slot.read().ok().map(facade)
}

fn parameters(fields: &VariantFields) -> (Vec<Ident>, Vec<&Type>) {
    match fields {
        VariantFields::Named(fields) => {
            fields.iter().map(|field| (field.ident.clone(), &field.ty)).unzip()
        }
        VariantFields::Unnamed(_, types) => {
            types.iter().enumerate().map(|(index, ty)| (format_ident!("label_{index}"), ty)).unzip()
        }
    }
}

/// Expands to a type with the operations of all handles, and one with those of all their guards.
///
/// Both mirror core's `handle`: what is missing here is told of a second time where it is used.
fn any_handle() -> TokenStream {
    quote! {
        #[derive(__p::core::clone::Clone, __p::core::marker::Copy)]
        pub struct __AnyHandle;
        impl __AnyHandle {
            pub fn inc(self) {}
            pub fn dec(self) {}
            pub fn add<V>(self, _: V) {}
            pub fn set<V>(self, _: V) {}
            pub fn record<V>(self, _: V) {}
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
