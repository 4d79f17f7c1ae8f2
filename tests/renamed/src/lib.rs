//! A user's crate that calls the facade `tm`.
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings, clippy::all, clippy::pedantic)]

/// What a cache says.
#[derive(Clone, Copy, tm::Label)]
#[label(crate = tm)]
pub enum Outcome {
    /// It was there.
    Hit,
    /// It was not.
    Miss,
}

/// Metrics of a cache.
#[derive(tm::Metrics)]
#[metrics(prefix = "renamed", crate = tm)]
pub enum Cache<'a> {
    /// Look-ups.
    #[counter]
    Lookups {
        /// How it went.
        outcome: Outcome,
        /// Of which cache.
        name: &'a str,
    },
    /// Time of a look-up.
    #[histogram(unit = "us")]
    LookupTime,
}

/// Looks something up.
pub fn look_up(name: &str) {
    let _timer = Cache::lookup_time().start_timer();
    Cache::lookups(Outcome::Hit, name).inc();
    Cache::Lookups { outcome: Outcome::Miss, name }.record(2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_facade_records_the_same() {
        let seen = tm::testing::capture(|| look_up("dns"));
        assert_eq!(seen.counter(Cache::Lookups { outcome: Outcome::Hit, name: "dns" }), 1);
        assert_eq!(seen.counter(Cache::Lookups { outcome: Outcome::Miss, name: "dns" }), 2);
        assert_eq!(seen.histogram(Cache::LookupTime).count, 1);
    }
}
