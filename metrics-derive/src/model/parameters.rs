//! The generic parameters that an enum of metrics and a group of labels cannot have.

use syn::{GenericParam, Generics, Ident};

use crate::diagnostics::Diagnostics;

/// Reports every parameter that is not a lifetime. `reason` says why it cannot be, and the fix.
pub(crate) fn refuse_parameters(
    cx: &Diagnostics,
    ident: &Ident,
    generics: &Generics,
    reason: &str,
) {
    for parameter in &generics.params {
        let (what, name) = match parameter {
            GenericParam::Lifetime(_) => continue,
            GenericParam::Type(parameter) => ("type", &parameter.ident),
            GenericParam::Const(parameter) => ("const", &parameter.ident),
        };
        cx.error(
            parameter,
            format_args!("`{ident}` cannot have the {what} parameter `{name}`: {reason}"),
        );
    }
}
