//! One line of the table.

/// One line of the table, by its meaning, which determines the colour on a terminal.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Line {
    Header(String),
    Rule(String),
    Row(String),
    /// About measurements that were not recorded as intended.
    Note(String),
    /// About metrics that were never recorded.
    Unrecorded(String),
    Blank,
}

impl Line {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Header(text)
            | Self::Rule(text)
            | Self::Row(text)
            | Self::Note(text)
            | Self::Unrecorded(text) => text,
            Self::Blank => "",
        }
    }
}
