//! The audit of dashboards and rules: queries that a catalog cannot answer.
//!
//! `dashboard` and `rules_file` read files into queries, `variables` replaces what Grafana would
//! replace, `expression` parses PromQL, and `check` walks through the expression. `names` knows the
//! names of a catalog's series, and `report` is the result.

pub(crate) mod auditor;
mod buckets;
mod check;
mod classic;
mod dashboard;
mod data_source;
mod display;
mod escapes;
mod expression;
mod functions;
mod json;
mod label_set;
mod literals;
mod matchers;
mod names;
mod query;
pub(crate) mod report;
mod resource;
pub(crate) mod rule;
mod rules_file;
mod selector;
mod series;
pub(crate) mod settings;
mod template;
mod tokens;
mod variable_query;
mod variables;
mod vector_matching;
