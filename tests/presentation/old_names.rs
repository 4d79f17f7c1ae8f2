//! Metrics under an old name.
