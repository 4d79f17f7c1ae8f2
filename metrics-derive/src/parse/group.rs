//! The struct below `#[derive(LabelGroup)]`.

use syn::{Data, DeriveInput, Fields, Generics, Ident, Path};

use crate::diagnostics::Diagnostics;
use crate::parse::entry::{entries, unknown_key};
use crate::parse::field::FieldDeclaration;
use crate::parse::slot::Slot;
use crate::parse::value;

const KEYS: [&str; 1] = ["crate"];

pub(crate) struct GroupDeclaration {
    pub(crate) ident: Ident,
    pub(crate) generics: Generics,
    pub(crate) krate: Slot<Path>,
    /// `None` if the type is not a struct with named fields, which is reported.
    pub(crate) fields: Option<Vec<FieldDeclaration>>,
}

impl GroupDeclaration {
    pub(crate) fn parse(cx: &Diagnostics, input: DeriveInput) -> Self {
        let mut krate = Slot::new();
        for attribute in input.attrs.iter().filter(|attribute| attribute.path().is_ident("label")) {
            for entry in
                entries(cx, attribute, "#[label(crate = my_crate::metrics)]").into_iter().flatten()
            {
                let key = &entry.key;
                if key == "crate" {
                    krate.fill(cx, key, value::path(cx, &entry, "crate = my_crate::metrics"));
                } else {
                    unknown_key(cx, key, "label", &KEYS);
                }
            }
        }
        let fields = match input.data {
            Data::Struct(data) => match data.fields {
                Fields::Named(fields) => {
                    let fields = fields.named.into_iter();
                    Some(fields.map(|field| FieldDeclaration::parse(cx, field)).collect())
                }
                Fields::Unnamed(fields) => {
                    cx.error(fields, "labels need names; write `{ route: &'a str, status: u16 }`");
                    None
                }
                Fields::Unit => Some(Vec::new()),
            },
            Data::Enum(data) => {
                cx.error(
                    data.enum_token,
                    "`#[derive(LabelGroup)]` is for structs, whose fields are labels, and this is \
                     an enum; an enum is one label: `#[derive(Label)]`",
                );
                None
            }
            Data::Union(data) => {
                cx.error(
                    data.union_token,
                    "`#[derive(LabelGroup)]` is for structs, whose fields are labels, and this is \
                     a union",
                );
                None
            }
        };
        Self { ident: input.ident, generics: input.generics, krate, fields }
    }
}
