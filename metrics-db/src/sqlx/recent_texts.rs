//! The summaries of texts that a thread has read lately: a program sends the same texts again.

use std::cell::{Cell, OnceCell};
use std::hash::{BuildHasher, Hasher, RandomState};

use foldhash::fast::FixedState;

use super::dialect::Dialect;
use super::summary::{beginning, summary};

/// The number of texts that a thread remembers, if their slots differ.
const SLOTS: usize = 64;

thread_local! {
    static RECENT: Recent = const {
        Recent { hashes: OnceCell::new(), texts: [const { Cell::new(None) }; SLOTS] }
    };
}

struct Recent {
    /// With a seed that no client knows, drawn for the first text of the thread.
    hashes: OnceCell<FixedState>,
    texts: [Cell<Option<Text>>; SLOTS],
}

/// A text that was read. The memory at its address may have another text by now. Its hash
/// tells the two apart, so that the thread keeps no copy of a text.
#[derive(Debug, Clone, Copy)]
struct Text {
    address: usize,
    length: usize,
    hash: u64,
    dialect: Dialect,
    summary: Option<&'static str>,
}

/// The [summary] of a text, which is read unless the thread has read it lately.
pub(super) fn summary_of(text: &str, dialect: Dialect) -> Option<&'static str> {
    let (address, length) = (text.as_ptr().addr(), text.len());
    let recent = RECENT.try_with(|recent| {
        let seeded = || FixedState::with_seed(RandomState::new().build_hasher().finish());
        let mut hasher = recent.hashes.get_or_init(seeded).build_hasher();
        hasher.write(beginning(text).as_bytes());
        let hash = hasher.finish();
        let slot = &recent.texts[(address >> 4) % SLOTS];
        if let Some(known) = slot.get()
            && (known.address, known.length, known.hash) == (address, length, hash)
            && known.dialect == dialect
        {
            return known.summary;
        }
        let summary = summary(text, dialect);
        slot.set(Some(Text { address, length, hash, dialect, summary }));
        summary
    });
    // At the end of a thread, every text is read.
    recent.unwrap_or_else(|_| summary(text, dialect))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_known_by_its_content_length_and_dialect() {
        // Two texts of one length at the same address.
        let mut text = String::from("SELECT 1; DELETE FROM a");
        let address = text.as_ptr();
        for _ in 0..2 {
            for statement in ["SELECT 1; DELETE FROM a", "UPDATE t; INSERT INTO t"] {
                text.clear();
                text.push_str(statement);
                assert_eq!(text.as_ptr(), address);
                let expected = summary(statement, Dialect::Sqlite);
                assert!(expected.is_some());
                assert_eq!(summary_of(&text, Dialect::Sqlite), expected);
                // The beginning of a text has the address of the text.
                let (first, _) = statement.split_at(9);
                let (alone, _) = text.split_at(9);
                assert_eq!(summary_of(alone, Dialect::Sqlite), summary(first, Dialect::Sqlite));
            }
        }
        let nested = "/* a /* b */ SELECT 1";
        for dialect in [Dialect::Sqlite, Dialect::PostgreSql, Dialect::Sqlite] {
            assert_eq!(summary_of(nested, dialect), summary(nested, dialect), "{dialect:?}");
        }
    }

    #[test]
    fn texts_with_the_same_beginning_have_one_summary_only_if_they_have_one_length() {
        let cut = |rest: &str| format!("SELECT '{}'{rest}", "x".repeat(4095 - 9));
        for rest in ["", "; DELETE FROM a", "; INSERT INTO a"] {
            let text = cut(rest);
            assert_eq!(summary_of(&text, Dialect::Sqlite), summary(&text, Dialect::Sqlite));
        }
    }
}
