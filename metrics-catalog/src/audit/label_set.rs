//! The labels that the series of an expression can have.

use std::collections::BTreeSet;

/// The labels that the series of an expression can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum LabelSet {
    /// Any.
    Any,
    /// These.
    Of {
        names: BTreeSet<String>,
        /// Whether there are also those that Prometheus and its targets add.
        has_ambient: bool,
    },
}

impl LabelSet {
    pub(super) fn none() -> Self {
        Self::Of { names: BTreeSet::new(), has_ambient: false }
    }

    /// The labels of both.
    pub(super) fn union(self, other: Self) -> Self {
        match (self, other) {
            (
                Self::Of { mut names, has_ambient },
                Self::Of { names: more, has_ambient: or_ambient },
            ) => {
                names.extend(more);
                Self::Of { names, has_ambient: has_ambient || or_ambient }
            }
            _ => Self::Any,
        }
    }

    /// With one more label.
    pub(super) fn with(mut self, label: &str) -> Self {
        if let Self::Of { names, .. } = &mut self {
            names.insert(label.to_owned());
        }
        self
    }

    /// Without some labels.
    pub(super) fn without(mut self, labels: &[String]) -> Self {
        if let Self::Of { names, .. } = &mut self {
            names.retain(|name| !labels.contains(name));
        }
        self
    }

    /// The labels of the list alone.
    pub(super) fn only(labels: &[String]) -> Self {
        Self::Of { names: labels.iter().cloned().collect(), has_ambient: false }
    }

    /// Whether a series can have the label; `is_ambient` tells whether a target may add the label.
    pub(super) fn has(&self, label: &str, is_ambient: impl Fn(&str) -> bool) -> bool {
        match self {
            Self::Any => true,
            Self::Of { names, has_ambient } => {
                names.contains(label) || *has_ambient && is_ambient(label)
            }
        }
    }

    /// The names, without those that targets add.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Any => None,
            Self::Of { names, .. } => Some(names),
        };
        names.into_iter().flatten().map(String::as_str)
    }
}
