//! The labels of a metric.

use proc_macro2::Span;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Ident, Index, Member, Type, TypePath, TypeReference};
use typed_metrics_core::name::check_label_name;

use crate::diagnostics::Diagnostics;
use crate::parse::{FieldDeclaration, VariantDeclaration, VariantFields};

/// One field: a label, or a group of labels.
pub(crate) struct ValidatedLabel {
    /// The name of the field, or of the constructor's argument.
    pub(crate) field: Ident,
    pub(crate) member: Member,
    pub(crate) ty: Type,
    /// The type as text, made once because that takes long.
    type_text: String,
    /// The name of the label. A group has none.
    pub(crate) name: String,
    /// Whether its value is written with `Display`.
    pub(crate) display: bool,
    pub(crate) group: Option<Group>,
}

/// A group of labels.
pub(crate) struct Group {
    /// What stands before the names of its labels.
    pub(crate) prefix: Option<String>,
}

impl ValidatedLabel {
    /// A text that equal labels share.
    pub(crate) fn to_text(&self) -> String {
        let Self { field, type_text, name, display, group, .. } = self;
        let prefix = group.as_ref().map(|group| group.prefix.as_deref());
        format!("{field} {name} {display} {prefix:?} {type_text};")
    }
}

pub(crate) fn labels(
    cx: &Diagnostics,
    variant: &VariantDeclaration,
) -> Option<Vec<ValidatedLabel>> {
    match &variant.fields {
        VariantFields::Named(fields) => labels_of_fields(cx, fields),
        VariantFields::Group(field) => Some(vec![unnamed_group(cx, field)?]),
        VariantFields::Unnamed(fields, types) => {
            let ident = &variant.ident;
            let fix = if types.is_empty() {
                format!("write `{ident}` alone")
            } else {
                format!("write `{ident} {{ label: T }}`")
            };
            cx.error(fields, format_args!("labels need names; {fix}"));
            None
        }
    }
}

pub(crate) fn labels_of_fields(
    cx: &Diagnostics,
    fields: &[FieldDeclaration],
) -> Option<Vec<ValidatedLabel>> {
    let checked: Vec<Option<ValidatedLabel>> =
        fields.iter().map(|field| label(cx, field)).collect();
    let unique = refuse_duplicates(cx, fields, &checked);
    let labels = checked.into_iter().collect::<Option<Vec<_>>>()?;
    unique.then_some(labels)
}

fn label(cx: &Diagnostics, field: &FieldDeclaration) -> Option<ValidatedLabel> {
    let written = field.name.read().ok()?;
    let display = field.display.read().ok()?.is_some();
    if field.group.read().ok()?.is_some() {
        return group(cx, field, field.ident.clone(), Member::Named(field.ident.clone()));
    }
    if let Some(key) = field.prefix.key() {
        cx.error(
            key,
            "`prefix` is for a group of labels; write `#[label(group, prefix = \"…\")]`, or give \
             the label a `name`",
        );
        return None;
    }
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
    Some(ValidatedLabel {
        field: field.ident.clone(),
        member: Member::Named(field.ident.clone()),
        ty: field.ty.clone(),
        type_text: type_text(&field.ty),
        name,
        display,
        group: None,
    })
}

/// The tokens of a type, with spaces between them. The compiler makes such a text too, but it takes
/// long for the types that most labels have.
fn type_text(ty: &Type) -> String {
    match ty {
        Type::Path(TypePath { qself: None, path, .. }) => match path.get_ident() {
            Some(ident) => ident.to_string(),
            None => ty.to_token_stream().to_string(),
        },
        Type::Reference(TypeReference {
            lifetime: Some(lifetime), mutability: None, elem, ..
        }) => {
            format!("& {lifetime} {}", type_text(elem))
        }
        _ => ty.to_token_stream().to_string(),
    }
}

/// The first two labels with the same type: a call of the constructor could exchange them. The
/// lifetimes of references may differ.
pub(crate) fn swappable(labels: &[ValidatedLabel]) -> Option<(usize, usize)> {
    let without_lifetimes = |label: &ValidatedLabel| {
        let words = label.type_text.split_whitespace();
        let words = words.filter(|word| !word.starts_with('\''));
        words.collect::<Vec<_>>().join(" ")
    };
    let types: Vec<String> = labels.iter().map(without_lifetimes).collect();
    let twin = |at: usize| types[..at].iter().position(|ty| *ty == types[at]);
    (0..types.len()).find_map(|at| Some((twin(at)?, at)))
}

/// The one field of a variant like `Requests(Route<'a>)`.
fn unnamed_group(cx: &Diagnostics, field: &FieldDeclaration) -> Option<ValidatedLabel> {
    let argument = Ident::new("labels", Span::call_site());
    group(cx, field, argument, Member::Unnamed(Index::from(0)))
}

fn group(
    cx: &Diagnostics,
    field: &FieldDeclaration,
    argument: Ident,
    member: Member,
) -> Option<ValidatedLabel> {
    let single = [field.name.key(), field.display.key()].into_iter().flatten();
    let mut is_single = false;
    for key in single {
        is_single = true;
        cx.error(
            key,
            format_args!(
                "`{key}` is for a single label, and this is a group; write it at the field in the \
                 group, or give the group a `prefix`"
            ),
        );
    }
    let prefix = field.prefix.read().ok()?.map(|literal| (literal, literal.value()));
    if let Some((literal, prefix)) = &prefix
        && let Err(error) = check_label_name(prefix)
    {
        cx.error(literal, format_args!("{prefix:?} cannot begin the names of labels: {error}"));
        return None;
    }
    let group = Some(Group { prefix: prefix.map(|(_, prefix)| prefix) });
    (!is_single).then(|| ValidatedLabel {
        field: argument,
        member,
        ty: field.ty.clone(),
        type_text: type_text(&field.ty),
        name: String::new(),
        display: false,
        group,
    })
}

fn refuse_duplicates(
    cx: &Diagnostics,
    fields: &[FieldDeclaration],
    labels: &[Option<ValidatedLabel>],
) -> bool {
    let mut unique = true;
    for (at, (field, label)) in fields.iter().zip(labels).enumerate() {
        let Some(label) = label else { continue };
        let is_twin = |earlier: &&ValidatedLabel| {
            earlier.group.is_none() && label.group.is_none() && earlier.name == label.name
        };
        let earlier = labels.iter().take(at).flatten().find(is_twin);
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
