//! `metrics.md`: the reference as one page of Markdown, in GitHub's dialect.

pub(super) mod escape;
mod page;

pub(crate) use page::documents;
#[cfg(test)]
pub(super) use page::to_text;
