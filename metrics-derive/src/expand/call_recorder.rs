//! What is recorded for a call, and the labels that are computed from the result of the call.

use proc_macro2::{Delimiter, Group, Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Index, Member};

use crate::expand::names::{at, local};
use crate::model::{CallRecorder, MetricUse, Target};
use crate::parse::Computed;

/// A recorder. `index` is its place among the recorders of the call.
///
/// Expands to `timed::wall(…)` and the like, see [`metric`].
pub(crate) fn call_recorder(index: usize, recorder: &CallRecorder) -> TokenStream {
    let (function, metric_use) = match recorder {
        CallRecorder::Wall(Target::Function) => {
            return quote!(__p::timed::wall(__p::timed::function(&__FUNCTION)));
        }
        CallRecorder::Busy(Target::Function) => {
            return quote!(__p::timed::busy(__p::timed::function(&__FUNCTION)));
        }
        CallRecorder::Calls => {
            return quote!(__p::timed::count(__p::timed::calls(&__CALLS)));
        }
        CallRecorder::Wall(Target::Metric(metric)) => ("wall", metric),
        CallRecorder::Busy(Target::Metric(metric)) => ("busy", metric),
        CallRecorder::Count(metric) => ("count", metric),
        CallRecorder::InFlight(metric) => ("in_flight", metric),
    };
    let function = format_ident!("{function}");
    let metric = metric(index, metric_use);
    // If the metric is of the wrong kind, the compiler reports that at the metric's name.
    quote_spanned!(at(&metric_use.variant)=> __p::timed::#function(#metric))
}

/// A metric with its labels. A label that is not known yet has a placeholder.
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
///     timed::awaiting_result(metric.__resolve_as(|__handles| __handles.Duration))
/// }
/// ```
fn metric(index: usize, metric: &MetricUse) -> TokenStream {
    let MetricUse { path, variant, labels, outcome, computed } = metric;
    let outcome = outcome.as_ref().map(|outcome| quote!(let #outcome = __p::timed::PENDING;));
    let is_group = labels.iter().any(|label| matches!(label.member, Member::Unnamed(_)));
    let labels = labels.iter().map(|label| {
        if is_group {
            return label.expr.to_token_stream();
        }
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
    let handles = local("__handles");
    // `timed::metric` requires a metrics enum, so that another enum gives an error that says so,
    // and not only one for a missing method. The delimiters have the user's span: otherwise the
    // compiler would not suggest another label for one that does not exist.
    let delimiter = if is_group { Delimiter::Parenthesis } else { Delimiter::Brace };
    let mut labels = Group::new(delimiter, quote!(#(#labels),*));
    labels.set_span(variant.span());
    let mut metric = quote_spanned! {at(variant)=>
        __p::timed::metric(#path #labels).__resolve_as(|#handles| #handles.#variant)
    };
    if !computed.is_empty() {
        metric = quote!(__p::timed::awaiting_result(#metric));
    }
    quote_spanned!(at(variant)=> { #outcome #metric })
}

/// The placeholders for the labels that are computed.
///
/// Expands to `let __computed_0_status = timed::Computed::new();`.
pub(crate) fn tokens_of_computed(index: usize, recorder: &CallRecorder) -> TokenStream {
    let computed = recorder.computed().iter().map(|(field, _)| {
        let name = token(index, field);
        quote!(let #name = __p::timed::Computed::new();)
    });
    computed.collect()
}

/// Computes the labels of a recorder's metric.
///
/// Expands to
///
/// ```text
/// __call.recorder.0.0.fill(__outcome, [
///     __computed_0_status.fill("status", &__computed_0_status.of(&__returned, |r| …), …),
/// ]);
/// ```
///
/// If the recorder is an `Option`, because only some calls are measured, expands to
///
/// ```text
/// if let Option::Some(__recorder) = &mut __call.recorder.0 {
///     __recorder.0.fill(…);
/// }
/// ```
pub(crate) fn fill(
    index: usize,
    recorder: &CallRecorder,
    is_option: bool,
    call: &Ident,
    returned: &TokenStream,
    outcome: &Ident,
) -> Option<TokenStream> {
    if recorder.computed().is_empty() {
        return None;
    }
    // The recorder's place in the pair of pairs. The metric is the recorder's field 0.
    let (next, this) = (Index::from(1), Index::from(0));
    let place = std::iter::repeat_n(next, index).chain([this]);
    let fills = recorder.computed().iter().map(|(field, Computed { label, closure })| {
        let name = token(index, field);
        let text = field.to_string();
        let text = text.strip_prefix("r#").unwrap_or(&text);
        let value = quote_spanned!(at(label)=> #name.of(#returned, #closure));
        quote!(#name.fill(#text, &#value, &mut __p::Scratch::new()))
    });
    let fills = quote!(fill(#outcome, [#(#fills),*]));
    if !is_option {
        return Some(quote!(#call.recorder #(.#place)*.0.#fills;));
    }
    let recorder = local("__recorder");
    Some(quote! {
        if let __p::core::option::Option::Some(#recorder) = &mut #call.recorder #(.#place)* {
            #recorder.0.#fills;
        }
    })
}

fn token(index: usize, field: &Ident) -> Ident {
    let field = field.to_string();
    local(&format!("__computed_{index}_{}", field.strip_prefix("r#").unwrap_or(&field)))
}
