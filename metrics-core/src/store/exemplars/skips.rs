//! How far each thread is in the choice of candidates: how many measurements it skips.
//!
//! A thread has a word for each of its cells, at the same index. The words are written by their
//! thread only. When a thread ends, the next new thread continues with its words.

use std::cell::Cell;
use std::sync::Mutex;

use super::switch::{ONE_SKIP, SKIP, Switch, low};
use crate::locks::lock;
use crate::shards::shard::{SEGMENT, SEGMENTS};
use crate::store::random;
use crate::sync::{AtomicU64, Ordering::Relaxed};

type Words = [AtomicU64; SEGMENT];

/// The words of one segment of cells. Relaxed throughout, because one thread at a time uses the
/// words, and the lock of `FREE` orders one thread after the other.
type Segments = [Cell<Option<&'static Words>>; SEGMENTS];

thread_local! {
    /// Without a destructor, so that measurements are skipped to the end of the thread.
    static SEGMENTS_OF_THREAD: Segments = const { [const { Cell::new(None) }; SEGMENTS] };

    /// The state of the random numbers; 0 before the first one.
    static RANDOM: Cell<u64> = const { Cell::new(0) };

    /// Leaves the words to other threads.
    static OWNER: Owner = const { Owner };
}

/// The words of ended threads, with the number of their segment.
static FREE: Mutex<Vec<(usize, &'static Words)>> = Mutex::new(Vec::new());

struct Owner;

impl Drop for Owner {
    fn drop(&mut self) {
        SEGMENTS_OF_THREAD.with(|segments| {
            let used = segments.iter().enumerate();
            lock(&FREE).extend(used.filter_map(|(number, words)| Some((number, words.take()?))));
        });
    }
}

/// The progress of a thread in the choice for one cell in one interval.
///
/// In a word: the number of the interval (16 bits), the measurements to skip (16 bits), whether
/// they are a part of a longer distance (1 bit), and the threshold (31 bits).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Choice {
    /// The next candidate's key is below it.
    pub(super) threshold: f32,
    /// Whether the next measurement that is not skipped is no candidate either: the distance to
    /// the next candidate does not fit into the word. It is drawn again there, which changes
    /// nothing, because each measurement is a candidate with the same probability.
    pub(super) is_pause: bool,
    skip: u16,
}

const PAUSE: u64 = 1 << 31;

impl Choice {
    /// Before the first measurement of an interval, which is a candidate.
    const FIRST: Self = Self { threshold: 1.0, is_pause: false, skip: 0 };

    fn of_word(word: u64, switch: Switch) -> Self {
        if is_of_another_interval(word, switch) {
            return Self::FIRST;
        }
        let threshold = f32::from_bits((word & (PAUSE - 1)) as u32);
        Self { threshold, is_pause: word & PAUSE != 0, skip: low(word >> SKIP) }
    }

    fn to_word(self, switch: Switch) -> u64 {
        let pause = if self.is_pause { PAUSE } else { 0 };
        let skip = u64::from(self.skip) << SKIP;
        switch.interval_bits() | skip | pause | u64::from(self.threshold.to_bits())
    }

    /// The choice after a candidate: `number` decides how many measurements are skipped until the
    /// next one. Each measurement's key is below the threshold with the threshold as probability,
    /// so the number of measurements in between is geometrically distributed.
    fn after(threshold: f32, number: u64) -> Self {
        let distance = (random::fraction(number).ln() / (-f64::from(threshold)).ln_1p()).floor();
        // A threshold of 1 makes the distance 0. NaN is none: the fraction is above 0.
        if distance < f64::from(u16::MAX) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            let skip = distance as u16;
            return Self { threshold, is_pause: false, skip };
        }
        Self { threshold, is_pause: true, skip: u16::MAX - 1 }
    }
}

fn is_of_another_interval(word: u64, switch: Switch) -> bool {
    (word ^ switch.interval_bits()) >> 48 != 0
}

#[inline(always)]
fn word(index: u32) -> Option<&'static AtomicU64> {
    let words = SEGMENTS_OF_THREAD.with(|all| all.get(index as usize / SEGMENT)?.get())?;
    Some(&words[index as usize % SEGMENT])
}

/// Counts a measurement. Whether it is skipped.
#[inline(always)]
pub(super) fn is_skipped(index: u32) -> bool {
    let Some(word) = word(index) else { return false };
    let bits = word.load(Relaxed);
    let is_skipped = Switch::skips(bits);
    if is_skipped {
        word.store(bits - ONE_SKIP, Relaxed);
    }
    is_skipped
}

/// The choice for the cell `index`, and the word that holds it, which the first call takes over or
/// makes. `None` beyond the memory of sharded cells, and if the thread has no thread-local storage
/// any more.
pub(super) fn choice(index: u32, switch: Switch) -> Option<(&'static AtomicU64, Choice)> {
    let word = match word(index) {
        Some(word) => word,
        None => {
            claim(index as usize / SEGMENT)?;
            word(index)?
        }
    };
    Some((word, Choice::of_word(word.load(Relaxed), switch)))
}

fn claim(number: usize) -> Option<()> {
    OWNER.try_with(|_| ()).ok()?;
    let free = {
        let mut free = lock(&FREE);
        free.iter().position(|(of, _)| *of == number).map(|at| free.swap_remove(at).1)
    };
    let make = || &*Box::leak(Box::new([const { AtomicU64::new(0) }; SEGMENT]));
    SEGMENTS_OF_THREAD.with(|all| {
        all.get(number)?.set(Some(free.unwrap_or_else(make)));
        Some(())
    })
}

/// Draws the distance to the next candidate.
pub(super) fn draw(word: &AtomicU64, threshold: f32, switch: Switch) {
    word.store(Choice::after(threshold, random_number()).to_word(switch), Relaxed);
}

/// A random key below `threshold`.
pub(super) fn key(threshold: f32) -> f32 {
    // The least fraction is 2^-53, so a key is 0 only after far more measurements than there are.
    #[expect(clippy::cast_possible_truncation)]
    let fraction = random::fraction(random_number()) as f32;
    threshold * fraction
}

fn random_number() -> u64 {
    let state = match RANDOM.get() {
        0 => random::seed(),
        state => state,
    };
    let (state, number) = random::next(state);
    RANDOM.set(state);
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::exemplars::switch::is_skip;

    fn distance(threshold: f32, state: &mut u64) -> f64 {
        let mut distance = 0.0;
        loop {
            let (next, number) = random::next(*state);
            *state = next;
            let choice = Choice::after(threshold, number);
            assert_eq!(choice.threshold, threshold);
            distance += f64::from(choice.skip);
            if !choice.is_pause {
                return distance;
            }
            // The measurement of the pause is no candidate.
            distance += 1.0;
        }
    }

    #[test]
    fn the_distance_to_the_next_candidate_is_geometrically_distributed() {
        for threshold in [1.0_f32, 0.9, 0.5, 0.01, 1e-4, 1e-5, 2e-6] {
            let chance = f64::from(threshold);
            let (mut state, draws) = (7, 20_000);
            let all: Vec<_> = (0..draws).map(|_| distance(threshold, &mut state)).collect();
            let (mean, deviation) = ((1.0 - chance) / chance, (1.0 - chance).sqrt() / chance);
            let found = all.iter().sum::<f64>() / f64::from(draws);
            let allowed = 6.0 * deviation / f64::from(draws).sqrt();
            assert!((found - mean).abs() <= allowed, "{threshold}: {found} is not {mean}");
            // The median, because the mean says nothing about the shape.
            let median = (0.5_f64.ln() / (-chance).ln_1p()).ceil();
            let below = all.iter().filter(|distance| **distance < median).count() as f64;
            let share = 1.0 - (1.0 - chance).powf(median);
            let spread = 6.0 * (share * (1.0 - share) * f64::from(draws)).sqrt();
            assert!((below - share * f64::from(draws)).abs() <= spread, "{threshold}: {below}");
        }
    }

    #[test]
    fn a_choice_is_the_same_in_its_word_and_void_in_the_next_interval() {
        let [first, second] = [1, u64::from(u16::MAX)].map(Switch::of_interval);
        for threshold in [1.0, 0.3, 1e-30, 0.0] {
            for number in [0, 1 << 40, u64::MAX] {
                let choice = Choice::after(threshold, number);
                let word = choice.to_word(first);
                assert_eq!(Choice::of_word(word, first), choice);
                assert_eq!(Choice::of_word(word, second), Choice::FIRST);
            }
        }
        assert_eq!(Choice::of_word(0, first), Choice::FIRST);
    }

    #[test]
    fn a_word_skips_in_its_interval_alone_and_has_a_skip_to_take_away() {
        let [off, first, last] = [0, 1, u64::from(u16::MAX)];
        let word = |interval: u64, skip| {
            let choice = Choice { threshold: 0.5, is_pause: true, skip };
            if interval == off { 0 } else { choice.to_word(Switch::of_interval(interval)) }
        };
        for now in [off, first, last] {
            let limit = Switch::of_interval(now).least_skip();
            // The word 0 has no choice yet.
            for of in [off, first, last] {
                for skip in [0, 1, u16::MAX] {
                    let word = word(of, skip);
                    let does_skip = is_skip(word, limit);
                    assert_eq!(does_skip, of == now && of != off && skip > 0, "{of} {skip} {now}");
                    assert!(!does_skip || word >= ONE_SKIP);
                }
            }
        }
    }
}
