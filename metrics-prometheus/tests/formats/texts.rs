//! The exact text of each format.
