//! The reference of all metrics: a page in Markdown and in HTML, and the catalog as JSON and YAML.
//!
//! All four are written from [`data`], which holds what is said about a metric.

pub(crate) mod data;
mod facts;
mod group;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod prose;
#[cfg(test)]
mod tests;
pub(crate) mod yaml;
