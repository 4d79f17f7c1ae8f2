//! The random choice of the calls that are measured.
//!
//! Each thread has a random distance, and each call uses up a step of that distance. The call that
//! uses up the rest of the distance is measured, and the next distance is drawn. So an unmeasured
//! call costs one subtraction.
//!
//! The distances are exponentially distributed, which has two effects. Each call is measured with
//! the same probability, whatever happened before, so work that repeats in a period is measured at
//! the right share. And functions with different shares can use up the same distance. A step of
//! length `s` reaches the end of the distance with the probability `1 - e^-s`, so one call in `n`
//! takes steps of the length `-ln(1 - 1/n)`.

use std::cell::Cell;

use crate::store::random;

/// The share of the calls that are measured.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// The part of the distance that each call uses up.
    step: i64,
}

/// The fixed-point representation of the distance 1. The longest distance is below 37, and takes 62
/// bits.
const ONE: f64 = (1_u64 << 56) as f64;

impl Share {
    /// The share 1/`n`.
    ///
    /// # Panics
    /// At compile time, where `#[timed]` uses it, if `n` is 0.
    #[must_use]
    #[track_caller]
    pub const fn one_in(n: u32) -> Self {
        assert!(n > 0, "`sample = 1/N` measures one call in N, so N is at least 1");
        if n == 1 {
            // Longer than every distance.
            return Self { step: i64::MAX };
        }
        // The Taylor series of the logarithm. The last summand is below 2^-64.
        let x = 1.0 / n as f64;
        let (mut power, mut length, mut k) = (1.0, 0.0, 0);
        while k < 64 {
            k += 1;
            power *= x;
            length += power / k as f64;
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most ln(2), so below 2^56")]
        Self { step: (length * ONE) as i64 }
    }
}

/// The distance to the next measured call of a thread.
struct Distance {
    rest: Cell<i64>,
    /// The state of the random numbers; 0 before the first call of the thread.
    random: Cell<u64>,
}

thread_local! {
    static DISTANCE: Distance = const { Distance { rest: Cell::new(0), random: Cell::new(0) } };
}

/// Whether the call that begins now is measured.
#[inline(always)]
#[must_use]
pub fn is_sampled(share: Share) -> bool {
    // Where the thread-local storage is gone already, at the end of a thread, no call is measured.
    DISTANCE.try_with(|distance| distance.step(share)).unwrap_or(false)
}

impl Distance {
    /// Takes a step, and returns whether it reached the end of the distance.
    #[inline(always)]
    fn step(&self, share: Share) -> bool {
        // No overflow: neither operand is negative.
        let rest = self.rest.get() - share.step;
        if rest > 0 {
            self.rest.set(rest);
            return false;
        }
        self.arrive(share)
    }

    #[cold]
    #[inline(never)]
    fn arrive(&self, share: Share) -> bool {
        let is_first_call = self.random.get() == 0;
        if is_first_call {
            // Each thread has a seed of its own: threads with one call each would otherwise all
            // decide alike.
            self.random.set(random::seed());
        }
        self.rest.set(self.draw());
        // The first call of a thread had no distance yet.
        !is_first_call || self.step(share)
    }

    /// A random distance: the negative logarithm of a number above 0 and up to 1.
    fn draw(&self) -> i64 {
        let (state, number) = random::next(self.random.get());
        self.random.set(state);
        #[expect(clippy::cast_possible_truncation, reason = "at most 53 ln(2), see `ONE`")]
        let distance = (-random::fraction(number).ln() * ONE) as i64;
        distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether `count` is within 5 standard deviations of the expected number.
    #[track_caller]
    fn assert_share(count: u32, calls: u32, n: u32) {
        let (calls, share) = (f64::from(calls), 1.0 / f64::from(n));
        let deviation = (calls * share * (1.0 - share)).sqrt();
        let off = (f64::from(count) - calls * share).abs();
        assert!(off <= 5.0 * deviation, "{count} of {calls} calls, at 1/{n}");
    }

    #[test]
    fn one_call_in_n_is_measured() {
        for n in [2, 3, 64, 1000] {
            let calls = if cfg!(miri) { 1_000 } else { 1_000_000 };
            let sampled = (0..calls).filter(|_| is_sampled(Share::one_in(n))).count();
            assert_share(u32::try_from(sampled).unwrap(), calls, n);
        }
    }

    #[test]
    fn one_call_in_1_is_every_call() {
        assert!((0..1_000).all(|_| is_sampled(const { Share::one_in(1) })));
    }

    #[test]
    #[should_panic(expected = "N is at least 1")]
    fn one_call_in_0_is_refused() {
        let _ = Share::one_in(0);
    }

    #[test]
    fn the_smallest_share_takes_a_step_of_its_length() {
        let n = u32::MAX;
        let step = Share::one_in(n).step as f64 / ONE;
        assert!((step * f64::from(n) - 1.0).abs() < 1e-6, "{step}");
    }

    #[test]
    fn functions_with_different_shares_do_not_change_each_others_share() {
        let calls = if cfg!(miri) { 500 } else { 200_000 };
        let mut sampled = [0_u32; 3];
        let shares = [2, 16, 100];
        for _ in 0..calls {
            for (n, sampled) in shares.iter().zip(&mut sampled) {
                *sampled += u32::from(is_sampled(Share::one_in(*n)));
            }
        }
        for (n, sampled) in shares.into_iter().zip(sampled) {
            assert_share(sampled, calls, n);
        }
    }

    #[test]
    fn threads_with_one_call_each_are_measured_at_the_same_share() {
        let threads = if cfg!(miri) { 20 } else { 1_000 };
        let call = || u32::from(is_sampled(Share::one_in(4)));
        let sampled = (0..threads).map(|_| std::thread::spawn(call).join().unwrap()).sum();
        assert_share(sampled, threads, 4);
    }

    /// The gaps between measured calls are geometrically distributed: after any gap, the next call
    /// is measured with the same probability.
    #[test]
    fn a_call_is_measured_whatever_happened_before() {
        let calls = if cfg!(miri) { 1_000 } else { 1_000_000 };
        let (mut gap, mut chances, mut hits) = (0_usize, [0_u32; 8], [0_u32; 8]);
        for _ in 0..calls {
            let sampled = is_sampled(Share::one_in(8));
            if let (Some(chances), Some(hits)) = (chances.get_mut(gap), hits.get_mut(gap)) {
                *chances += 1;
                *hits += u32::from(sampled);
            }
            gap = if sampled { 0 } else { gap + 1 };
        }
        for (hits, chances) in hits.into_iter().zip(chances) {
            assert_share(hits, chances, 8);
        }
    }
}
