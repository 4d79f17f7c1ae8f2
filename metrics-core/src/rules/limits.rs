//! The limits that a declaration can meet.

/// The default series limit of a metric. OpenTelemetry has the same default.
pub const DEFAULT_SERIES_LIMIT: usize = 2000;

/// The longest text, in bytes, that a label value keeps. Longer text is cut at a character
/// boundary.
///
/// It limits the memory of a metric to the series limit times the number of labels times this
/// length.
pub const MAX_LABEL_LEN: usize = 1024;
