//! What is recorded of a call, and the labels that are computed from its result.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Index, Member, Path};

use crate::expand::names::at;
use crate::expand::timed::local;
use crate::model::{Meter, MetricUse, Target};
use crate::parse::Computed;

/// The paths that the expansion spells out.
pub(crate) struct Paths {
    /// `__private`.
    pub(crate) private: TokenStream,
    /// What `#[timed]` calls, in it.
    pub(crate) timed: TokenStream,
}

impl Paths {
    pub(crate) fn new(facade: &Path) -> Self {
        let private = quote!(#facade::__private);
        Self { timed: quote!(#private::timed), private }
    }
}

/// One thing that is recorded; `index` tells it from the others.
///
/// Expands to `timed::wall(…)` and the like, see [`metric`].
pub(crate) fn meter(index: usize, meter: &Meter, paths: &Paths) -> TokenStream {
    let Paths { timed, .. } = paths;
    let (function, metric_use) = match meter {
        Meter::Wall(Target::Function) => {
            return quote!(#timed::wall(#timed::function(&__FUNCTION)));
        }
        Meter::Busy(Target::Function) => {
            return quote!(#timed::busy(#timed::function(&__FUNCTION)));
        }
        Meter::Wall(Target::Metric(metric)) => ("wall", metric),
        Meter::Busy(Target::Metric(metric)) => ("busy", metric),
        Meter::Count(metric) => ("count", metric),
        Meter::InFlight(metric) => ("in_flight", metric),
    };
    let function = format_ident!("{function}");
    let metric = metric(index, metric_use, paths);
    // What is wrong with the kind of the metric is told of at its name.
    quote_spanned!(at(&metric_use.variant)=> #timed::#function(#metric))
}

/// A metric with its labels; those that are not known yet have something in their place.
///
/// Expands to
///
/// ```text
/// {
///     let outcome = timed::PENDING;
///     let metric = timed::metric(Http::Duration {
///         route: &route,
///         status: __computed_0_status.absent(),
///         outcome,
///     });
///     timed::late(metric.__typed_Duration())
/// }
/// ```
fn metric(index: usize, metric: &MetricUse, paths: &Paths) -> TokenStream {
    let Paths { timed, .. } = paths;
    let MetricUse { path, variant, labels, outcome, computed } = metric;
    let outcome = outcome.as_ref().map(|outcome| quote!(let #outcome = #timed::PENDING;));
    let labels = labels.iter().map(|label| {
        let is_field =
            |field: &Ident| matches!(&label.member, Member::Named(name) if name == field);
        match computed.iter().find(|(field, _)| is_field(field)) {
            None => label.to_token_stream(),
            Some((field, computed)) => {
                let (name, attributes) = (token(index, field), &label.attrs);
                quote_spanned!(at(&computed.label)=> #(#attributes)* #field: #name.absent())
            }
        }
    });
    let handle = format_ident!("__typed_{variant}", span = at(variant));
    // An enum that is none is told of in its own words, and not only by a method that it lacks.
    // The braces are the user's, or the compiler would suggest no other label for one that is not there.
    let mut braces = Group::new(Delimiter::Brace, quote!(#(#labels),*));
    braces.set_span(variant.span());
    let mut metric = quote_spanned! {at(variant)=>
        #timed::metric(#path #braces).#handle()
    };
    if !computed.is_empty() {
        metric = quote!(#timed::late(#metric));
    }
    quote_spanned!(at(variant)=> { #outcome #metric })
}

/// What the labels that are computed are known by until they are.
///
/// Expands to `let __computed_0_status = timed::Computed::new();`.
pub(crate) fn tokens_of_computed(index: usize, meter: &Meter, paths: &Paths) -> TokenStream {
    let Paths { timed, .. } = paths;
    let computed = meter.computed().iter().map(|(field, _)| {
        let name = token(index, field);
        quote!(let #name = #timed::Computed::new();)
    });
    computed.collect()
}

/// Computes the labels of a meter.
///
/// Expands to
///
/// ```text
/// __call.meter.0.0.fill(__outcome, [
///     __computed_0_status.fill("status", &__computed_0_status.of(&__returned, |r| …), …),
/// ]);
/// ```
pub(crate) fn fill(
    index: usize,
    meter: &Meter,
    call: &Ident,
    returned: &TokenStream,
    outcome: &Ident,
    paths: &Paths,
) -> Option<TokenStream> {
    if meter.computed().is_empty() {
        return None;
    }
    let Paths { private, .. } = paths;
    // The place in the pair of pairs, and then the metric in the meter.
    let (next, this) = (Index::from(1), Index::from(0));
    let place = std::iter::repeat_n(next, index).chain([this.clone(), this]);
    let fills = meter.computed().iter().map(|(field, Computed { label, closure })| {
        let name = token(index, field);
        let text = field.to_string();
        let text = text.strip_prefix("r#").unwrap_or(&text);
        let value = quote_spanned!(at(label)=> #name.of(#returned, #closure));
        quote!(#name.fill(#text, &#value, &mut #private::Scratch::new()))
    });
    Some(quote!(#call.meter #(.#place)*.fill(#outcome, [#(#fills),*]);))
}

fn token(index: usize, field: &Ident) -> Ident {
    let field = field.to_string();
    local(&format!("__computed_{index}_{}", field.strip_prefix("r#").unwrap_or(&field)))
}
