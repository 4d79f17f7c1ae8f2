//! A file that is rendered from a catalog.

/// A file that is rendered from a catalog: its place below the folder of all files, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Document {
    /// The path below the folder, with `/` between the names.
    pub path: String,
    /// The contents.
    pub text: String,
}

impl Document {
    /// The file at `path` with the contents `text`.
    #[must_use]
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { path: path.into(), text: text.into() }
    }
}
