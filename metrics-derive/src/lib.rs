//! The macros of [typed-metrics]; use them through that crate, which documents them.
//!
//! A declaration goes through three passes, and a mistake belongs to exactly one of them:
//!
//! - `parse`: tokens become what was written, owned, with its spans.
//! - `model`: what was written becomes what it means, complete and valid. The rules for names,
//!   units and buckets are core's; here they are only applied.
//! - `expand`: what is valid becomes tokens. No pass after `model` can fail.
//!
//! `diagnostics` collects the mistakes of the first two, so that a build reports all of them.
//!
//! [typed-metrics]: https://docs.rs/typed-metrics
#![forbid(unsafe_code)]

use proc_macro::TokenStream;

mod diagnostics;
mod expand;
#[cfg(test)]
mod expansion_tests;
mod kind;
mod model;
mod parse;
mod suggest;

/// Makes an enum a set of metrics, one a variant.
#[proc_macro_derive(
    Metrics,
    attributes(metrics, counter, up_down_counter, gauge, histogram, label)
)]
pub fn derive_metrics(input: TokenStream) -> TokenStream {
    expand::derive_metrics(input.into()).into()
}

/// Measures the calls of a function, or of the functions of an impl block.
#[proc_macro_attribute]
pub fn timed(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::timed(arguments.into(), item.into()).into()
}

/// Makes a field-less enum or a newtype a label.
#[proc_macro_derive(Label, attributes(label))]
pub fn derive_label(input: TokenStream) -> TokenStream {
    expand::derive_label(input.into()).into()
}
