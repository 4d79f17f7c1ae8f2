//! Texts of queries in PromQL and MetricsQL.
//!
//! The files know metrics, labels and databases, and no dashboard and no rule.

pub(crate) mod dialect;
pub(crate) mod errors;
pub(crate) mod expression;
pub(crate) mod names;
pub(crate) mod selector;
pub(crate) mod series;
pub(crate) mod states;
