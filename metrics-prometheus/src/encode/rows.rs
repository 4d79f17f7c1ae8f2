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
    order: Vec<(u64, usize)>,
}

/// One series.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    /// The definition that the series belongs to, by its place among those of the family.
    pub(super) member: usize,
    labels: (usize, usize),
    buckets: (usize, usize),
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
        let begin = (self.labels.len(), self.buckets.len());
        write_labels(&mut self.labels);
        self.buckets.extend_from_slice(buckets);
        let labels = (begin.0, self.labels.len());
        let buckets = (begin.1, self.buckets.len());
        self.rows.push(Row { member, labels, buckets, reading, created });
    }

    pub(super) fn labels(&self, row: &Row) -> &[u8] {
        &self.labels[row.labels.0..row.labels.1]
    }

    /// The counts of the row's buckets, each without those below it.
    pub(super) fn buckets(&self, row: &Row) -> &[u64] {
        &self.buckets[row.buckets.0..row.buckets.1]
    }

    /// The rows in the order of [`sort`](Self::sort).
    pub(super) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.order.iter().map(|(_, row)| &self.rows[*row])
    }

    /// Sorts the rows by labels, and then by member. Of rows with equal labels, the first one stays;
    /// `merge` is called with it and each other one.
    ///
    /// Most comparisons see only the eight bytes after the beginning that all labels share.
    pub(super) fn sort(&mut self, mut merge: impl FnMut(&mut Self, usize, usize)) {
        let shared = self.shared_prefix();
        let Self { rows, labels, order, .. } = self;
        let bytes = |row: usize| &labels[rows[row].labels.0..rows[row].labels.1];
        order.clear();
        order.extend((0..rows.len()).map(|row| (word(&bytes(row)[shared..]), row)));
        order.sort_unstable_by(|(a, x), (b, y)| {
            a.cmp(b).then_with(|| bytes(*x).cmp(bytes(*y))).then_with(|| x.cmp(y))
        });
        let is_equal =
            |pair: &[(u64, usize)]| pair[0].0 == pair[1].0 && bytes(pair[0].1) == bytes(pair[1].1);
        if order.windows(2).any(is_equal) {
            let order = std::mem::take(&mut self.order);
            let mut kept: Vec<(u64, usize)> = Vec::with_capacity(order.len());
            for (word, row) in order {
                match kept.last() {
                    Some((_, first))
                        if self.labels(&self.rows[*first]) == self.labels(&self.rows[row]) =>
                    {
                        merge(self, *first, row);
                    }
                    _ => kept.push((word, row)),
                }
            }
            self.order = kept;
        }
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
        self.rows[row].member
    }

    /// Adds the value of `other` to that of `row`. A gauge keeps the value of `row`.
    pub(super) fn add(&mut self, row: usize, other: usize, is_sum: bool) {
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
                for (to, from) in
                    (into.buckets.0..into.buckets.1).zip(from.buckets.0..from.buckets.1)
                {
                    self.buckets[to] = self.buckets[to].wrapping_add(self.buckets[from]);
                }
            }
            _ => {}
        }
    }
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
