//! `also(WritePool, prefix = "pool.write")`: the same metrics once more.

use proc_macro2::{Delimiter, Ident, TokenStream};
use quote::quote;
use syn::{Attribute, Data, DeriveInput};

use crate::diagnostics::Diagnostics;
use crate::parse::entry::{Entry, EntryValue, comma_separated, entry, inside, unknown_key};
use crate::parse::helper::Helper;
use crate::parse::slot::Slot;
use crate::parse::value::refuse;

/// The keys that another enum may have for itself.
const KEYS: [&str; 6] = ["prefix", "labels", "buckets", "series_limit", "expire", "last_recorded"];
const EXAMPLE: &str = "also(WritePool, prefix = \"pool.write\")";

/// Another enum with the same variants.
pub(crate) struct AlsoDeclaration {
    pub(crate) ident: Ident,
    pub(crate) keys: Keys,
}

/// The keys of an enum as they are written. The derive of a copy reads their values.
#[derive(Default)]
pub(crate) struct Keys(Vec<(Ident, TokenStream)>);

impl Keys {
    pub(crate) fn add(&mut self, entry: &Entry) {
        let key = &entry.key;
        let tokens = match &entry.value {
            EntryValue::Nothing => quote!(#key),
            EntryValue::Assigned(value) => quote!(#key = #value),
            EntryValue::Malformed(value) => quote!(#key #value),
        };
        self.0.push((key.clone(), tokens));
    }

    pub(crate) fn get(&self, key: &str) -> Option<&TokenStream> {
        self.0.iter().find(|(written, _)| written == key).map(|(_, tokens)| tokens)
    }

    /// These keys, and the keys of the first enum that are not among these.
    pub(crate) fn and_those_of<'k>(
        &'k self,
        first: &'k Self,
    ) -> impl Iterator<Item = &'k TokenStream> {
        let others = first.0.iter().filter(|(key, _)| self.get(&key.to_string()).is_none());
        self.0.iter().chain(others).map(|(_, tokens)| tokens)
    }
}

impl AlsoDeclaration {
    pub(crate) fn parse(cx: &Diagnostics, written: &Entry) -> Option<Self> {
        let list = match &written.value {
            EntryValue::Malformed(tokens) => inside(tokens, Delimiter::Parenthesis),
            EntryValue::Nothing | EntryValue::Assigned(_) => None,
        };
        let mut parts = comma_separated(cx, list.unwrap_or_default()).into_iter();
        let name = parts.next().and_then(|name| syn::parse2::<Ident>(name).ok());
        let Some(ident) = name else {
            return refuse(
                cx,
                written,
                &written.key,
                "the name of an enum, and its prefix",
                EXAMPLE,
            );
        };
        let mut keys = Keys::default();
        let mut given: [Slot<()>; KEYS.len()] = std::array::from_fn(|_| Slot::new());
        for entry in parts.filter_map(|tokens| entry(cx, tokens, EXAMPLE)) {
            match KEYS.iter().position(|key| entry.key == key) {
                Some(at) => given[at].fill(cx, &entry.key, Some(())),
                None => unknown_key(cx, &entry.key, "metrics(also(…))", &KEYS),
            }
            keys.add(&entry);
        }
        Some(Self { ident, keys })
    }
}

/// The parts of an enum that its copies share.
pub(crate) struct Original {
    /// Doc comments and lints.
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) data: Data,
}

impl Original {
    /// Leaves out the attributes of other macros, which would not apply to the copy.
    pub(crate) fn of(input: &DeriveInput) -> Self {
        let mut data = input.data.clone();
        if let Data::Enum(data) = &mut data {
            for variant in &mut data.variants {
                variant.attrs.retain(is_kept);
                for field in &mut variant.fields {
                    field.attrs.retain(is_kept);
                }
            }
        }
        let attributes = input.attrs.iter().filter(|attribute| {
            Helper::of(attribute) != Some(Helper::Metrics) && is_kept(attribute)
        });
        Self { attributes: attributes.cloned().collect(), data }
    }
}

fn is_kept(attribute: &Attribute) -> bool {
    const KEPT: [&str; 6] = ["doc", "deprecated", "allow", "expect", "warn", "non_exhaustive"];
    let is_kept = |name: &&str| attribute.path().is_ident(name);
    Helper::of(attribute).is_some() || KEPT.iter().any(is_kept)
}
