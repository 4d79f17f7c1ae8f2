//! Names as Prometheus' classic formats allow them.

/// The name with `_` for each character that Prometheus does not allow. The rule of
/// `metrics-exporter-prometheus`.
pub(crate) fn prometheus_name(name: &str) -> String {
    let is_allowed = |i: usize, c: char| {
        c.is_ascii_alphabetic() || matches!(c, '_' | ':') || i > 0 && c.is_ascii_digit()
    };
    name.chars().enumerate().map(|(i, c)| if is_allowed(i, c) { c } else { '_' }).collect()
}
