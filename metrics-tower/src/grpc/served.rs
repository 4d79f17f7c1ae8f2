//! The methods that the process is known to serve.
//!
//! A client may ask for any method. So the name of a method is a label only if the server has the
//! method, which the first call that ends with `OK` shows.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

/// Methods beyond this number stay unknown.
const LIMIT: usize = 1000;

static SERVED: RwLock<Option<HashSet<Arc<str>>>> = RwLock::new(None);

thread_local! {
    /// The methods of [`SERVED`] that this thread has met, which it finds without the lock.
    static MET: RefCell<HashSet<Arc<str>>> = RefCell::default();
}

/// Notes that a method is served. Returns whether it is known from now on.
pub(crate) fn note(method: &str) -> bool {
    is_met(method) || {
        let mut served = SERVED.write().unwrap_or_else(PoisonError::into_inner);
        let served = served.get_or_insert_default();
        if !served.contains(method) && served.len() < LIMIT {
            served.insert(method.into());
        }
        served.get(method).is_some_and(meet)
    }
}

/// Whether a method is known.
pub(crate) fn is_served(method: &str) -> bool {
    is_met(method) || {
        let served = SERVED.read().unwrap_or_else(PoisonError::into_inner);
        served.as_ref().and_then(|served| served.get(method)).is_some_and(meet)
    }
}

fn is_met(method: &str) -> bool {
    MET.try_with(|met| met.try_borrow().is_ok_and(|met| met.contains(method))).unwrap_or(false)
}

fn meet(method: &Arc<str>) -> bool {
    // At the end of a thread, every call takes the lock.
    let _ = MET.try_with(|met| {
        if let Ok(mut met) = met.try_borrow_mut() {
            met.insert(Arc::clone(method));
        }
    });
    true
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_method_that_was_served_is_known_to_all_threads_and_the_number_is_limited() {
        assert!(!is_served("a.B/C"));
        assert!(note("a.B/C") && is_served("a.B/C"));
        thread::spawn(|| assert!(is_served("a.B/C") && !is_served("a.B/D"))).join().unwrap();
        let known = (0..2 * LIMIT).filter(|n| note(&format!("a.B/{n}"))).count();
        assert_eq!(known, LIMIT - 1);
        assert!(note("a.B/C"));
    }
}
