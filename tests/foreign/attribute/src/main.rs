//! Puts `#[timed]` above every function and impl block in the Rust files of a folder.
//!
//! Functions that `#[timed]` refuses, and items with an attribute macro of their own, stay as they
//! are. No line moves, so the names of tests and the lines in messages stay the same.

use std::collections::BTreeMap;
use std::path::Path;

use proc_macro2::{LineColumn, Span};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, ImplItemFn, ItemFn, ItemImpl, Signature, TraitItemFn, Visibility};

const TIMED: &str = "#[::typed_metrics::timed] ";
const SKIP: &str = "#[::typed_metrics::timed(skip)] ";

/// The attributes that no macro defines.
const BUILT_IN: [&str; 18] = [
    "allow",
    "cfg",
    "cfg_attr",
    "cold",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "inline",
    "link_section",
    "must_use",
    "no_mangle",
    "rustversion",
    "target_feature",
    "unsafe",
    "warn",
];

/// The insertions into a file, each by line and column.
#[derive(Default)]
struct Insertions(BTreeMap<(usize, usize), &'static str>);

impl Insertions {
    fn insert(&mut self, at: Span, text: &'static str) {
        let LineColumn { line, column } = at.start();
        self.0.insert((line, column), text);
    }

    fn apply(&self, source: &str) -> String {
        let mut lines: Vec<String> = source.split('\n').map(str::to_owned).collect();
        for (&(line, column), text) in self.0.iter().rev() {
            let line = &mut lines[line - 1];
            // Columns count characters.
            let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
            line.insert_str(at, text);
        }
        lines.join("\n")
    }
}

fn is_plain(attributes: &[Attribute]) -> bool {
    attributes.iter().all(|attribute| {
        let path = attribute.path();
        BUILT_IN.iter().any(|name| path.is_ident(name))
            || path.segments.first().is_some_and(|first| first.ident == "rustversion")
    })
}

/// Whether `#[timed]` accepts the function.
fn is_accepted(attributes: &[Attribute], signature: &Signature) -> bool {
    let tracks =
        |attribute: &Attribute| attribute.to_token_stream().to_string().contains("track_caller");
    signature.constness.is_none() && !attributes.iter().any(tracks)
}

/// Where a function begins, after its attributes.
fn start(visibility: &Visibility, signature: &Signature) -> Span {
    let tokens = match visibility {
        Visibility::Inherited => signature.to_token_stream(),
        visibility => visibility.to_token_stream(),
    };
    tokens.into_iter().next().map_or_else(Span::call_site, |token| token.span())
}

impl<'ast> Visit<'ast> for Insertions {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if is_plain(&function.attrs) && is_accepted(&function.attrs, &function.sig) {
            self.insert(start(&function.vis, &function.sig), TIMED);
        }
        visit::visit_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if function.default.is_some()
            && is_plain(&function.attrs)
            && is_accepted(&function.attrs, &function.sig)
        {
            self.insert(start(&Visibility::Inherited, &function.sig), TIMED);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, block: &'ast ItemImpl) {
        let functions = || {
            block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(function) => Some(function),
                _ => None,
            })
        };
        let is_accepted = |function: &ImplItemFn| is_accepted(&function.attrs, &function.sig);
        if is_plain(&block.attrs) && functions().any(&is_accepted) {
            let without_attributes = ItemImpl { attrs: Vec::new(), ..block.clone() };
            let first = without_attributes.to_token_stream().into_iter().next();
            self.insert(first.map_or_else(Span::call_site, |token| token.span()), TIMED);
            for function in functions().filter(|function| !is_accepted(function)) {
                self.insert(start(&function.vis, &function.sig), SKIP);
            }
        }
        visit::visit_item_impl(self, block);
    }
}

fn main() {
    let mut all = BTreeMap::from([(TIMED, 0), (SKIP, 0)]);
    for folder in std::env::args().skip(1) {
        for entry in walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap) {
            let path: &Path = entry.path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let source = std::fs::read_to_string(path).unwrap();
            let Ok(file) = syn::parse_file(&source) else { continue };
            let mut insertions = Insertions::default();
            insertions.visit_file(&file);
            std::fs::write(path, insertions.apply(&source)).unwrap();
            for text in insertions.0.values() {
                *all.entry(text).or_insert(0) += 1;
            }
        }
    }
    println!("{} attributes, {} of them skip a function", all[TIMED] + all[SKIP], all[SKIP]);
}
