//! An encoded exemplar.

use super::number::{write_f64, write_seconds};

/// An exemplar of a row.
#[derive(Debug)]
pub(super) struct EncodedExemplar {
    /// In the form of the format, without braces.
    pub(super) labels: Vec<u8>,
    pub(super) value: f64,
    /// In nanoseconds since the Unix epoch.
    pub(super) time: u64,
}

impl EncodedExemplar {
    /// Appends the exemplar to a line of OpenMetrics, behind the value.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b" # {");
        out.extend_from_slice(&self.labels);
        out.extend_from_slice(b"} ");
        write_f64(self.value, out);
        out.push(b' ');
        write_seconds(self.time, out);
    }
}
