//! The declaration of a label: a field of a variant.

use syn::{Field, Ident, LitStr, Type};

use crate::diagnostics::Diagnostics;
use crate::parse::entry::{entries, unknown_key};
use crate::parse::helper::{Helper, misplaced};
use crate::parse::slot::Slot;
use crate::parse::value;

const KEYS: [&str; 4] = ["name", "display", "group", "prefix"];

pub(crate) struct FieldDeclaration {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    pub(crate) name: Slot<LitStr>,
    pub(crate) display: Slot<()>,
    /// Whether the field is a group of labels.
    pub(crate) group: Slot<()>,
    /// What stands before the names of the group's labels.
    pub(crate) prefix: Slot<LitStr>,
}

impl FieldDeclaration {
    /// Whether `group` is written.
    pub(crate) fn is_group(&self) -> bool {
        self.group.key().is_some()
    }

    /// `field` has a name.
    pub(crate) fn parse(cx: &Diagnostics, field: Field) -> Self {
        let ident = field.ident.unwrap_or_else(|| Ident::from(<syn::Token![_]>::default()));
        let mut declaration = Self {
            ident,
            ty: field.ty,
            name: Slot::new(),
            display: Slot::new(),
            group: Slot::new(),
            prefix: Slot::new(),
        };
        for attribute in &field.attrs {
            match Helper::of(attribute) {
                Some(Helper::Label) => {
                    for entry in entries(cx, attribute, "#[label(name = \"http.route\")]")
                        .into_iter()
                        .flatten()
                    {
                        let key = &entry.key;
                        match key.to_string().as_str() {
                            "name" => {
                                let name = value::string(cx, &entry, "name = \"http.route\"");
                                declaration.name.fill(cx, key, name);
                            }
                            "display" => {
                                declaration.display.fill(cx, key, value::flag(cx, &entry));
                            }
                            "group" => {
                                declaration.group.fill(cx, key, value::flag(cx, &entry));
                            }
                            "prefix" => {
                                let prefix = value::string(cx, &entry, "prefix = \"client\"");
                                declaration.prefix.fill(cx, key, prefix);
                            }
                            _ => unknown_key(cx, key, "label", &KEYS),
                        }
                    }
                }
                Some(helper) => misplaced(cx, attribute, helper),
                None => {}
            }
        }
        declaration
    }
}
