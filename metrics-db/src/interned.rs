//! Names of databases and servers that are kept for ever, so that threads can remember labels.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use typed_metrics_core::in_section;

/// The number of texts that are kept. A program has few databases; one that makes databases at run
/// time may have more.
const LIMIT: usize = 1000;

static KEPT: RwLock<Option<HashSet<&'static str>>> = RwLock::new(None);

/// The text, kept for ever; `None` beyond the limit.
pub(crate) fn interned(text: &str) -> Option<&'static str> {
    in_section(|| {
        let find = |kept: &Option<HashSet<&'static str>>| kept.as_ref()?.get(text).copied();
        let known = find(&KEPT.read().unwrap_or_else(PoisonError::into_inner));
        known.or_else(|| {
            let mut kept = KEPT.write().unwrap_or_else(PoisonError::into_inner);
            let kept = kept.get_or_insert_default();
            if kept.len() < LIMIT && !kept.contains(text) {
                kept.insert(Box::leak(text.into()));
            }
            kept.get(text).copied()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_the_number_is_limited() {
        let text = String::from("shop");
        let first = interned(&text).unwrap();
        let again = std::thread::spawn(|| interned("shop").unwrap()).join().unwrap();
        assert!(std::ptr::eq(first, again) && first == "shop");
        let kept = (0..2 * LIMIT).filter(|n| interned(&n.to_string()).is_some()).count();
        assert_eq!(kept, LIMIT - 1);
        assert_eq!(interned(&text), Some("shop"));
    }
}
