//! The labels of a metric.

use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Ident, Type};
use typed_metrics_core::name::check_label_name;

use crate::diagnostics::Diagnostics;
use crate::parse::{FieldDeclaration, VariantDeclaration, VariantFields};

/// One label.
pub(crate) struct ValidatedLabel {
    pub(crate) field: Ident,
    pub(crate) ty: Type,
    pub(crate) name: String,
    /// Whether its value is written with `Display`.
    pub(crate) display: bool,
}

impl ValidatedLabel {
    /// A text that equal labels share.
    pub(crate) fn to_text(&self) -> String {
        let Self { field, ty, name, display } = self;
        format!("{field} {name} {display} {};", ty.to_token_stream())
    }
}

pub(crate) fn labels(
    cx: &Diagnostics,
    variant: &VariantDeclaration,
) -> Option<Vec<ValidatedLabel>> {
    let fields = match &variant.fields {
        VariantFields::Named(fields) => fields,
        VariantFields::Unnamed(fields, types) => {
            let ident = &variant.ident;
            let fix = if types.is_empty() {
                format!("write `{ident}` alone")
            } else {
                format!("write `{ident} {{ label: T }}`")
            };
            cx.error(fields, format_args!("labels need names; {fix}"));
            return None;
        }
    };
    let checked: Vec<Option<ValidatedLabel>> =
        fields.iter().map(|field| label(cx, field)).collect();
    let unique = refuse_duplicates(cx, fields, &checked);
    let labels = checked.into_iter().collect::<Option<Vec<_>>>()?;
    unique.then_some(labels)
}

fn label(cx: &Diagnostics, field: &FieldDeclaration) -> Option<ValidatedLabel> {
    let written = field.name.read().ok()?;
    let display = field.display.read().ok()?.is_some();
    let name = match written {
        Some(literal) => literal.value(),
        None => field.ident.unraw().to_string(),
    };
    if let Err(error) = check_label_name(&name) {
        let message = format!("{name:?} cannot be the name of a label: {error}");
        match written {
            Some(literal) => cx.error(literal, message),
            None => cx.error(
                &field.ident,
                format_args!("{message}; rename the field or give it a `#[label(name = \"…\")]`"),
            ),
        }
        return None;
    }
    Some(ValidatedLabel { field: field.ident.clone(), ty: field.ty.clone(), name, display })
}

fn refuse_duplicates(
    cx: &Diagnostics,
    fields: &[FieldDeclaration],
    labels: &[Option<ValidatedLabel>],
) -> bool {
    let mut unique = true;
    for (at, (field, label)) in fields.iter().zip(labels).enumerate() {
        let Some(label) = label else { continue };
        let earlier = labels.iter().take(at).flatten().find(|earlier| earlier.name == label.name);
        if let Some(earlier) = earlier {
            let message = format!(
                "`{}` and `{}` are both the label {:?}; give one of them another name",
                earlier.field, label.field, label.name
            );
            match field.name.read() {
                Ok(Some(literal)) => cx.error(literal, message),
                _ => cx.error(&field.ident, message),
            }
            unique = false;
        }
    }
    unique
}
