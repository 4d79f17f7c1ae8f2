//! A place in the source code that defines something.

use std::fmt;

/// The place in the source code that defines a metric or a timed function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Source {
    /// The file, as `file!` gives it; empty for metrics of a foreign API, which does not tell it.
    pub file: &'static str,
    /// The line, from 1.
    pub line: u32,
    /// The module.
    pub module: &'static str,
    /// The enum and the variant, the call that registered the metric, or the function.
    pub item: &'static str,
}

/// The file and the module of a [`Source`].
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct Place {
    pub file: &'static str,
    pub module: &'static str,
}

impl Place {
    pub(crate) const NOWHERE: Self = Self { file: "", module: "" };
}

impl Source {
    /// The crate that the module belongs to; empty for what is registered at run time.
    pub(crate) fn crate_name(&self) -> &'static str {
        self.module.split("::").next().unwrap_or_default()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.file.is_empty() {
            return write!(f, "`{}`", self.item);
        }
        write!(f, "`{}` at {}:{}", self.item, self.file, self.line)
    }
}
