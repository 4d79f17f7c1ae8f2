//! Checks a declaration and completes it.
//!
//! Every check that needs more than one token is here. It reports a mistake at the token that is
//! wrong. The rules for names, units, buckets and expiries are in core.

mod also;
mod arguments;
mod boundaries;
mod constant_labels;
mod early_exit;
mod exponential;
mod facade;
mod handle;
mod label_expression;
mod label_group;
mod label_type;
mod labels;
mod lifetime;
mod limit;
mod mentions;
mod metric;
mod metrics;
mod naming;
mod parameters;
mod returned_closure;
mod returned_future;
mod returns;
mod timed;
mod timed_function;
mod unbounded;

pub(crate) use arguments::{Argument, Take};
pub(crate) use boundaries::Boundaries;
pub(crate) use exponential::{Checked, ValidatedExponential};
pub(crate) use facade::{Doubt, Facade};
pub(crate) use handle::HandleType;
pub(crate) use label_group::ValidatedGroup;
pub(crate) use label_type::{LabelBodyModel, ValidatedLabelType};
pub(crate) use labels::{Group, ValidatedLabel};
pub(crate) use lifetime::ValidatedLifetime;
pub(crate) use limit::Limit;
pub(crate) use mentions::assigns;
pub(crate) use metric::ValidatedMetric;
pub(crate) use metrics::{CheckedVariant, ValidatedMetrics, check_metrics};
pub(crate) use naming::MetricName;
pub(crate) use returned_closure::{LastValue, ReturnedClosure};
pub(crate) use returned_future::{LastExpression, ReturnedFuture};
pub(crate) use returns::Returns;
pub(crate) use timed::{CallRecorder, MetricUse, OutcomeOf, Target, ValidatedTimed};
pub(crate) use timed_function::{ValidatedBody, ValidatedFunction};
