//! The series of one family, in plain memory that is used again for the next family.

use std::ops::Range;

use typed_metrics_core::ExponentialBuckets;

use super::exemplar::EncodedExemplar;
use super::native::{self, Native, has_schema};
use super::number::Number;
use super::varint;

/// The values and the encoded labels of series.
#[derive(Debug, Default)]
pub(super) struct Rows {
    series: Vec<Row>,
    /// The encoded labels of all rows, one after the other.
    labels: Vec<u8>,
    /// The counts of all buckets of all rows, which are small numbers mostly.
    buckets: Vec<u8>,
    /// The rows in the order of their labels: some bytes of the labels, and the row.
    order: Vec<(u64, u32)>,
    /// The exemplars, each with the number and the bucket of its row, in this order.
    exemplars: Vec<(u32, u32, EncodedExemplar)>,
    /// The numbers of rows that were merged into other ones, and of those.
    merged: Vec<(u32, u32)>,
}

/// One series. The rows are most of a scrape's memory, besides its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    labels_begin: usize,
    buckets_begin: usize,
    /// When the series was created, in nanoseconds since the Unix epoch.
    pub(super) created: u64,
    pub(super) reading: Reading,
    labels_length: u32,
    buckets_length: u32,
    /// The definition that the series belongs to, by its place among those of the family.
    pub(super) member: u32,
    /// The place of the row among all rows.
    number: u32,
}

impl Row {
    fn labels(&self) -> Range<usize> {
        self.labels_begin..self.labels_begin + self.labels_length as usize
    }

    fn buckets(&self) -> Range<usize> {
        self.buckets_begin..self.buckets_begin + self.buckets_length as usize
    }

    fn is_native(&self) -> bool {
        matches!(self.reading, Reading::Histogram { is_native: true, .. })
    }
}

/// The value of a series. The buckets of a histogram are kept elsewhere.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reading {
    Number(Number),
    Histogram {
        sum: f64,
        /// Whether a value below zero was recorded.
        has_negative: bool,
        /// Whether the histogram is a native one: it has one bucket, and [`Rows::native`] besides.
        is_native: bool,
    },
}

/// The buckets of a histogram.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts<'a> {
    /// The count of each bucket, without those below it.
    pub(super) buckets: &'a [u64],
    pub(super) native: Option<&'a ExponentialBuckets>,
}

impl Rows {
    pub(super) fn clear(&mut self) {
        self.series.clear();
        self.labels.clear();
        self.buckets.clear();
        self.order.clear();
        self.exemplars.clear();
        self.merged.clear();
    }

    /// Adds a series. `write_labels` appends its encoded labels.
    pub(super) fn push(
        &mut self,
        member: usize,
        reading: Reading,
        counts: Counts<'_>,
        created: u64,
        write_labels: impl FnOnce(&mut Vec<u8>),
    ) {
        let (labels_begin, buckets_begin) = (self.labels.len(), self.buckets.len());
        write_labels(&mut self.labels);
        let labels_length = self.labels.len() - labels_begin;
        self.push_counts(counts);
        self.series.push(Row {
            labels_begin,
            buckets_begin,
            created,
            reading,
            labels_length: short(labels_length),
            buckets_length: short(self.buckets.len() - buckets_begin),
            member: short(member),
            number: short(self.series.len()),
        });
    }

    fn push_counts(&mut self, Counts { buckets, native }: Counts<'_>) {
        buckets.iter().for_each(|count| varint::push(*count, &mut self.buckets));
        if let Some(native) = native {
            native::write(native, &mut self.buckets);
        }
    }

    /// Adds an exemplar to the row that was added last, after those of smaller buckets.
    pub(super) fn push_exemplar(&mut self, bucket: u32, exemplar: EncodedExemplar) {
        self.exemplars.push((short(self.series.len()).saturating_sub(1), bucket, exemplar));
    }

    /// The exemplars of the row, each with its bucket.
    pub(super) fn exemplars(&self, row: &Row) -> impl Iterator<Item = (u32, &EncodedExemplar)> {
        let begin = self.exemplars.partition_point(|(of, ..)| *of < row.number);
        let own = self.exemplars[begin..].iter().take_while(|(of, ..)| *of == row.number);
        own.map(|(_, bucket, exemplar)| (*bucket, exemplar))
    }

    /// The exemplar of a bucket of the row.
    pub(super) fn exemplar(&self, row: &Row, bucket: usize) -> Option<&EncodedExemplar> {
        let found = self.exemplars(row).find(|(of, _)| *of == short(bucket));
        found.map(|(_, exemplar)| exemplar)
    }

    /// Makes room for more rows.
    pub(super) fn reserve(&mut self, more: usize) {
        self.series.reserve_exact(more);
        self.order.reserve_exact(more);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    pub(super) fn labels(&self, row: &Row) -> &[u8] {
        &self.labels[row.labels()]
    }

    /// The counts of the row's buckets, each without those below it.
    pub(super) fn buckets(&self, row: &Row) -> impl Iterator<Item = u64> {
        let count = if row.is_native() { 1 } else { usize::MAX };
        varint::numbers(&self.buckets[row.buckets()]).take(count)
    }

    /// The buckets of a native histogram; `None` if the row is none.
    pub(super) fn native(&self, row: &Row) -> Option<Native<'_>> {
        let mut bytes = &self.buckets[row.buckets()];
        // The bucket of all values comes first.
        row.is_native().then(|| varint::take(&mut bytes)).map(|_| Native::read(bytes))
    }

    /// The rows in the order of [`sort`](Self::sort).
    pub(super) fn iter(&self) -> impl Iterator<Item = &Row> {
        self.order.iter().map(|(_, row)| &self.series[*row as usize])
    }

    /// Sorts the rows by labels, and then in the order in which they were added. Of rows with equal
    /// labels, the first one stays; `merge` is called with it and each other one.
    pub(super) fn sort(&mut self, mut merge: impl FnMut(&mut Self, usize, usize)) {
        let Self { series, labels, order, .. } = self;
        let bytes = |row: u32| &labels[series[row as usize].labels()];
        order.clear();
        order.extend((0..short(series.len())).map(|row| (0, row)));
        sort_by_words(order, 0, MOST_WORDS, bytes);
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
        self.merge_exemplars();
    }

    /// The member of a row.
    pub(super) fn member(&self, row: usize) -> usize {
        self.series[row].member as usize
    }

    /// Adds the value of `other` to that of `row`. The last value of a gauge counts. Called by
    /// [`sort`](Self::sort).
    pub(super) fn merge(&mut self, row: usize, other: usize, is_sum: bool) {
        let [from, into] = [self.series[other], self.series[row]];
        match (&mut self.series[row].reading, from.reading) {
            (Reading::Number(Number::U64(a)), Reading::Number(Number::U64(b))) if is_sum => {
                *a = a.wrapping_add(b);
            }
            (Reading::Number(Number::I64(a)), Reading::Number(Number::I64(b))) if is_sum => {
                *a = a.wrapping_add(b);
            }
            (
                Reading::Histogram { sum, has_negative, .. },
                Reading::Histogram { sum: other_sum, has_negative: other_negative, .. },
            ) => {
                *sum += other_sum;
                *has_negative |= other_negative;
                self.merge_counts(row, &into, &from);
            }
            (Reading::Number(a), Reading::Number(b)) => {
                // Also the sum of two types: two instruments of one scope may differ in theirs.
                *a = if is_sum { Number::F64(a.as_f64() + b.as_f64()) } else { b };
            }
            // All series of a family are of one kind.
            (Reading::Number(_), Reading::Histogram { .. })
            | (Reading::Histogram { .. }, Reading::Number(_)) => {}
        }
        self.series[row].created = into.created.min(from.created);
        self.merged.push((from.number, into.number));
    }

    /// Gives each row the exemplars of the rows that were merged into it, for buckets without one.
    fn merge_exemplars(&mut self) {
        let Self { exemplars, merged, .. } = self;
        if merged.is_empty() || exemplars.is_empty() {
            return;
        }
        merged.sort_unstable();
        for (row, ..) in &mut *exemplars {
            if let Ok(found) = merged.binary_search_by_key(row, |(from, _)| *from) {
                *row = merged[found].1;
            }
        }
        // Stable, so a row's own exemplar comes before those of rows that were added later.
        exemplars.sort_by_key(|(row, bucket, _)| (*row, *bucket));
        exemplars.dedup_by_key(|(row, bucket, _)| (*row, *bucket));
    }
}

impl Rows {
    /// Gives `row` the counts of `a` and `b`.
    fn merge_counts(&mut self, row: usize, a: &Row, b: &Row) {
        let pairs = self.buckets(a).zip(self.buckets(b));
        let buckets: Vec<u64> = pairs.map(|(a, b)| a.wrapping_add(b)).collect();
        let native = self.native(a).zip(self.native(b)).and_then(|(a, b)| {
            let mut sum = ExponentialBuckets::from(a);
            sum.merge(&b.into());
            // The buckets of both may fit in the largest number of buckets at a lower scale only.
            has_schema(&sum).then_some(sum)
        });
        if let Reading::Histogram { is_native, .. } = &mut self.series[row].reading {
            *is_native = native.is_some();
        }
        let begin = self.buckets.len();
        self.push_counts(Counts { buckets: &buckets, native: native.as_ref() });
        self.series[row].buckets_begin = begin;
        self.series[row].buckets_length = short(self.buckets.len() - begin);
    }
}

/// A count in four bytes. Neither the rows of a family nor the bytes of a row's labels are more.
fn short(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The words of eight bytes by which rows are sorted before they are compared byte by byte.
const MOST_WORDS: usize = 32;

/// Sorts rows whose labels share their first `shared` bytes. The words of all entries are equal
/// before, and are those by which the rows were sorted last afterwards.
///
/// Labels begin alike, so a comparison of whole labels would read much memory. Words are compared
/// where they are, and only rows with equal words look at their labels again.
fn sort_by_words<'a>(
    order: &mut [(u64, u32)],
    shared: usize,
    words: usize,
    bytes: impl Fn(u32) -> &'a [u8] + Copy,
) {
    let Some(((_, first), others)) = order.split_first() else { return };
    let first = bytes(*first);
    let shared = others.iter().fold(first.len(), |end, (_, row)| {
        let labels = bytes(*row);
        let is_shared = labels.len() >= end && labels[shared..end] == first[shared..end];
        if is_shared {
            end
        } else {
            shared
                + first[shared..end]
                    .iter()
                    .zip(&labels[shared..])
                    .take_while(|(a, b)| a == b)
                    .count()
        }
    });
    if words == 0 {
        order.sort_by(|(_, a), (_, b)| bytes(*a).cmp(bytes(*b)).then_with(|| a.cmp(b)));
        return;
    }
    order.iter_mut().for_each(|(key, row)| *key = word(&bytes(*row)[shared..]));
    order.sort_unstable();
    for equal in order.chunk_by_mut(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1) {
        if equal.iter().all(|(_, row)| bytes(*row).len() >= shared + 8) {
            sort_by_words(equal, shared + 8, words - 1, bytes);
        } else {
            // The end of labels looks like zeros.
            equal.sort_by(|(_, a), (_, b)| bytes(*a).cmp(bytes(*b)).then_with(|| a.cmp(b)));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The labels in the order of the rows, and the pairs of equal labels.
    fn sorted(labels: &[Vec<u8>]) -> (Vec<Vec<u8>>, Vec<(usize, usize)>) {
        let mut rows = Rows::default();
        for labels in labels {
            let reading = Reading::Number(Number::U64(0));
            rows.push(0, reading, Counts::default(), 0, |out| out.extend_from_slice(labels));
        }
        let mut merged = Vec::new();
        rows.sort(|_, kept, other| merged.push((kept, other)));
        (rows.iter().map(|row| rows.labels(row).to_vec()).collect(), merged)
    }

    #[test]
    fn rows_are_sorted_by_their_labels() {
        let mut rng = fastrand::Rng::with_seed(3);
        for _ in 0..500 {
            let begin: Vec<u8> = vec![b'x'; rng.usize(0..20)];
            let labels: Vec<Vec<u8>> = (0..rng.usize(0..40))
                .map(|_| {
                    let mut labels = begin.clone();
                    labels.extend((0..rng.usize(0..20)).map(|_| *rng.choice(b"\0ab").unwrap()));
                    labels
                })
                .collect();
            let mut expected = labels.clone();
            expected.sort();
            expected.dedup();
            let (found, merged) = sorted(&labels);
            assert_eq!(found, expected);
            assert_eq!(merged.len(), labels.len() - expected.len());
            for (kept, other) in merged {
                assert!(kept < other && labels[kept] == labels[other]);
            }
        }
    }

    #[test]
    fn rows_with_equal_labels_become_one_with_the_earlier_time_and_all_exemplars() {
        let mut rows = Rows::default();
        let exemplars: [&[(u32, f64)]; 4] = [&[(1, 0.1)], &[(0, 1.0), (1, 1.1)], &[], &[(0, 3.0)]];
        for (created, (labels, exemplars)) in [7, 3, 5, 4].into_iter().zip([
            (b"a", exemplars[0]),
            (b"a", exemplars[1]),
            (b"b", exemplars[2]),
            (b"b", exemplars[3]),
        ]) {
            let reading = Reading::Number(Number::U64(created));
            rows.push(0, reading, Counts::default(), created, |out| out.extend_from_slice(labels));
            for (bucket, value) in exemplars {
                let exemplar = EncodedExemplar { labels: Vec::new(), value: *value, time: 0 };
                rows.push_exemplar(*bucket, exemplar);
            }
        }
        rows.sort(|rows, kept, other| rows.merge(kept, other, true));
        let found = rows.iter().map(|row| {
            let Reading::Number(number) = row.reading else { panic!("a number") };
            let exemplars = rows.exemplars(row).map(|(bucket, exemplar)| (bucket, exemplar.value));
            (number, row.created, exemplars.collect::<Vec<_>>())
        });
        let found: Vec<_> = found.collect();
        assert_eq!(found[0], (Number::U64(10), 3, vec![(0, 1.0), (1, 0.1)]));
        assert_eq!(found[1], (Number::U64(9), 4, vec![(0, 3.0)]));
    }

    #[test]
    fn labels_that_share_much_are_sorted_too() {
        let labels: Vec<Vec<u8>> = (0..200).rev().map(|length| vec![b'a'; 7 * length]).collect();
        let mut expected = labels.clone();
        expected.reverse();
        assert_eq!(sorted(&labels), (expected, Vec::new()));
    }
}
