//! A group of labels.

use syn::{Generics, Ident};

use crate::diagnostics::Diagnostics;
use crate::model::facade::Facade;
use crate::model::labels::{ValidatedLabel, labels_of_fields};
use crate::model::parameters::refuse_parameters;
use crate::parse::GroupDeclaration;

/// A struct whose fields are all valid labels or groups.
pub(crate) struct ValidatedGroup {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) facade: Facade,
    pub(crate) labels: Vec<ValidatedLabel>,
}

impl ValidatedGroup {
    /// `None` if there is a mistake, which is reported then.
    pub(crate) fn check(cx: &Diagnostics, declaration: &GroupDeclaration) -> Option<Self> {
        let ident = &declaration.ident;
        refuse_parameters(
            cx,
            ident,
            &declaration.generics,
            "the labels of a metric are known while compiling; give them concrete types",
        );
        let fields = declaration.fields.as_ref()?;
        if fields.is_empty() {
            cx.error(
                ident,
                format_args!("`{ident}` has no fields; each field is a label, so write one"),
            );
        }
        Some(Self {
            ident: ident.clone(),
            generics: declaration.generics.clone(),
            facade: Facade::of(&declaration.krate).ok()?,
            labels: labels_of_fields(cx, fields)?,
        })
    }
}
