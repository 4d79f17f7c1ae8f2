//! Lists of labels: their descriptors, and their parts of a measurement.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Generics;
use syn::ext::IdentExt;

use crate::expand::names::at;
use crate::expand::types::{self, with_static_lifetimes};
use crate::model::ValidatedLabel;

/// The descriptors of labels, of type `&'static [__p::LabelDescriptor]`.
///
/// Expands to `&[__p::LabelDescriptor::new("route", __p::label_type::<&'static str>())]`, or, if
/// there is a group or a list of constant labels, to
///
/// ```text
/// {
///     const __LISTS: &[&[__p::LabelDescriptor]] = &[&[…], { … }]; // see `group`
///     &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
/// }
/// ```
///
/// Two labels of the same name are found while the list is evaluated, and reported at `span`.
pub(crate) fn descriptors(
    labels: &[ValidatedLabel],
    constant: Option<TokenStream>,
    generics: &Generics,
    span: Span,
) -> TokenStream {
    if constant.is_none() && labels.iter().all(|label| label.group.is_none()) {
        let labels = labels.iter().map(|label| descriptor(label, generics));
        return quote!(&[#(#labels),*]);
    }
    let lists = labels.iter().map(|label| match &label.group {
        None => {
            let descriptor = descriptor(label, generics);
            quote!(&[#descriptor])
        }
        Some(of) => group(label, of.prefix.as_deref(), generics),
    });
    // Constant labels come last, so that the other labels are those of a measurement by position.
    let lists = lists.chain(constant);
    quote_spanned! {span=>
        {
            const __LISTS: &[&[__p::LabelDescriptor]] = &[#(#lists),*];
            &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
        }
    }
}

/// Expands to `__p::LabelDescriptor::new("route", __p::label_type::<&'static str>())`;
/// `.of_field("…")` follows if the label's name differs from the field's.
pub(crate) fn descriptor(label: &ValidatedLabel, generics: &Generics) -> TokenStream {
    let name = &label.name;
    let field = label.field.unraw().to_string();
    let of_field = (field != *name).then(|| quote!(.of_field(#field)));
    let ty = with_static_lifetimes(&label.ty, generics);
    let label_type = types::label_type(&ty, label.display);
    quote!(__p::LabelDescriptor::new(#name, #label_type) #of_field)
}

/// Expands to
///
/// ```text
/// {
///     const __GROUP: &[__p::LabelDescriptor] = __p::group_labels::<Route<'static>>();
///     &__p::grouped::<{ __GROUP.len() }>(__GROUP)
/// }
/// ```
///
/// or, with a prefix, to
///
/// ```text
/// {
///     const __GROUP: … // as above
///     const __LEN: __p::core::primitive::usize = __GROUP.len();
///     static __NAMES: [__p::JoinedName; __LEN] = __p::prefixed_names("client", __GROUP);
///     &__p::renamed(&__p::grouped::<__LEN>(__GROUP), &__NAMES)
/// }
/// ```
fn group(label: &ValidatedLabel, prefix: Option<&str>, generics: &Generics) -> TokenStream {
    let ty = with_static_lifetimes(&label.ty, generics);
    let labels = quote_spanned!(at(&label.ty)=> __p::group_labels::<#ty>());
    let list = match prefix {
        None => quote!(&__p::grouped::<{ __GROUP.len() }>(__GROUP)),
        Some(prefix) => quote! {
            const __LEN: __p::core::primitive::usize = __GROUP.len();
            static __NAMES: [__p::JoinedName; __LEN] = __p::prefixed_names(#prefix, __GROUP);
            &__p::renamed(&__p::grouped::<__LEN>(__GROUP), &__NAMES)
        },
    };
    quote! {
        {
            const __GROUP: &[__p::LabelDescriptor] = #labels;
            #list
        }
    }
}

/// The parts of a measurement. Each label comes with the expression of a reference to its value,
/// and the expression of its buffer.
///
/// Expands to `[__p::part(__p::label_type::<&'a str>(), __l0, &mut __p::Scratch::new())]`, or, if
/// there is a group, to pairs like `(__p::part(…), __p::GroupField(__l1).parts(…))`.
///
/// The parts are used in the same statement or, if they `leave` the function, borrow from the
/// values and buffers only.
pub(crate) fn parts(labels: &[(&ValidatedLabel, Ident, TokenStream)], leave: bool) -> TokenStream {
    let part = |(label, value, scratch): &(&ValidatedLabel, Ident, TokenStream)| {
        part(label, value, scratch, leave)
    };
    let is_group = |(label, ..): &(&ValidatedLabel, Ident, TokenStream)| label.group.is_some();
    if !labels.iter().any(is_group) {
        let parts = labels.iter().map(part);
        return quote!([#(#parts),*]);
    }
    let mut parts = labels.iter().rev().map(part);
    let last = parts.next().unwrap_or_default();
    parts.fold(last, |rest, part| quote!((#part, #rest)))
}

/// Expands to `__p::part(__p::label_type::<&'a str>(), __l0, …)`.
fn part(label: &ValidatedLabel, value: &Ident, scratch: &TokenStream, leave: bool) -> TokenStream {
    if label.group.is_some() {
        return quote!(__p::GroupField(#value).parts(#scratch));
    }
    if label.display && leave {
        let part = types::displayed_part(&label.ty);
        return quote!(#part(#value, #scratch));
    }
    let label_type = types::label_type(&label.ty, label.display);
    let value = if label.display { quote!(&__p::Displayed(#value)) } else { quote!(#value) };
    quote!(__p::part(#label_type, #value, #scratch))
}

/// The expression of a buffer that lives to the end of the statement.
pub(crate) fn scratch(label: &ValidatedLabel, generics: &Generics) -> TokenStream {
    match label.group {
        Some(_) => {
            let ty = with_static_lifetimes(&label.ty, generics);
            let labels = quote_spanned!(at(&label.ty)=> __p::group_labels::<#ty>());
            quote!(&mut [const { __p::Scratch::new() }; { #labels.len() }])
        }
        None => quote!(&mut __p::Scratch::new()),
    }
}
