//! The name of a sample, as it begins a line.

use super::quote::write_quoted;
use crate::escaping::is_classic_metric;

/// A name that needs no quotes comes before the braces, and other names are inside.
#[derive(Debug)]
pub(super) struct SampleName {
    /// Of a sample without labels, with the blank before the value.
    alone: Vec<u8>,
    /// Up to the first label.
    open: Vec<u8>,
}

impl SampleName {
    pub(super) fn new(name: &str, suffix: &str) -> Self {
        let name = format!("{name}{suffix}");
        if is_classic_metric(&name) {
            return Self {
                alone: format!("{name} ").into_bytes(),
                open: format!("{name}{{").into_bytes(),
            };
        }
        let mut quoted = b"{\"".to_vec();
        write_quoted(&name, &mut quoted);
        quoted.push(b'"');
        Self { alone: [&quoted[..], b"} "].concat(), open: [&quoted[..], b","].concat() }
    }

    /// Appends the name, the encoded labels and the blank before the value.
    pub(super) fn write(&self, labels: &[u8], out: &mut Vec<u8>) {
        if labels.is_empty() {
            out.extend_from_slice(&self.alone);
        } else {
            out.extend_from_slice(&self.open);
            out.extend_from_slice(labels);
            out.extend_from_slice(b"} ");
        }
    }

    /// The same with one more label, which ends with the braces and the blank.
    pub(super) fn write_with(&self, labels: &[u8], last: &[u8], out: &mut Vec<u8>) {
        out.reserve(self.open.len() + labels.len() + last.len() + 24);
        out.extend_from_slice(&self.open);
        out.extend_from_slice(labels);
        if !labels.is_empty() {
            out.push(b',');
        }
        out.extend_from_slice(last);
    }
}

/// Appends the name of a family in a comment line.
pub(super) fn write_family_name(name: &str, out: &mut Vec<u8>) {
    if is_classic_metric(name) {
        out.extend_from_slice(name.as_bytes());
    } else {
        out.push(b'"');
        write_quoted(name, out);
        out.push(b'"');
    }
}
