//! A user's crate that depends on the facade under the name `tm`.
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings, clippy::all, clippy::pedantic)]

/// The answer of a cache.
#[derive(Clone, Copy, tm::Label)]
#[label(crate = tm)]
pub enum Outcome {
    /// The cache has the value.
    Hit,
    /// The cache does not have the value.
    Miss,
}

/// Metrics of a cache.
#[derive(tm::Metrics)]
#[metrics(prefix = "renamed", crate = tm)]
pub enum Cache<'a> {
    /// Look-ups.
    #[counter]
    Lookups {
        /// The answer of the cache.
        outcome: Outcome,
        /// The name of the cache.
        name: &'a str,
    },
    /// Time of a look-up.
    #[histogram(unit = "us")]
    LookupTime,
    /// Time of a call.
    #[histogram(unit = "us")]
    CallTime {
        /// The outcome of the call.
        outcome: tm::Outcome,
    },
}

/// Refreshes the cache.
///
/// # Errors
/// If `name` is empty.
#[tm::timed(Cache::CallTime { outcome }, crate = tm)]
pub fn refresh(name: String) -> Result<String, String> {
    if name.is_empty() {
        return Err(name);
    }
    Ok(name)
}

/// Reads the value in a lock. In the edition of this crate, the guard lives until the end of the
/// last expression.
///
/// # Panics
/// If the lock is poisoned.
#[tm::timed(Cache::CallTime { outcome }, crate = tm)]
#[must_use]
pub fn locked(of: std::sync::Mutex<u8>) -> u8 {
    *of.lock().expect("no thread has panicked")
}

/// Reads the value in a lock that is a part of the argument, in an async function.
///
/// # Panics
/// If the lock is poisoned.
#[tm::timed(Cache::CallTime { outcome }, crate = tm)]
pub async fn locked_later((of, _): (std::sync::Mutex<u8>, String)) -> u8 {
    *of.lock().expect("no thread has panicked")
}

/// Refreshes the cache later.
#[tm::timed(crate = tm, objective = tm::Objective::success(0.9))]
pub async fn refresh_later(mut name: String) -> usize {
    name.push('!');
    name.len()
}

/// Looks up a name in the cache.
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
        let seen = tm::testing::capture(|| refresh("dns".to_owned()));
        assert_eq!(seen.histogram(Cache::CallTime { outcome: tm::Outcome::Ok }).count, 1);
        assert_eq!(locked(std::sync::Mutex::new(3)), 3);
        drop(refresh_later(String::new()));
        let catalog = tm::catalog();
        let duration = catalog.iter().find(|metric| metric.name() == "function.duration");
        assert_eq!(duration.unwrap().objectives()[0].function.item, "refresh_later");
    }
}
