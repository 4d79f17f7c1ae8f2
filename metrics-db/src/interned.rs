//! Names of databases and servers that are kept for ever.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use typed_metrics_core::in_section;

/// The number of texts that are kept. A program has few databases; one that makes databases at run
/// time may have more.
const LIMIT: usize = 1000;

static KEPT: Kept = Kept(RwLock::new(None));

/// The text, kept for ever; `None` beyond the limit.
pub(crate) fn interned(text: &str) -> Option<&'static str> {
    in_section(|| KEPT.intern(text))
}

struct Kept(RwLock<Option<HashSet<&'static str>>>);

impl Kept {
    fn intern(&self, text: &str) -> Option<&'static str> {
        {
            let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let known = kept.as_ref().and_then(|kept| kept.get(text).copied());
            // No text joins a full set, so nobody waits for the others.
            if known.is_some() || kept.as_ref().is_some_and(|kept| kept.len() >= LIMIT) {
                return known;
            }
        }
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let kept = kept.get_or_insert_default();
        if kept.len() < LIMIT && !kept.contains(text) {
            kept.insert(Box::leak(text.into()));
        }
        kept.get(text).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_the_number_is_limited() {
        let kept = Kept(RwLock::new(None));
        let text = String::from("shop");
        let first = kept.intern(&text).unwrap();
        let again = kept.intern("shop").unwrap();
        assert!(std::ptr::eq(first, again) && first == "shop");
        let others = (0..2 * LIMIT).filter(|n| kept.intern(&n.to_string()).is_some()).count();
        assert_eq!(others, LIMIT - 1);
        assert_eq!(kept.intern(&text), Some("shop"));
        assert_eq!(kept.intern("another"), None);
    }
}
