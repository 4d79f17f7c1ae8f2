//! `metrics.html`: the reference as one file, which asks no other address for anything.

pub(super) mod escape;
mod page;

pub(crate) use page::documents;
#[cfg(test)]
pub(super) use page::to_text;
