//! The type that a function returns, as it can be written for its body.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{GenericArgument, PathArguments, ReturnType, Type, TypeParamBound};

/// The type that the body returns.
pub(crate) enum Returns {
    Never,
    /// With `_` for each `impl Trait`.
    Type(TokenStream),
    Unknown,
}

impl Returns {
    pub(crate) fn of(output: &ReturnType) -> Self {
        match output {
            ReturnType::Default => Self::Type(quote!(())),
            ReturnType::Type(_, ty) => Self::of_type((**ty).clone()),
        }
    }

    pub(crate) fn of_type(mut ty: Type) -> Self {
        if matches!(ty, Type::Never(_)) {
            return Self::Never;
        }
        leave_blanks(&mut ty);
        Self::Type(ty.into_token_stream())
    }
}

fn leave_blanks(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = Type::Verbatim(quote!(_)),
        Type::Array(array) => leave_blanks(&mut array.elem),
        Type::Group(group) => leave_blanks(&mut group.elem),
        Type::Paren(paren) => leave_blanks(&mut paren.elem),
        Type::Ptr(pointer) => leave_blanks(&mut pointer.elem),
        Type::Reference(reference) => leave_blanks(&mut reference.elem),
        Type::Slice(slice) => leave_blanks(&mut slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(leave_blanks),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                leave_blanks_in(&mut segment.arguments);
            }
        }
        Type::TraitObject(object) => {
            for bound in &mut object.bounds {
                if let TypeParamBound::Trait(bound) = bound {
                    for segment in &mut bound.path.segments {
                        leave_blanks_in(&mut segment.arguments);
                    }
                }
            }
        }
        _ => {}
    }
}

fn leave_blanks_in(arguments: &mut PathArguments) {
    if let PathArguments::AngleBracketed(arguments) = arguments {
        for argument in &mut arguments.args {
            match argument {
                GenericArgument::Type(ty) => leave_blanks(ty),
                GenericArgument::AssocType(assigned) => leave_blanks(&mut assigned.ty),
                _ => {}
            }
        }
    }
}
