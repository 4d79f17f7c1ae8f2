//! Texts of the program that are kept for ever.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// The number of texts that are kept.
const LIMIT: usize = 10_000;

/// The number of texts that a thread finds without the lock, if their slots differ.
const SLOTS: usize = 256;

static KEPT: RwLock<Option<HashSet<&'static str>>> = RwLock::new(None);

thread_local! {
    static RECENT: [Cell<&'static str>; SLOTS] = const { [const { Cell::new("") }; SLOTS] };
}

/// The text, kept for ever; `None` beyond the limit.
#[inline]
pub(crate) fn interned(text: &str) -> Option<&'static str> {
    // A router has each route once, so the address of the text finds the slot.
    let slot = (text.as_ptr().addr() >> 4) % SLOTS;
    let recent = RECENT.try_with(|recent| recent[slot].get()).unwrap_or_default();
    if recent == text { Some(recent) } else { look_up(text, slot) }
}

#[cold]
fn look_up(text: &str, slot: usize) -> Option<&'static str> {
    let find = |kept: &Option<HashSet<&'static str>>| kept.as_ref()?.get(text).copied();
    let known = find(&KEPT.read().unwrap_or_else(PoisonError::into_inner));
    let kept = known.or_else(|| {
        let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_or_insert_default();
        if kept.len() < LIMIT && !kept.contains(text) {
            kept.insert(Box::leak(text.into()));
        }
        kept.get(text).copied()
    })?;
    // At the end of a thread, every text is looked up.
    let _ = RECENT.try_with(|recent| recent[slot].set(kept));
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_the_number_is_limited() {
        let text = String::from("/a/{b}");
        let first = interned(&text).unwrap();
        let again = std::thread::spawn(|| interned("/a/{b}").unwrap()).join().unwrap();
        assert!(std::ptr::eq(first, again) && first == "/a/{b}");
        let kept = (0..2 * LIMIT).filter(|n| interned(&n.to_string()).is_some()).count();
        assert_eq!(kept, LIMIT - 1);
        assert_eq!(interned(&text), Some("/a/{b}"));
    }
}
