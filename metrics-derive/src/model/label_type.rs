//! A type that is a label.

use heck::{
    ToKebabCase, ToLowerCamelCase, ToPascalCase, ToShoutyKebabCase, ToShoutySnakeCase, ToSnakeCase,
};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Generics, Ident};
use typed_metrics_core::limits::MAX_LABEL_LEN;

use crate::diagnostics::Diagnostics;
use crate::model::facade::Facade;
use crate::parse::{LabelBody, LabelDeclaration, LabelVariant, NewtypeField, RenameRule, Slot};

/// A type that is a label.
pub(crate) struct ValidatedLabelType {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) facade: Facade,
    pub(crate) body: LabelBodyModel,
}

pub(crate) enum LabelBodyModel {
    /// The variants and their values, at least one.
    Fixed(Vec<(Ident, String)>),
    /// The field whose value it is.
    Newtype(Box<NewtypeField>),
}

impl ValidatedLabelType {
    /// `None` if there is a mistake, which is reported then.
    pub(crate) fn check(cx: &Diagnostics, declaration: &LabelDeclaration) -> Option<Self> {
        let body = match declaration.body.as_ref()? {
            LabelBody::Enum(variants) => {
                let rule = declaration.rename_all.read();
                let rule = rule.ok().flatten().copied().unwrap_or(RenameRule::Snake);
                LabelBodyModel::Fixed(values(cx, &declaration.ident, variants, rule)?)
            }
            LabelBody::Newtype(field) => {
                if let Some(key) = declaration.rename_all.key() {
                    cx.error(
                        key,
                        "`rename_all` renames the variants of an enum; \
                         a newtype has the value of its field, so remove `rename_all`",
                    );
                }
                LabelBodyModel::Newtype(field.clone())
            }
        };
        Some(Self {
            ident: declaration.ident.clone(),
            generics: declaration.generics.clone(),
            facade: Facade::of(&declaration.krate).ok()?,
            body,
        })
    }
}

fn values(
    cx: &Diagnostics,
    ident: &Ident,
    variants: &[LabelVariant],
    rule: RenameRule,
) -> Option<Vec<(Ident, String)>> {
    if variants.is_empty() {
        cx.error(
            ident,
            format_args!("`{ident}` has no variants; each variant is a value, so write one"),
        );
        return None;
    }
    let checked: Vec<Option<String>> =
        variants.iter().map(|variant| value(cx, variant, rule)).collect();
    refuse_duplicates(cx, variants, &checked);
    let values = checked.into_iter().collect::<Option<Vec<_>>>()?;
    Some(variants.iter().map(|variant| variant.ident.clone()).zip(values).collect())
}

fn value(cx: &Diagnostics, variant: &LabelVariant, rule: RenameRule) -> Option<String> {
    let ident = &variant.ident;
    if let Some(fields) = &variant.fields {
        cx.error(
            fields,
            format_args!(
                "`{ident}` has fields, but each variant of a label enum is one value; \
                 remove the fields, or make them another label"
            ),
        );
        return None;
    }
    let (text, at) = match variant.name.read().ok()? {
        Some(literal) => (literal.value(), literal.to_token_stream()),
        None => (renamed(&ident.unraw().to_string(), rule), ident.to_token_stream()),
    };
    if text.is_empty() {
        cx.error(at, "a label's value cannot be empty; for \"no value\" use `Option` of the label");
        return None;
    }
    if text.len() > MAX_LABEL_LEN {
        let len = text.len();
        cx.error(
            at,
            format_args!("this value has {len} bytes; the longest allowed is {MAX_LABEL_LEN}"),
        );
        return None;
    }
    Some(text)
}

fn renamed(variant: &str, rule: RenameRule) -> String {
    match rule {
        RenameRule::Lower => variant.to_lowercase(),
        RenameRule::Upper => variant.to_uppercase(),
        RenameRule::Pascal => variant.to_pascal_case(),
        RenameRule::Camel => variant.to_lower_camel_case(),
        RenameRule::Snake => variant.to_snake_case(),
        RenameRule::ScreamingSnake => variant.to_shouty_snake_case(),
        RenameRule::Kebab => variant.to_kebab_case(),
        RenameRule::ScreamingKebab => variant.to_shouty_kebab_case(),
    }
}

fn refuse_duplicates(cx: &Diagnostics, variants: &[LabelVariant], values: &[Option<String>]) {
    let written = |slot: &Slot<syn::LitStr>| slot.read().ok().flatten().cloned();
    for (at, (variant, value)) in variants.iter().zip(values).enumerate() {
        let Some(value) = value else { continue };
        let twin = values.iter().take(at).position(|earlier| earlier.as_ref() == Some(value));
        if let Some(twin) = twin.and_then(|twin| variants.get(twin)) {
            let (first, second) = (&twin.ident, &variant.ident);
            let message = format!(
                "`{first}` and `{second}` both have the value {value:?}; \
                 give one of them another `#[label(name = \"…\")]`"
            );
            match written(&variant.name) {
                Some(literal) => cx.error(literal, message),
                None => cx.error(second, message),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_renames_as_its_own_name_is_written() {
        let all = |name| {
            [
                RenameRule::Snake,
                RenameRule::Kebab,
                RenameRule::Camel,
                RenameRule::Pascal,
                RenameRule::Lower,
                RenameRule::Upper,
                RenameRule::ScreamingSnake,
                RenameRule::ScreamingKebab,
            ]
            .map(|rule| renamed(name, rule))
        };
        assert_eq!(
            all("InProgress"),
            [
                "in_progress",
                "in-progress",
                "inProgress",
                "InProgress",
                "inprogress",
                "INPROGRESS",
                "IN_PROGRESS",
                "IN-PROGRESS",
            ]
        );
    }
}
