//! Hashing and comparing the values of labels.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::OnceLock;

use foldhash::SharedSeed;
use foldhash::fast::FoldHasher;

use super::set::Labels;
use super::value::{LabelRef, LabelValue};

/// The seeds of every hash by which the process finds texts and label values.
///
/// A client of the program often chooses these values. The client does not know the seeds, so it
/// cannot choose values whose hashes collide: each multiplication has a factor that depends on the
/// seeds. Only a client that can measure the hashes could compute the seeds.
#[derive(Debug)]
struct Seeds {
    initial: u64,
    number: u64,
    text: SharedSeed,
    /// For short texts.
    words: [u64; 4],
}

static SEEDS: OnceLock<Seeds> = OnceLock::new();

impl Seeds {
    #[inline(always)]
    fn of_process() -> &'static Self {
        SEEDS.get_or_init(Self::draw)
    }

    /// Seeds from the randomness of the operating system, on which the standard library draws.
    #[cold]
    fn draw() -> Self {
        Self::new([(); 3].map(|()| RandomState::new().build_hasher().finish()))
    }

    fn new([initial, number, text]: [u64; 3]) -> Self {
        // With some bits set for certain, as in `SharedSeed`, no factor is small.
        let number = number | 1 << 63 | 1 << 31 | 1;
        let words = [1, 2, 3, 4].map(|i| initial.rotate_left(13 * i).wrapping_mul(number) ^ text);
        Self { initial, number, text: SharedSeed::from_u64(text), words }
    }

    /// The hash of a text, fast if it has at most 32 bytes. `foldhash`, whose method this is, calls
    /// a function for more than 16 bytes.
    #[inline(always)]
    fn hash_text(&self, text: &str) -> u64 {
        let bytes = text.as_bytes();
        let [a, b, c, d] = self.words;
        let both = |(first, last): (u64, u64), a, b| folded(first ^ a, last ^ b);
        // The words of a text overlap, so texts of different lengths may have the same words. The
        // rotation tells them apart.
        let hash = match bytes.len() {
            0..=16 => both(short_words(bytes), a, b),
            17..=32 => {
                let (first, last) = bytes.split_at(16);
                let last = bytes.last_chunk::<16>().map_or(last, |chunk| chunk);
                both(short_words(first), a, b) ^ both(short_words(last), c, d)
            }
            _ => {
                let mut hasher = FoldHasher::with_seed(self.initial, &self.text);
                hasher.write(bytes);
                hasher.finish()
            }
        };
        // No truncation: the rotation counts modulo 64.
        #[expect(clippy::cast_possible_truncation)]
        hash.rotate_left(bytes.len() as u32 & 63)
    }
}

/// The first and the last word of at most 16 bytes.
#[inline(always)]
fn short_words(bytes: &[u8]) -> (u64, u64) {
    let (first, last) = (bytes.first_chunk(), bytes.last_chunk());
    if let (Some(first), Some(last)) = (first, last) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into());
    }
    let at = |index: usize| u64::from(bytes.get(index).copied().unwrap_or_default());
    (at(0), at(1) << 8 | at(2))
}

/// As in `foldhash`: the middle bits of a product depend on all bits of both factors.
#[inline(always)]
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[expect(clippy::cast_possible_truncation)]
    let low = product as u64;
    low ^ (product >> 64) as u64
}

/// The hash of the labels of a series: names and values one after the other.
///
/// Each step multiplies, so the hash depends on the order of the steps. Different labels differ in
/// at least one step, so that their hashes are equal only by chance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LabelHash<'a> {
    seeds: &'a Seeds,
    state: u64,
}

impl LabelHash<'static> {
    /// The hash of no labels. It differs for each `table`.
    #[inline(always)]
    pub(crate) fn new(table: u64) -> Self {
        LabelHash::with(Seeds::of_process(), table)
    }
}

impl<'a> LabelHash<'a> {
    #[inline(always)]
    fn with(seeds: &'a Seeds, table: u64) -> Self {
        Self { seeds, state: seeds.initial ^ table }
    }

    /// Adds the index of a combination of fixed labels. Must be the first step.
    #[inline(always)]
    pub(crate) fn combination(self, combination: usize) -> Self {
        let state = self.state.wrapping_add(self.seeds.number.wrapping_mul(combination as u64));
        Self { state, ..self }
    }

    #[inline(always)]
    pub(crate) fn text(self, text: &str) -> Self {
        self.bytes(text.as_bytes())
    }

    #[inline(always)]
    fn bytes(self, bytes: &[u8]) -> Self {
        let mut hasher = FoldHasher::with_seed(self.next(), &self.seeds.text);
        hasher.write(bytes);
        Self { state: hasher.finish(), ..self }
    }

    #[inline(always)]
    pub(crate) fn value(self, value: LabelRef<'_>) -> Self {
        match value {
            LabelRef::Absent => self.number(0, 0),
            LabelRef::Bool(value) => self.number(1, u64::from(value)),
            LabelRef::Int(value) => self.number(2, value.cast_unsigned()),
            LabelRef::Float(value) => self.number(3, value.to_bits()),
            LabelRef::Str(text) => self.text(text),
            LabelRef::List(list) => self.number(4, 0).bytes(list.bytes()),
        }
    }

    /// Adds a name and its value, with one step for both. The hashes of the texts do not depend on
    /// the state, so that the processor computes several of them at a time.
    #[inline(always)]
    pub(crate) fn pair(self, name: &str, value: LabelRef<'_>) -> Self {
        let name = self.seeds.hash_text(name);
        match value {
            LabelRef::Absent => self.number(0, name),
            LabelRef::Bool(value) => self.number(1, name ^ u64::from(value)),
            LabelRef::Int(value) => self.number(2, name ^ value.cast_unsigned()),
            LabelRef::Float(value) => self.number(3, name ^ value.to_bits()),
            LabelRef::List(list) => self.number(4, name).bytes(list.bytes()),
            // Rotated, because name and text may be the same.
            LabelRef::Str(text) => {
                self.number(5, name ^ self.seeds.hash_text(text).rotate_left(32))
            }
        }
    }

    /// Adds a value of a kind that is not text. Each kind has a factor of its own, because equal
    /// bits are different values in different kinds.
    #[inline(always)]
    fn number(self, kind: u32, bits: u64) -> Self {
        let factor = self.seeds.number.rotate_left(11 * kind);
        Self { state: folded(self.next() ^ bits, factor), ..self }
    }

    /// The state at the beginning of a step. Without the addition, steps could be exchanged:
    /// `foldhash` rotates the state by the length of a text, and a rotated factor rotates the
    /// folded product.
    #[inline(always)]
    fn next(self) -> u64 {
        self.state.wrapping_add(self.seeds.number)
    }

    #[inline(always)]
    pub(crate) fn finish(self) -> u64 {
        self.state
    }
}

/// Builds hashers with the seeds of the process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seeded;

impl BuildHasher for Seeded {
    type Hasher = FoldHasher<'static>;

    #[inline(always)]
    fn build_hasher(&self) -> Self::Hasher {
        let seeds = Seeds::of_process();
        FoldHasher::with_seed(seeds.initial, &seeds.text)
    }
}

/// The hash of the labels of a series.
pub(crate) fn hash_of(labels: &Labels) -> u64 {
    let add = |hash: LabelHash<'static>, (name, value): (&str, &LabelValue)| {
        hash.text(name).value(value.as_ref())
    };
    labels.iter().fold(LabelHash::new(0), add).finish()
}

#[inline(always)]
fn same(value: LabelRef<'_>, stored: Option<&LabelValue>) -> bool {
    match (value, stored) {
        (LabelRef::Absent, None) => true,
        (LabelRef::Bool(a), Some(LabelValue::Bool(b))) => a == *b,
        (LabelRef::Int(a), Some(LabelValue::Int(b))) => a == *b,
        // By bits, so that NaN equals NaN.
        (LabelRef::Float(a), Some(LabelValue::Float(b))) => a.to_bits() == b.to_bits(),
        (LabelRef::Str(a), Some(LabelValue::Str(b))) => *a == **b,
        (LabelRef::List(a), Some(LabelValue::List(b))) => a == b.as_ref(),
        _ => false,
    }
}

/// Whether two series have the same labels.
pub(crate) fn same_labels(a: &Labels, b: &Labels) -> bool {
    a.len() == b.len()
        && a.iter().zip(b.iter()).all(|((name, value), (other_name, other))| {
            name == other_name && same(value.as_ref(), Some(other))
        })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// The least number of different hashes of some labels, over many seeds.
    fn distinct(labels: &[Vec<LabelRef<'_>>]) -> usize {
        let mut random = fastrand::Rng::with_seed(1);
        let of = |random: &mut fastrand::Rng| {
            let seeds = Seeds::new([(); 3].map(|()| random.u64(..)));
            let hash = |values: &Vec<LabelRef<'_>>| {
                let mut hash = LabelHash::with(&seeds, 0x5555_0000).combination(1);
                for value in values {
                    hash = hash.value(*value);
                }
                hash.finish()
            };
            labels.iter().map(hash).collect::<HashSet<_>>().len()
        };
        (0..if cfg!(miri) { 2 } else { 50 }).map(|_| of(&mut random)).min().unwrap()
    }

    /// The constants in the source of `foldhash`.
    const PUBLIC: [u64; 12] = [
        0x243f_6a88_85a3_08d3,
        0x1319_8a2e_0370_7344,
        0xa409_3822_299f_31d0,
        0x082e_fa98_ec4e_6c89,
        0x4528_21e6_38d0_1377,
        0xbe54_66cf_34e9_0c6c,
        0xc0ac_29b7_c97c_50dd,
        0x3f84_d5b5_b547_0917,
        0x9216_d5d9_8979_fb1b,
        0xd131_0ba6_98df_b5ac,
        0x2ffd_72db_d01a_dfb7,
        0xb8e1_afed_6a26_7e96,
    ];

    #[test]
    fn labels_made_of_public_constants_do_not_collide() {
        let paths: Vec<_> = (0..200).map(|i| format!("/path/{i}")).collect();
        for constant in PUBLIC {
            let after = LabelRef::Int(constant.cast_signed());
            let flood = paths.iter().map(|path| vec![LabelRef::Str(path), after]);
            assert_eq!(distinct(&flood.collect::<Vec<_>>()), paths.len(), "{constant:x}");
            let flood = (0..200).map(|i| vec![after, LabelRef::Int(i)]);
            assert_eq!(distinct(&flood.collect::<Vec<_>>()), 200, "{constant:x}");
        }
    }

    #[test]
    fn pairs_of_names_and_texts_do_not_collide() {
        let texts: Vec<String> = (0..40).flat_map(|n| ["x", "y"].map(|c| c.repeat(n))).collect();
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..if cfg!(miri) { 1 } else { 20 } {
            let seeds = Seeds::new([(); 3].map(|()| random.u64(..)));
            let mut hashes = HashSet::new();
            let start = LabelHash::with(&seeds, 1);
            for (name, text) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
                hashes.insert(start.pair(name, LabelRef::Str(text)).finish());
                hashes.insert(
                    start.pair(name, LabelRef::Int(1)).pair(text, LabelRef::Absent).finish(),
                );
            }
            // The empty text occurs twice.
            let distinct = texts.len() - 1;
            assert_eq!(hashes.len(), 2 * distinct * distinct);
        }
    }

    #[test]
    fn values_of_equal_bits_do_not_collide() {
        let alike = [
            LabelRef::Absent,
            LabelRef::Bool(false),
            LabelRef::Bool(true),
            LabelRef::Int(0),
            LabelRef::Int(1),
            LabelRef::Float(f64::from_bits(0)),
            LabelRef::Float(f64::from_bits(1)),
            LabelRef::Str(""),
            LabelRef::Str("\0"),
            LabelRef::Str("\0\0"),
        ];
        let mut labels = vec![Vec::new()];
        for _ in 0..3 {
            let longer = labels.iter().flat_map(|labels: &Vec<_>| {
                alike.map(|value| labels.iter().copied().chain([value]).collect::<Vec<_>>())
            });
            labels = longer.collect();
        }
        assert_eq!(distinct(&labels), alike.len().pow(3));
    }
}
