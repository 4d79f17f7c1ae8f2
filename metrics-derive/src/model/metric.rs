//! One metric.

use syn::{Attribute, Ident, LitStr};
use typed_metrics_core::ValueType;
use typed_metrics_core::name::check_metric_name;
use typed_metrics_core::unit::{UnitError, check_unit};

use crate::diagnostics::Diagnostics;
use crate::kind::{Kind, value_type_named};
use crate::model::boundaries::{Boundaries, DefaultBoundaries, boundaries};
use crate::model::exponential::ValidatedExponential;
use crate::model::handle::HandleType;
use crate::model::labels::{ValidatedLabel, labels, swappable};
use crate::model::lifetime::ValidatedLifetime;
use crate::model::limit::{Limit, series_limit};
use crate::model::naming::{MetricName, Prefix, metric_name};
use crate::parse::{KindDeclaration, Slot, Unreadable, VariantDeclaration, VariantFields};
use crate::suggest::{closest, quoted_list};

/// One valid metric.
pub(crate) struct ValidatedMetric {
    pub(crate) variant: Ident,
    pub(crate) deprecated: Option<Attribute>,
    pub(crate) name: MetricName,
    pub(crate) kind: Kind,
    pub(crate) value_type: ValueType,
    pub(crate) handle: HandleType,
    /// Empty if none is stated.
    pub(crate) unit: String,
    pub(crate) description: String,
    /// The labels; without that of the state, if the metric has states.
    pub(crate) labels: Vec<ValidatedLabel>,
    /// The label whose values are the states.
    pub(crate) state: Option<ValidatedLabel>,
    /// Two labels that a call of the constructor could exchange, by their positions.
    pub(crate) swappable: Option<(usize, usize)>,
    pub(crate) boundaries: Boundaries,
    pub(crate) series_limit: Limit,
    pub(crate) lifetime: ValidatedLifetime,
    /// The name that the metric had before.
    pub(crate) was: Option<LitStr>,
}

/// The settings of the enum, which hold for all of its metrics.
pub(crate) struct ForAll {
    pub(crate) prefix: Option<Prefix>,
    pub(crate) boundaries: DefaultBoundaries,
    pub(crate) series_limit: Limit,
    pub(crate) lifetime: ValidatedLifetime,
}

/// A variant's metric after the checks. Where a field is `None`, a mistake is reported.
#[derive(Default)]
pub(crate) struct CheckedMetric {
    /// The type that the constructor returns. It is often known although something else is wrong.
    pub(crate) handle: Option<HandleType>,
    pub(crate) metric: Option<ValidatedMetric>,
}

impl CheckedMetric {
    pub(crate) fn check(cx: &Diagnostics, for_all: &ForAll, variant: &VariantDeclaration) -> Self {
        // Every part is checked before the function returns, so that every mistake is reported.
        let labels = labels(cx, variant);
        let declared = the_kind(cx, variant);
        let written_name = declared.map_or(Ok(None), |declared| declared.name.read());
        let name = written_name
            .ok()
            .and_then(|written| metric_name(cx, for_all.prefix.as_ref(), written, &variant.ident));
        let Some(declared) = declared else { return Self::default() };
        let unit = unit(cx, &declared.unit);
        let value_type = value_type(cx, declared);
        let boundaries =
            boundaries_of(cx, declared, &for_all.boundaries, unit.as_deref().unwrap_or_default());
        let series_limit = series_limit(cx, &declared.series_limit, &for_all.series_limit);
        let lifetime = ValidatedLifetime::check(cx, declared, for_all.lifetime);
        let positional = declared.positional.read();
        let was = old_name(cx, declared, name.as_ref());
        let labels = labels.and_then(|labels| split_state(cx, variant, declared, labels));

        let handle = handle(declared, value_type, &unit);
        let metric = || {
            let description = declared.description.read().ok()?;
            let (labels, state) = labels?;
            let is_accepted = positional.ok()?.is_some() || variant.allowed;
            let swappable = if is_accepted { None } else { swappable(&labels) };
            Some(ValidatedMetric {
                variant: variant.ident.clone(),
                deprecated: variant.deprecated.clone(),
                name: name?,
                kind: declared.kind,
                value_type: value_type?,
                handle: handle?,
                unit: unit.ok()?,
                description: description.map_or_else(|| variant.doc.clone(), LitStr::value),
                labels,
                state,
                swappable,
                boundaries: boundaries?,
                series_limit: series_limit?,
                lifetime: lifetime?,
                was: was.ok()?,
            })
        };
        let metric = metric();
        // The handle of a state has the type of a label, which a stub does not know.
        Self { metric, handle: handle.filter(|handle| handle.kind != Kind::State) }
    }
}

/// The type of the handle, if everything that it depends on is known.
fn handle(
    declared: &KindDeclaration,
    value_type: Option<ValueType>,
    unit: &Result<String, Meant>,
) -> Option<HandleType> {
    let unit = match unit {
        _ if declared.unrecognized => return None,
        Ok(unit) => unit.as_str(),
        Err(Meant(Some(code))) => code,
        Err(Meant(None)) => return None,
    };
    Some(HandleType::new(declared.kind, value_type?, unit))
}

/// The one kind that is written above the variant.
fn the_kind<'d>(cx: &Diagnostics, variant: &'d VariantDeclaration) -> Option<&'d KindDeclaration> {
    let ident = &variant.ident;
    match variant.kinds.as_slice() {
        [one] => Some(one),
        [] => {
            let kinds = Kind::ALL.map(Kind::as_str);
            let misspelt = variant
                .foreign
                .iter()
                .find_map(|attribute| Some((attribute, closest(&attribute.to_string(), kinds)?)));
            match misspelt {
                Some((attribute, meant)) => cx.error(
                    attribute,
                    format_args!("`{attribute}` is not a kind of metric; did you mean `{meant}`?"),
                ),
                None => cx.error(
                    ident,
                    format_args!(
                        "`{ident}` has no kind; write `#[counter]`, `#[up_down_counter]`, \
                         `#[gauge]`, `#[histogram]`, `#[state]` or `#[info]` above it"
                    ),
                ),
            }
            None
        }
        [first, others @ ..] => {
            for other in others {
                let (a, b) = (first.kind.as_str(), other.kind.as_str());
                let message = if first.kind == other.kind {
                    format!("`{ident}` has `#[{a}]` twice; write all keys in one attribute")
                } else {
                    format!("`{ident}` has two kinds, `{a}` and `{b}`; keep one")
                };
                cx.error(&other.attribute, message);
            }
            None
        }
    }
}

/// The unit that was meant in place of a wrong one, if that is clear.
struct Meant(Option<&'static str>);

fn unit(cx: &Diagnostics, slot: &Slot<LitStr>) -> Result<String, Meant> {
    let Some(literal) = slot.read().map_err(|Unreadable| Meant(None))? else {
        return Ok(String::new());
    };
    let unit = literal.value();
    check_unit(&unit).map_err(|error| {
        cx.error(literal, format_args!("{unit:?} cannot be a unit: {error}"));
        match error {
            UnitError::Word { code } => Meant(Some(code)),
            _ => Meant(None),
        }
    })?;
    Ok(unit)
}

fn value_type(cx: &Diagnostics, declared: &KindDeclaration) -> Option<ValueType> {
    let kind = declared.kind;
    let allowed = kind.metric_type().value_types();
    let Some(word) = declared.value.read().ok()? else { return allowed.first().copied() };
    let found = value_type_named(&word.to_string());
    if let Some(value_type) = found.filter(|value_type| allowed.contains(value_type)) {
        return Some(value_type);
    }
    let types = quoted_list(allowed.iter().copied().map(ValueType::as_str));
    let fix = match (kind, found) {
        (Kind::Counter, Some(ValueType::I64)) => {
            "; a sum that can go down is an `#[up_down_counter]`"
        }
        _ => "",
    };
    cx.error(
        word,
        format_args!("{} cannot have values of `{word}`; it takes {types}{fix}", kind.in_prose()),
    );
    None
}

fn boundaries_of(
    cx: &Diagnostics,
    declared: &KindDeclaration,
    default: &DefaultBoundaries,
    unit: &str,
) -> Option<Boundaries> {
    if declared.kind == Kind::Histogram {
        if declared.exponential.key().is_some() {
            return ValidatedExponential::check(cx, declared).map(Boundaries::Exponential);
        }
        let refused = ValidatedExponential::refuse(cx, declared);
        let boundaries = boundaries(cx, declared.buckets.read().ok()?, default, unit);
        return boundaries.filter(|_| refused.is_some());
    }
    let kind = declared.kind.in_prose();
    let mut is_wrong = false;
    if let Some(key) = declared.buckets.key() {
        is_wrong = true;
        cx.error(
            key,
            format_args!("{kind} has no buckets; leave them out, or make it a `#[histogram]`"),
        );
    }
    for key in [declared.exponential.key(), declared.max_size.key(), declared.zero_threshold.key()]
        .into_iter()
        .flatten()
    {
        is_wrong = true;
        cx.error(
            key,
            format_args!("{kind} has no buckets; leave `{key}` out, or make it a `#[histogram]`"),
        );
    }
    (!is_wrong).then(|| Boundaries::List(Vec::new()))
}

/// The labels without that of the state, and the label of the state if the metric has states.
fn split_state(
    cx: &Diagnostics,
    variant: &VariantDeclaration,
    declared: &KindDeclaration,
    mut labels: Vec<ValidatedLabel>,
) -> Option<(Vec<ValidatedLabel>, Option<ValidatedLabel>)> {
    let ident = &variant.ident;
    let is_empty = labels.is_empty();
    match declared.kind {
        Kind::State if is_empty => cx.error(
            ident,
            format_args!(
                "`{ident}` has no label for its state; write `{ident} {{ state: T }}`, where `T` is \
                 an enum that derives `Label`"
            ),
        ),
        Kind::Info if is_empty => cx.error(
            ident,
            format_args!(
                "`{ident}` has no labels, which would tell the fact; write \
                 `{ident} {{ version: &'static str }}`"
            ),
        ),
        Kind::State => {
            let state = labels.pop().filter(|state| state.group.is_none());
            if state.is_some() {
                return Some((labels, state));
            }
            let message = "the last label is the state, and this is a group of labels; write the \
                           label of the state after it";
            match &variant.fields {
                VariantFields::Named(fields) => cx.error(fields.last().map(|f| &f.ident), message),
                VariantFields::Group(field) => cx.error(&field.ty, message),
                VariantFields::Unnamed(fields, _) => cx.error(fields, message),
            }
        }
        _ => return Some((labels, None)),
    }
    None
}

/// The checked old name, if there is one. The prefix does not apply: the metric may have had
/// another one.
fn old_name(
    cx: &Diagnostics,
    declared: &KindDeclaration,
    name: Option<&MetricName>,
) -> Result<Option<LitStr>, Unreadable> {
    let Some(literal) = declared.was.read()? else { return Ok(None) };
    let old = literal.value();
    if let Err(error) = check_metric_name(&old) {
        cx.error(literal, format_args!("{old:?} cannot be the name of a metric: {error}"));
        return Err(Unreadable);
    }
    if matches!(name, Some(MetricName::Text(new)) if new.eq_ignore_ascii_case(&old)) {
        cx.error(
            literal,
            format_args!("the metric has the name {old:?} now; write the name that it had before"),
        );
        return Err(Unreadable);
    }
    Ok(Some(literal.clone()))
}
