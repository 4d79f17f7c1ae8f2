//! The enum below `#[derive(Metrics)]`.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Attribute, Data, DeriveInput, Generics, Ident, LitStr, Path, Visibility};

use crate::diagnostics::Diagnostics;
use crate::parse::also::{AlsoDeclaration, Keys, Original};
use crate::parse::buckets::BucketsDeclaration;
use crate::parse::constant_labels::{ConstantLabel, constant_labels};
use crate::parse::entry::{entries, unknown_key};
use crate::parse::expiry::expiry;
use crate::parse::exponential::refuse_setting_of_enum;
use crate::parse::helper::{Helper, misplaced};
use crate::parse::slot::Slot;
use crate::parse::value::{self, Constant, WholeNumber};
use crate::parse::variant::VariantDeclaration;

const KEYS: [&str; 8] =
    ["prefix", "crate", "labels", "buckets", "series_limit", "expire", "last_recorded", "also"];
const EXAMPLE: &str = "#[metrics(prefix = \"shop\")]";

pub(crate) struct MetricsDeclaration {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) generics: Generics,
    pub(crate) prefix: Slot<Constant<LitStr>>,
    pub(crate) krate: Slot<Path>,
    pub(crate) labels: Slot<Vec<ConstantLabel>>,
    pub(crate) buckets: Slot<BucketsDeclaration>,
    pub(crate) series_limit: Slot<Constant<WholeNumber>>,
    pub(crate) expire: Slot<LitStr>,
    pub(crate) last_recorded: Slot<()>,
    /// The keys as they are written, for copies of the enum.
    pub(crate) keys: Keys,
    pub(crate) also: Vec<AlsoDeclaration>,
    /// What the copies have in common with the enum; `None` if there is no copy.
    pub(crate) original: Option<Original>,
    /// `None` if the type is not an enum, which is reported.
    pub(crate) variants: Option<Vec<VariantDeclaration>>,
}

impl MetricsDeclaration {
    pub(crate) fn parse(cx: &Diagnostics, input: DeriveInput) -> Self {
        let mut declaration = Self {
            prefix: Slot::new(),
            krate: Slot::new(),
            labels: Slot::new(),
            buckets: Slot::new(),
            series_limit: Slot::new(),
            expire: Slot::new(),
            last_recorded: Slot::new(),
            keys: Keys::default(),
            also: Vec::new(),
            original: None,
            variants: None,
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            generics: input.generics.clone(),
        };
        for attribute in &input.attrs {
            match Helper::of(attribute) {
                Some(Helper::Metrics) => declaration.read_attribute(cx, attribute),
                // `#[label(…)]` above the enum belongs to `#[derive(Label)]`.
                None | Some(Helper::Label) => {}
                Some(helper) => misplaced(cx, attribute, helper),
            }
        }
        if !declaration.also.is_empty() {
            declaration.original = Some(Original::of(&input));
        }
        declaration.variants = match input.data {
            Data::Enum(data) => Some(
                data.variants
                    .into_iter()
                    .map(|variant| VariantDeclaration::parse(cx, variant))
                    .collect(),
            ),
            Data::Struct(data) => refuse(cx, data.struct_token.to_token_stream(), "a struct"),
            Data::Union(data) => refuse(cx, data.union_token.to_token_stream(), "a union"),
        };
        declaration
    }

    fn read_attribute(&mut self, cx: &Diagnostics, attribute: &Attribute) {
        for entry in entries(cx, attribute, EXAMPLE).into_iter().flatten() {
            let key = &entry.key;
            if key == "also" {
                self.also.extend(AlsoDeclaration::parse(cx, &entry));
                continue;
            }
            self.keys.add(&entry);
            match key.to_string().as_str() {
                "prefix" => {
                    let prefix = value::constant_string(cx, &entry, "prefix = \"shop\"");
                    self.prefix.fill(cx, key, prefix);
                }
                "crate" => {
                    self.krate.fill(cx, key, value::path(cx, &entry, "crate = my_crate::metrics"));
                }
                "labels" => self.labels.fill(cx, key, constant_labels(cx, &entry)),
                "buckets" => self.buckets.fill(cx, key, BucketsDeclaration::parse(cx, &entry)),
                "series_limit" => {
                    let limit = value::constant_number(cx, &entry, "series_limit = 500");
                    self.series_limit.fill(cx, key, limit);
                }
                "expire" => self.expire.fill(cx, key, expiry(cx, &entry)),
                "last_recorded" => self.last_recorded.fill(cx, key, value::flag(cx, &entry)),
                "exponential" | "max_size" | "zero_threshold" => refuse_setting_of_enum(cx, key),
                _ => unknown_key(cx, key, "metrics", &KEYS),
            }
        }
    }
}

fn refuse<T>(cx: &Diagnostics, keyword: TokenStream, what: &str) -> Option<T> {
    cx.error(
        keyword,
        format_args!(
            "`#[derive(Metrics)]` is for enums, and this is {what}; \
             write an `enum` with one variant for each metric"
        ),
    );
    None
}
