//! The macros of [typed-metrics]. Use them through that crate, which documents them: its
//! documentation of a macro comes before the section that is here.
//!
//! A declaration goes through three passes, and a mistake belongs to exactly one of them:
//!
//! - `parse` reads the tokens into a declaration, which owns its parts and keeps their spans.
//! - `model` checks the declaration and completes it. The rules for names, units, buckets
//!   and expiries are in core; `model` applies them.
//! - `expand` writes the tokens of a valid declaration. `expand` cannot fail.
//!
//! `diagnostics` collects the mistakes that `parse` and `model` find, so that one build reports all
//! of them.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod diagnostics;
mod expand;
#[cfg(test)]
mod expansion_tests;
mod externs;
mod kind;
mod model;
mod parse;
mod suggest;

/// # A renamed dependency
///
/// The generated code names the crate by the path `::typed_metrics`. If Cargo.toml renames the
/// dependency, as in `tm = { package = "typed-metrics", … }`, or another crate re-exports it, write
/// the path: `#[metrics(crate = tm)]`. Or write once, at the root of the crate,
/// `extern crate tm as typed_metrics;`.
#[proc_macro_derive(
    Metrics,
    attributes(metrics, counter, up_down_counter, gauge, histogram, state, info, label)
)]
pub fn derive_metrics(input: TokenStream) -> TokenStream {
    expand::derive_metrics(input.into()).into()
}

/// # A renamed dependency
///
/// The generated code names the crate by the path `::typed_metrics`. If Cargo.toml renames the
/// dependency, as in `tm = { package = "typed-metrics", … }`, or another crate re-exports it, write
/// the path: `#[timed(crate = tm)]`. Or write once, at the root of the crate,
/// `extern crate tm as typed_metrics;`.
#[proc_macro_attribute]
pub fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::timed(arguments.into(), item.into()).into()
}

/// # A renamed dependency
///
/// The generated code names the crate by the path `::typed_metrics`. If Cargo.toml renames the
/// dependency, as in `tm = { package = "typed-metrics", … }`, or another crate re-exports it, write
/// the path: `#[label(crate = tm)]`. Or write once, at the root of the crate,
/// `extern crate tm as typed_metrics;`.
#[proc_macro_derive(Label, attributes(label))]
pub fn derive_label(input: TokenStream) -> TokenStream {
    expand::derive_label(input.into()).into()
}

/// # A renamed dependency
///
/// The generated code names the crate by the path `::typed_metrics`. If Cargo.toml renames the
/// dependency, as in `tm = { package = "typed-metrics", … }`, or another crate re-exports it, write
/// the path: `#[label(crate = tm)]`. Or write once, at the root of the crate,
/// `extern crate tm as typed_metrics;`.
#[proc_macro_derive(LabelGroup, attributes(label))]
pub fn derive_label_group(input: TokenStream) -> TokenStream {
    expand::derive_label_group(input.into()).into()
}
