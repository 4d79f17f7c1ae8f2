//! The series of one family, in plain memory that is used again for the next family.

use super::number::Number;

/// The values and the encoded labels of series.
#[derive(Debug, Default)]
pub(super) struct Rows {
    rows: Vec<Row>,
    /// The encoded labels of all rows, one after the other.
    labels: Vec<u8>,
    /// The counts of all buckets of all rows.
    buckets: Vec<u64>,
    /// The rows in the order of their labels: some bytes of the labels, and the row.
    order: Vec<(u64, u32)>,
}

/// One series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The definition that the series belongs to, by its place among those of the family.
    pub(super) member: u32,
    /// Where the labels begin and how long they are; the same of the buckets.
    labels: (usize, u32),
    buckets: (usize, u32),
    pub(super) reading: Reading,
    /// When the series was created, in nanoseconds since the Unix epoch.
    pub(super) created: u64,
}

/// The value of a series. The buckets of a histogram are kept elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading {
    Number(Number),
    Histogram {
        sum: f64,
        /// Whether a value below zero was recorded.
        has_negative: bool,
    },
}

impl Rows {
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.labels.clear();
        self.buckets.clear();
        self.order.clear();
    }

    /// Adds a series. `write_labels` appends its encoded labels.
    pub(super) fn push(
        &mut self,
        member: usize,
        reading: Reading,
        buckets: &[u64],
        created: u64,
        write_labels: impl FnOnce(&mut Vec<u8>),
    ) {
        let begin = self.labels.len();
        write_labels(&mut self.labels);
        if self.rows.is_empty() {
            // Most labels of a metric are of similar length, and all histograms of equal length.
            let most = self.rows.capacity().saturating_sub(1);
            self.labels.reserve_exact(most * (self.labels.len() + 4));
            self.buckets.reserve_exact(most * buckets.len());
        }
        let labels = (begin, short(self.labels.len() - begin));
        let place = (self.buckets.len(), short(buckets.len()));
        self.buckets.extend_from_slice(buckets);
        self.rows.push(Row { member: short(member), labels, buckets: place, reading, created });
    }

    /// Makes room for more rows.
    pub(super) fn reserve(&mut self, more: usize) {
        self.rows.reserve_exact(more);
        self.order.reserve_exact(more);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn labels(&self, row: &Row) -> &[u8] {
        &self.labels[range(row.labels)]
    }

    /// The counts of the row's buckets, each without those below it.
    pub(super) fn buckets(&self, row: &Row) -> &[u64] {
        &self.buckets[range(row.buckets)]
    }

    /// The rows in the order of [`sort`](Self::sort).
    pub(super) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.order.iter().map(|(_, row)| &self.rows[*row as usize])
    }

    /// Sorts the rows by labels, and then by member. Of rows with equal labels, the first one stays;
    /// `merge` is called with it and each other one.
    ///
    /// Most comparisons see only the eight bytes after the beginning that all labels share.
    pub(super) fn sort(&mut self, mut merge: impl FnMut(&mut Self, usize, usize)) {
        let shared = self.shared_prefix();
        let Self { rows, labels, order, .. } = self;
        let bytes = |row: u32| &labels[range(rows[row as usize].labels)];
        order.clear();
        order.extend((0..short(rows.len())).map(|row| (word(&bytes(row)[shared..]), row)));
        order.sort_unstable_by(|(a, x), (b, y)| {
            a.cmp(b).then_with(|| bytes(*x).cmp(bytes(*y))).then_with(|| x.cmp(y))
        });
        let is_equal = |a: (u64, u32), b: (u64, u32)| a.0 == b.0 && bytes(a.1) == bytes(b.1);
        if !order.windows(2).any(|pair| is_equal(pair[0], pair[1])) {
            return;
        }
        let mut kept: Vec<(u64, u32)> = Vec::with_capacity(order.len());
        let mut merged = Vec::new();
        for entry in std::mem::take(order) {
            match kept.last() {
                Some(last) if is_equal(*last, entry) => merged.push((last.1, entry.1)),
                _ => kept.push(entry),
            }
        }
        self.order = kept;
        merged.into_iter().for_each(|(kept, other)| merge(self, kept as usize, other as usize));
    }

    /// The number of bytes at the beginning that the labels of all rows share.
    fn shared_prefix(&self) -> usize {
        let Some((first, others)) = self.rows.split_first() else { return 0 };
        let first = self.labels(first);
        others.iter().fold(first.len(), |shared, row| {
            let labels = self.labels(row);
            if labels.get(..shared).is_some_and(|begin| begin == &first[..shared]) {
                return shared;
            }
            first.iter().zip(labels).take_while(|(a, b)| a == b).count()
        })
    }

    /// The member of a row.
    pub(super) fn member(&self, row: usize) -> usize {
        self.rows[row].member as usize
    }

    /// Adds the value of `other` to that of `row`. The last value of a gauge counts.
    pub(super) fn merge(&mut self, row: usize, other: usize, is_sum: bool) {
        let [from, into] = [self.rows[other], self.rows[row]];
        match (&mut self.rows[row].reading, from.reading) {
            (Reading::Number(Number::U64(a)), Reading::Number(Number::U64(b))) if is_sum => {
                *a = a.wrapping_add(b);
            }
            (Reading::Number(Number::I64(a)), Reading::Number(Number::I64(b))) if is_sum => {
                *a = a.wrapping_add(b);
            }
            (Reading::Number(Number::F64(a)), Reading::Number(Number::F64(b))) if is_sum => *a += b,
            (
                Reading::Histogram { sum, has_negative },
                Reading::Histogram { sum: other_sum, has_negative: other_negative },
            ) => {
                *sum += other_sum;
                *has_negative |= other_negative;
                for (to, from) in range(into.buckets).zip(range(from.buckets)) {
                    self.buckets[to] = self.buckets[to].wrapping_add(self.buckets[from]);
                }
            }
            (Reading::Number(number), Reading::Number(last)) if !is_sum => *number = last,
            _ => {}
        }
    }
}

fn range((begin, length): (usize, u32)) -> std::ops::Range<usize> {
    begin..begin + length as usize
}

/// A count in four bytes. Neither the rows of a family nor the bytes of a row's labels are more.
fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The first eight bytes as a number that sorts as they do.
fn word(bytes: &[u8]) -> u64 {
    if let Some(first) = bytes.first_chunk::<8>() {
        return u64::from_be_bytes(*first);
    }
    let mut first = [0; 8];
    first[..bytes.len()].copy_from_slice(bytes);
    u64::from_be_bytes(first)
}
