//! The type below `#[derive(Label)]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Attribute, Data, DeriveInput, Fields, Generics, Ident, Index, LitStr, Member, Path, Type,
    Variant,
};

use crate::diagnostics::Diagnostics;
use crate::parse::entry::{entries, unknown_key};
use crate::parse::slot::Slot;
use crate::parse::value;
use crate::suggest::{closest, quoted_list};

const TYPE_KEYS: [&str; 2] = ["rename_all", "crate"];
const VARIANT_KEYS: [&str; 1] = ["name"];
const FIELD_KEYS: [&str; 1] = ["display"];

pub(crate) struct LabelDeclaration {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Slot<Path>,
    pub(crate) rename_all: Slot<RenameRule>,
    /// `None` if the type is neither an enum nor a newtype, which is reported.
    pub(crate) body: Option<LabelBody>,
}

pub(crate) enum LabelBody {
    Enum(Vec<LabelVariant>),
    Newtype(Box<NewtypeField>),
}

/// The one field of a newtype.
#[derive(Clone)]
pub(crate) struct NewtypeField {
    pub(crate) member: Member,
    pub(crate) ty: Type,
    /// Whether the value is written with `Display`.
    pub(crate) display: bool,
}

pub(crate) struct LabelVariant {
    pub(crate) ident: Ident,
    pub(crate) name: Slot<LitStr>,
    /// Its fields, if it has any.
    pub(crate) fields: Option<TokenStream>,
}

/// How the names of variants become values. The rules have the names that serde gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RenameRule {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl RenameRule {
    const NAMES: [(&str, Self); 8] = [
        ("snake_case", Self::Snake),
        ("kebab-case", Self::Kebab),
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
    ];

    fn parse(cx: &Diagnostics, literal: &LitStr) -> Option<Self> {
        let text = literal.value();
        if let Some((_, rule)) = Self::NAMES.iter().find(|(name, _)| *name == text) {
            return Some(*rule);
        }
        let names = Self::NAMES.iter().map(|(name, _)| *name);
        match closest(&text, names.clone()) {
            Some(meant) => {
                cx.error(literal, format_args!("unknown case {text:?}; did you mean {meant:?}?"));
            }
            None => cx.error(
                literal,
                format_args!("unknown case {text:?}; the cases are {}", quoted_list(names)),
            ),
        }
        None
    }
}

impl LabelDeclaration {
    pub(crate) fn parse(cx: &Diagnostics, input: DeriveInput) -> Self {
        let mut declaration = Self {
            ident: input.ident,
            generics: input.generics,
            krate: Slot::new(),
            rename_all: Slot::new(),
            body: None,
        };
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("label")) {
            declaration.read_attribute(cx, attribute);
        }
        declaration.body = match input.data {
            Data::Enum(data) => Some(LabelBody::Enum(
                data.variants.into_iter().map(|variant| LabelVariant::parse(cx, variant)).collect(),
            )),
            Data::Struct(data) => newtype(cx, &declaration.ident, data.fields),
            Data::Union(data) => {
                cx.error(
                    data.union_token,
                    "`#[derive(Label)]` is for enums without fields and for newtypes, \
                     and this is a union",
                );
                None
            }
        };
        declaration
    }

    fn read_attribute(&mut self, cx: &Diagnostics, attribute: &Attribute) {
        for entry in
            entries(cx, attribute, "#[label(rename_all = \"kebab-case\")]").into_iter().flatten()
        {
            let key = &entry.key;
            match key.to_string().as_str() {
                "rename_all" => {
                    let rule = value::string(cx, &entry, "rename_all = \"kebab-case\"")
                        .and_then(|literal| RenameRule::parse(cx, &literal));
                    self.rename_all.fill(cx, key, rule);
                }
                "crate" => {
                    self.krate.fill(cx, key, value::path(cx, &entry, "crate = my_crate::metrics"));
                }
                _ => unknown_key(cx, key, "label", &TYPE_KEYS),
            }
        }
    }
}

impl LabelVariant {
    fn parse(cx: &Diagnostics, variant: Variant) -> Self {
        let mut name = Slot::new();
        for attribute in variant.attrs.iter().filter(|attribute| attribute.path().is_ident("label"))
        {
            for entry in
                entries(cx, attribute, "#[label(name = \"in progress\")]").into_iter().flatten()
            {
                let key = &entry.key;
                if key == "name" {
                    name.fill(cx, key, value::string(cx, &entry, "name = \"in progress\""));
                } else {
                    unknown_key(cx, key, "label", &VARIANT_KEYS);
                }
            }
        }
        let fields = (!variant.fields.is_empty()).then(|| variant.fields.to_token_stream());
        Self { ident: variant.ident, name, fields }
    }
}

fn newtype(cx: &Diagnostics, ident: &Ident, fields: Fields) -> Option<LabelBody> {
    let count = fields.len();
    let mut rest = fields.iter();
    let (Some(field), None) = (rest.next(), rest.next()) else {
        cx.error(
            ident,
            format_args!(
                "a label is one value, and `{ident}` has {count} fields; \
                 derive `Label` on a struct of one field, or make each field a label of its own"
            ),
        );
        return None;
    };
    let mut display = Slot::new();
    for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("label")) {
        for entry in entries(cx, attribute, "#[label(display)]").into_iter().flatten() {
            let key = &entry.key;
            if key == "display" {
                display.fill(cx, key, value::flag(cx, &entry));
            } else {
                unknown_key(cx, key, "label", &FIELD_KEYS);
            }
        }
    }
    let member = match &field.ident {
        Some(ident) => Member::Named(ident.clone()),
        None => Member::Unnamed(Index::from(0)),
    };
    let display = display.read().ok()?.is_some();
    Some(LabelBody::Newtype(Box::new(NewtypeField { member, ty: field.ty.clone(), display })))
}
