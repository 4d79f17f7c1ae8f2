//! The encoded labels of the series of one metric: encoding them again for each export would take
//! most of its time.

use typed_metrics_core::{Place, Point};

use super::attribute::{AnyValue, put_attribute};

/// The encoded labels of the series, by row.
#[derive(Debug, Default)]
pub(super) struct EncodedLabels {
    rows: Vec<Row>,
    bytes: Vec<u8>,
    /// How many of the bytes no row has any more.
    unused: usize,
    /// The labels of a point without a place.
    other: Vec<u8>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Row {
    /// The life of the series whose labels these are; 0 if there are none.
    life: u64,
    begin: u32,
    length: u32,
}

impl EncodedLabels {
    /// The labels of the point, each as a field with this tag.
    pub(super) fn of(&mut self, point: &Point<'_>, tag: u32) -> &[u8] {
        let Some(Place { row, life, .. }) = point.place else {
            self.other.clear();
            encode(point, tag, &mut self.other);
            return &self.other;
        };
        if self.unused > self.bytes.len() / 2 {
            *self = Self::default();
        }
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Row::default());
        }
        let known = self.rows[row];
        if known.life != life || known.life == 0 {
            self.unused += known.length as usize;
            let begin = self.bytes.len();
            encode(point, tag, &mut self.bytes);
            let narrow = |n: usize| u32::try_from(n).ok();
            match (narrow(begin), narrow(self.bytes.len() - begin)) {
                (Some(begin), Some(length)) => self.rows[row] = Row { life, begin, length },
                // More than fits into a row: not kept.
                _ => {
                    self.other = self.bytes.split_off(begin);
                    return &self.other;
                }
            }
        }
        let Row { begin, length, .. } = self.rows[row];
        &self.bytes[begin as usize..][..length as usize]
    }
}

fn encode(point: &Point<'_>, tag: u32, bytes: &mut Vec<u8>) {
    point.for_each_label(|name, value| {
        if let Some(value) = AnyValue::of_label(value) {
            put_attribute(tag, name, &value, bytes);
        }
    });
}
