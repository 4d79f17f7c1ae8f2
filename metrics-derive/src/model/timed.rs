//! What `#[timed(…)]` means.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Expr, FieldValue, Ident, Member, Path};

use crate::diagnostics::Diagnostics;
use crate::model::facade::Facade;
use crate::model::label_expression::{OUTCOME, exit, is_word, outcome_in, values};
use crate::model::mentions::mentions;
use crate::parse::{Computed, MetricReference, Slot, TimedArguments, Unreadable};
use crate::suggest::quoted_list;

/// The largest number of computed labels of one metric, for which core has room.
const MAX_COMPUTED: usize = 8;

/// What is recorded for each call.
pub(crate) struct ValidatedTimed {
    pub(crate) facade: Facade,
    pub(crate) recorders: Vec<CallRecorder>,
    pub(crate) outcome: OutcomeOf,
    pub(crate) objectives: Vec<Expr>,
    /// The enum and the variant of the time, if objectives need it.
    pub(crate) objective_metric: Option<(Path, Ident)>,
    /// If one call in N is measured, the N.
    pub(crate) sample: Option<Expr>,
    /// The key `busy`, if it is given.
    pub(crate) busy: Option<Ident>,
}

/// What one metric records of a call.
pub(crate) enum CallRecorder {
    Wall(Target),
    Busy(Target),
    /// Counts in `function.calls`.
    Calls,
    Count(MetricUse),
    InFlight(MetricUse),
}

impl CallRecorder {
    /// Whether this records a time.
    pub(crate) fn is_time(&self) -> bool {
        matches!(self, Self::Wall(_) | Self::Busy(_))
    }

    /// The metric, unless it is one of the metrics of functions.
    pub(crate) fn metric(&self) -> Option<&MetricUse> {
        match self {
            Self::Wall(Target::Function) | Self::Busy(Target::Function) | Self::Calls => None,
            Self::Wall(Target::Metric(metric))
            | Self::Busy(Target::Metric(metric))
            | Self::Count(metric)
            | Self::InFlight(metric) => Some(metric),
        }
    }

    /// The labels that are computed from the result.
    pub(crate) fn computed(&self) -> &[(Ident, Computed)] {
        self.metric().map_or(&[], |metric| metric.computed.as_slice())
    }
}

/// The metric that a time is recorded in.
pub(crate) enum Target {
    /// `function.duration`.
    Function,
    Metric(MetricUse),
}

/// A metric with its labels, of which some are known at entry and others at the end.
pub(crate) struct MetricUse {
    pub(crate) path: Path,
    pub(crate) variant: Ident,
    pub(crate) labels: Vec<FieldValue>,
    /// The first `outcome` among the labels.
    pub(crate) outcome: Option<Ident>,
    /// The fields that are computed, each with its closure.
    pub(crate) computed: Vec<(Ident, Computed)>,
}

/// The source of the outcome of a call that returned.
pub(crate) enum OutcomeOf {
    Type,
    OkIf(Expr),
    ErrorIf(Expr),
    NoneIsError(Ident),
}

impl ValidatedTimed {
    /// `None` if there is a mistake, which is reported then.
    pub(crate) fn check(cx: &Diagnostics, arguments: TimedArguments) -> Option<Self> {
        if let Some(key) = arguments.skip.key() {
            cx.error(
                key,
                "`skip` is for a function of an impl block that has `#[timed]` itself; remove the \
                 attribute here",
            );
            return None;
        }
        let outcome = outcome_of(cx, &arguments);
        let objectives = arguments.objectives.read().ok()?.cloned().unwrap_or_default();
        let objective_metric = objective_metric(cx, &arguments, &objectives);
        let recorders = recorders(cx, &arguments);
        let sample = sample(cx, &arguments);
        Some(Self {
            facade: Facade::of(&arguments.krate).ok()?,
            recorders: recorders?,
            outcome: outcome?,
            objectives,
            objective_metric: objective_metric.ok()?,
            sample: sample.ok()?,
            busy: arguments.busy.key().cloned(),
        })
    }
}

impl ValidatedTimed {
    /// All expressions of the user that are evaluated outside of the function's body.
    pub(crate) fn expressions(&self) -> TokenStream {
        let metrics = self.recorders.iter().filter_map(CallRecorder::metric);
        let labels = metrics.clone().flat_map(|metric| &metric.labels);
        let computed = metrics.flat_map(|metric| &metric.computed);
        let computed = computed.map(|(_, computed)| &computed.closure);
        let outcome = match &self.outcome {
            OutcomeOf::OkIf(closure) | OutcomeOf::ErrorIf(closure) => Some(closure),
            OutcomeOf::Type | OutcomeOf::NoneIsError(_) => None,
        };
        quote!(#(#labels)* #(#computed)* #outcome)
    }
}

fn outcome_of(cx: &Diagnostics, arguments: &TimedArguments) -> Option<OutcomeOf> {
    let TimedArguments { ok_if, error_if, none_is_error, .. } = arguments;
    let keys = [ok_if.key(), error_if.key(), none_is_error.key()];
    let mut given = keys.into_iter().flatten();
    let first = given.next();
    if let (Some(first), Some(second)) = (first, given.next()) {
        cx.error(
            second,
            format_args!("`{first}` already decides on the outcome; keep one of the two"),
        );
        return None;
    }
    let closure = |slot: &Slot<Expr>| slot.read().ok().map(Option::<&Expr>::cloned);
    Some(match (closure(ok_if)?, closure(error_if)?, none_is_error.key()) {
        (Some(closure), ..) => OutcomeOf::OkIf(closure),
        (_, Some(closure), _) => OutcomeOf::ErrorIf(closure),
        (.., Some(key)) => OutcomeOf::NoneIsError(key.clone()),
        (None, None, None) => OutcomeOf::Type,
    })
}

/// The enum and the variant of the metric that objectives are about; `None` for
/// `function.duration`.
fn objective_metric(
    cx: &Diagnostics,
    arguments: &TimedArguments,
    objectives: &[Expr],
) -> Result<Option<(Path, Ident)>, Unreadable> {
    let Some(metric) = arguments.metric.as_ref().filter(|_| !objectives.is_empty()) else {
        return Ok(None);
    };
    let mut path = metric.path.clone();
    path.segments.pop();
    path.segments.pop_punct();
    if path.segments.is_empty() {
        cx.error(
            &metric.path,
            "with an objective, write the enum too, as in `ShopMetrics::RequestDuration`",
        );
        return Err(Unreadable);
    }
    Ok(Some((path, metric.variant.clone())))
}

/// The N of `sample = 1/N`. What is not measured must be counted, and must not be needed.
fn sample(cx: &Diagnostics, arguments: &TimedArguments) -> Result<Option<Expr>, Unreadable> {
    let Some(key) = arguments.sample.key() else { return Ok(None) };
    if arguments.objectives.key().is_some() {
        cx.error(
            key,
            "with `sample`, the histogram holds only some of the calls, and an objective is a \
             share of all calls; remove `sample` or `objective`",
        );
        return Err(Unreadable);
    }
    if arguments.metric.is_some() && arguments.count.key().is_none() {
        cx.error(
            key,
            "with `sample`, the histogram counts only the calls that are measured; add a counter \
             of all calls, as in `count = ShopMetrics::Requests`",
        );
        return Err(Unreadable);
    }
    Ok(arguments.sample.read()?.cloned())
}

fn recorders(cx: &Diagnostics, arguments: &TimedArguments) -> Option<Vec<CallRecorder>> {
    let computed = &arguments.computed;
    let count = arguments.count.read().ok()?;
    let in_flight = arguments.in_flight.read().ok()?;
    let busy = arguments.busy.read().ok()?;
    let beside = busy.and_then(Option::as_ref);

    // A computed label that no metric names belongs to the metric of the time.
    let named = |label: &Ident| {
        let all = [arguments.metric.as_ref(), count, beside];
        all.into_iter()
            .flatten()
            .flat_map(|metric| &metric.labels)
            .flat_map(|label| values(&label.expr))
            .any(|value| is_word(value, label))
    };
    let rest: Vec<_> = computed.iter().filter(|computed| !named(&computed.label)).collect();
    let main = match &arguments.metric {
        Some(metric) => {
            let mut metric = metric.clone();
            let is_group =
                metric.labels.iter().any(|label| matches!(label.member, Member::Unnamed(_)));
            if is_group {
                rest.iter().for_each(|computed| is_of_a_group(cx, &computed.label));
            } else {
                metric.labels.extend(rest.iter().map(|computed| shorthand(&computed.label)));
            }
            let main = MetricUse::check(cx, &metric, computed).map(Target::Metric);
            main.filter(|_| !is_group || rest.is_empty())
        }
        None => {
            for Computed { label, .. } in rest {
                cx.error(
                    label,
                    format_args!(
                        "`{label}` is not an option, and `function.duration` has no label \
                         `{label}`, only {}; write a metric with that label",
                        quoted_list(["function", "module", OUTCOME])
                    ),
                );
            }
            Some(Target::Function)
        }
    };
    let count = count.map(|metric| MetricUse::check(cx, metric, computed));
    let beside = beside.map(|metric| MetricUse::check(cx, metric, computed));
    let in_flight = in_flight.map(|metric| MetricUse::at_entry(cx, metric, computed));

    let instead = matches!(busy, Some(None));
    let mut recorders =
        vec![if instead { CallRecorder::Busy(main?) } else { CallRecorder::Wall(main?) }];
    if let Some(beside) = beside {
        recorders.push(CallRecorder::Busy(Target::Metric(beside?)));
    }
    if arguments.sample.key().is_some() && arguments.metric.is_none() {
        recorders.push(CallRecorder::Calls);
    }
    if let Some(count) = count {
        recorders.push(CallRecorder::Count(count?));
    }
    if let Some(in_flight) = in_flight {
        recorders.push(CallRecorder::InFlight(in_flight?));
    }
    Some(recorders)
}

impl MetricUse {
    /// A metric that is recorded at the end.
    fn check(cx: &Diagnostics, metric: &MetricReference, computed: &[Computed]) -> Option<Self> {
        let mut complete = true;
        let mut outcome = None;
        let mut late = Vec::new();
        complete &= stays_inside(cx, metric);
        for FieldValue { member, expr, .. } in &metric.labels {
            for value in values(expr) {
                if let Some(word) = outcome_in(value) {
                    outcome.get_or_insert(word);
                } else if mentions(value.to_token_stream(), OUTCOME) {
                    cx.error(
                        value,
                        "the outcome is known only when the call ends, so an expression cannot use \
                         it; write `outcome` alone, or `Some(outcome)`",
                    );
                    complete = false;
                }
            }
            complete &= is_not_computed(cx, member, expr, computed);
            let found = computed.iter().find(|computed| is_word(expr, &computed.label));
            if let (Some(found), Member::Named(field)) = (found, member) {
                late.push((field.clone(), found.clone()));
            }
        }
        if late.len() > MAX_COMPUTED {
            let (_, first_too_many) = &late[MAX_COMPUTED];
            cx.error(
                &first_too_many.label,
                format_args!("at most {MAX_COMPUTED} labels of a metric are computed"),
            );
            complete = false;
        }
        let MetricReference { path, variant, labels } = metric.clone();
        complete.then_some(Self { path, variant, labels, outcome, computed: late })
    }

    /// A metric that is recorded at entry already.
    fn at_entry(cx: &Diagnostics, metric: &MetricReference, computed: &[Computed]) -> Option<Self> {
        let late = |expr: &Expr| {
            let is_computed = computed.iter().any(|computed| is_word(expr, &computed.label));
            is_computed || outcome_in(expr).is_some()
        };
        let mut complete = stays_inside(cx, metric);
        let all = metric.labels.iter().flat_map(|label| values(&label.expr));
        for value in all.filter(|value| late(value)) {
            cx.error(
                value,
                "`in_flight` counts from the start of the call, when this label is not known; \
                 choose a metric without the label",
            );
            complete = false;
        }
        let MetricReference { path, variant, labels } = metric.clone();
        complete.then_some(Self { path, variant, labels, outcome: None, computed: Vec::new() })
    }
}

/// Whether no label leaves the function. A call that ended in a label would not be measured.
fn stays_inside(cx: &Diagnostics, metric: &MetricReference) -> bool {
    let exits = metric.labels.iter().filter_map(|label| exit(label.expr.to_token_stream()));
    let exits: Vec<_> = exits.collect();
    for exit in &exits {
        cx.error(
            exit,
            "a label cannot contain `?`, `return` or `await`; give the label a value in every \
             case, as in `route.as_deref().unwrap_or(\"\")`, or make it an `Option`",
        );
    }
    exits.is_empty()
}

/// Whether only a field of the variant is computed from the result, not a group or its labels.
fn is_not_computed(
    cx: &Diagnostics,
    member: &Member,
    expression: &Expr,
    computed: &[Computed],
) -> bool {
    let is_computed = |value: &Expr| computed.iter().any(|c| is_word(value, &c.label));
    if matches!(member, Member::Named(_)) && is_computed(expression) {
        return true;
    }
    let late: Vec<_> = values(expression).into_iter().filter(|value| is_computed(value)).collect();
    late.iter().for_each(|value| is_of_a_group(cx, value));
    late.is_empty()
}

/// Reports a computed label that is a group, or belongs to one.
fn is_of_a_group(cx: &Diagnostics, label: &dyn ToTokens) {
    cx.error(
        label,
        "only a field of the variant can be computed from the result, not a group of labels or a \
         label of the group; move the label out of the group",
    );
}

fn shorthand(label: &Ident) -> FieldValue {
    let expr = syn::parse2(quote!(#label)).unwrap_or(Expr::Verbatim(quote!(#label)));
    FieldValue { attrs: Vec::new(), member: Member::Named(label.clone()), colon_token: None, expr }
}
