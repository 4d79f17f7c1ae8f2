//! The declaration of a metric: a variant.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Fields, Ident, LitStr, Type, Variant};

use crate::diagnostics::Diagnostics;
use crate::kind::{Kind, keys};
use crate::parse::buckets::BucketsDeclaration;
use crate::parse::docs::doc_text;
use crate::parse::entry::{Entry, entries, unknown_key};
use crate::parse::expiry::expiry;
use crate::parse::exponential::{Threshold, exponential, threshold};
use crate::parse::field::FieldDeclaration;
use crate::parse::helper::{Helper, misplaced};
use crate::parse::slot::Slot;
use crate::parse::value::{self, Constant, WholeNumber};

pub(crate) struct VariantDeclaration {
    pub(crate) ident: Ident,
    pub(crate) doc: String,
    /// `#[deprecated]`, which the constructor gets too.
    pub(crate) deprecated: Option<Attribute>,
    /// Whether `#[allow(deprecated)]` stands above it: the lint of the derive's own warning.
    pub(crate) allowed: bool,
    /// The kinds that are written above the variant. There must be exactly one.
    pub(crate) kinds: Vec<KindDeclaration>,
    /// Other attributes. One of them may be a misspelt kind.
    pub(crate) foreign: Vec<Ident>,
    pub(crate) fields: VariantFields,
}

pub(crate) enum VariantFields {
    Named(Vec<FieldDeclaration>),
    /// One field without a name: a group of labels.
    Group(Box<FieldDeclaration>),
    /// The fields with their parentheses, and their types.
    Unnamed(TokenStream, Vec<Type>),
}

/// `#[counter(…)]`, or the attribute of another kind.
pub(crate) struct KindDeclaration {
    pub(crate) kind: Kind,
    /// The whole attribute.
    pub(crate) attribute: TokenStream,
    pub(crate) unit: Slot<LitStr>,
    pub(crate) name: Slot<LitStr>,
    pub(crate) description: Slot<LitStr>,
    pub(crate) value: Slot<Ident>,
    pub(crate) buckets: Slot<BucketsDeclaration>,
    pub(crate) exponential: Slot<()>,
    pub(crate) max_size: Slot<Constant<WholeNumber>>,
    pub(crate) zero_threshold: Slot<Constant<Threshold>>,
    pub(crate) series_limit: Slot<Constant<WholeNumber>>,
    pub(crate) expire: Slot<LitStr>,
    pub(crate) last_recorded: Slot<()>,
    /// Whether labels of the same type may be arguments of the constructor.
    pub(crate) positional: Slot<()>,
    /// The name that the metric had before.
    pub(crate) was: Slot<LitStr>,
    /// Whether an entry is not a known key. Any key may have been meant.
    pub(crate) unrecognized: bool,
}

impl VariantDeclaration {
    pub(crate) fn parse(cx: &Diagnostics, variant: Variant) -> Self {
        let mut kinds = Vec::new();
        let mut foreign = Vec::new();
        let mut deprecated = None;
        let mut allowed = false;
        for attribute in &variant.attrs {
            match Helper::of(attribute) {
                Some(Helper::Kind(kind)) => kinds.push(KindDeclaration::parse(cx, kind, attribute)),
                Some(helper) => misplaced(cx, attribute, helper),
                None if allows_deprecated(attribute) => allowed = true,
                None if attribute.path().is_ident("deprecated") => {
                    deprecated = Some(attribute.clone());
                }
                None => foreign.extend(attribute.path().get_ident().cloned()),
            }
        }
        let fields = match variant.fields {
            Fields::Unit => VariantFields::Named(Vec::new()),
            Fields::Named(fields) => VariantFields::Named(
                fields.named.into_iter().map(|field| FieldDeclaration::parse(cx, field)).collect(),
            ),
            Fields::Unnamed(fields) => {
                let tokens = fields.to_token_stream();
                let mut fields: Vec<_> = fields.unnamed.into_iter().collect();
                match fields.pop() {
                    Some(field) if fields.is_empty() && may_be_group(&field.ty) => {
                        VariantFields::Group(Box::new(FieldDeclaration::parse(cx, field)))
                    }
                    last => {
                        let types = fields.into_iter().chain(last).map(|field| field.ty);
                        VariantFields::Unnamed(tokens, types.collect())
                    }
                }
            }
        };
        let doc = doc_text(&variant.attrs);
        Self { ident: variant.ident, doc, deprecated, allowed, kinds, foreign, fields }
    }
}

/// Whether the attribute is `#[allow(deprecated)]`.
fn allows_deprecated(attribute: &Attribute) -> bool {
    attribute.path().is_ident("allow")
        && attribute.meta.require_list().is_ok_and(|list| {
            list.tokens.clone().into_iter().any(|lint| lint.to_string() == "deprecated")
        })
}

/// Whether a type can be a group of labels: a path to something that is not a well-known single
/// label.
fn may_be_group(ty: &Type) -> bool {
    const LABELS: [&str; 17] = [
        "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize",
        "bool", "char", "String", "Option", "Cow",
    ];
    let Type::Path(path) = ty else { return false };
    let last = path.path.segments.last();
    last.is_some_and(|last| !LABELS.contains(&last.ident.to_string().as_str()))
}

impl KindDeclaration {
    fn parse(cx: &Diagnostics, kind: Kind, attribute: &Attribute) -> Self {
        let mut declaration = Self {
            kind,
            attribute: attribute.to_token_stream(),
            unit: Slot::new(),
            name: Slot::new(),
            description: Slot::new(),
            value: Slot::new(),
            buckets: Slot::new(),
            exponential: Slot::new(),
            max_size: Slot::new(),
            zero_threshold: Slot::new(),
            series_limit: Slot::new(),
            expire: Slot::new(),
            last_recorded: Slot::new(),
            positional: Slot::new(),
            was: Slot::new(),
            unrecognized: false,
        };
        let key = if kind.is_state_or_info() { "name = \"requests\"" } else { "unit = \"s\"" };
        let example = format!("#[{}({key})]", kind.as_str());
        for entry in entries(cx, attribute, &example) {
            match entry {
                Some(entry) => declaration.read_entry(cx, &entry),
                None => declaration.unrecognized = true,
            }
        }
        declaration
    }

    fn read_entry(&mut self, cx: &Diagnostics, entry: &Entry) {
        let key = &entry.key;
        if let Some(message) = refused_by_state_or_info(self.kind, &key.to_string()) {
            cx.error(key, message);
            return;
        }
        match key.to_string().as_str() {
            "unit" => self.unit.fill(cx, key, value::string(cx, entry, "unit = \"ms\"")),
            "name" => self.name.fill(cx, key, value::string(cx, entry, "name = \"requests\"")),
            "description" => {
                let text = value::string(cx, entry, "description = \"Requests served.\"");
                self.description.fill(cx, key, text);
            }
            "value" => {
                let takes = "`u64`, `i64` or `f64`";
                self.value.fill(cx, key, value::word(cx, entry, takes, "value = f64"));
            }
            // Only histograms have buckets. The value of wrong buckets does not matter.
            "buckets" if self.kind != Kind::Histogram => self.buckets.fill(cx, key, None),
            "buckets" => self.buckets.fill(cx, key, BucketsDeclaration::parse(cx, entry)),
            "exponential" if self.kind != Kind::Histogram => self.exponential.fill(cx, key, None),
            "exponential" => self.exponential.fill(cx, key, exponential(cx, entry)),
            "max_size" => {
                self.max_size.fill(cx, key, value::constant_number(cx, entry, "max_size = 80"));
            }
            "zero_threshold" => self.zero_threshold.fill(cx, key, threshold(cx, entry)),
            "series_limit" => {
                let limit = value::constant_number(cx, entry, "series_limit = 500");
                self.series_limit.fill(cx, key, limit);
            }
            // Up-down counters do not expire. The value of their expiry does not matter.
            "expire" if self.kind == Kind::UpDownCounter => self.expire.fill(cx, key, None),
            "expire" => self.expire.fill(cx, key, expiry(cx, entry)),
            "last_recorded" => self.last_recorded.fill(cx, key, value::flag(cx, entry)),
            "was" => self.was.fill(cx, key, value::string(cx, entry, "was = \"shop.orders\"")),
            "positional" => self.positional.fill(cx, key, value::flag(cx, entry)),
            _ => {
                self.unrecognized = true;
                unknown_key(cx, key, self.kind.as_str(), keys(self.kind));
            }
        }
    }
}

/// The message for a key that is known, but not for a state or an info.
fn refused_by_state_or_info(kind: Kind, key: &str) -> Option<String> {
    let (values, fact) = match kind {
        Kind::State => ("its values are always 1 and 0", "a state"),
        Kind::Info => ("its value is always 1", "a fact"),
        Kind::Counter | Kind::UpDownCounter | Kind::Gauge | Kind::Histogram => return None,
    };
    let a_kind = kind.in_prose();
    Some(match key {
        "unit" => {
            format!("{a_kind} has no unit: {values}; leave the unit out, or make it a `#[gauge]`")
        }
        "value" => {
            format!("{a_kind} has no `value`: {values}; leave it out, or make it a `#[gauge]`")
        }
        "buckets" => {
            format!("{a_kind} has no buckets; leave them out, or make it a `#[histogram]`")
        }
        "expire" => format!(
            "{a_kind} does not expire, because {fact} that nothing changes is still true; leave \
             `expire` out"
        ),
        _ => return None,
    })
}
