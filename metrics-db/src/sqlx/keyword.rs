//! The words that begin statements.

/// A word of the list [`KEYWORDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Keyword(u8);

/// The words that begin statements by the manuals of PostgreSQL 18, MySQL 8.4 and SQLite, in
/// alphabetical order. Statements of stored programs alone, such as `IF`, are left out. A text that
/// is made at run time cannot add to the words, so they bound the values of the label.
const KEYWORDS: [&str; 82] = [
    "ABORT",
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "BINLOG",
    "CACHE",
    "CALL",
    "CHANGE",
    "CHECK",
    "CHECKPOINT",
    "CHECKSUM",
    "CLONE",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
    "DESC",
    "DESCRIBE",
    "DETACH",
    "DISCARD",
    "DO",
    "DROP",
    "END",
    "EXECUTE",
    "EXPLAIN",
    "FETCH",
    "FLUSH",
    "GET",
    "GRANT",
    "HANDLER",
    "HELP",
    "IMPORT",
    "INSERT",
    "INSTALL",
    "KILL",
    "LISTEN",
    "LOAD",
    "LOCK",
    "MERGE",
    "MOVE",
    "NOTIFY",
    "OPTIMIZE",
    "PRAGMA",
    "PREPARE",
    "PURGE",
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPAIR",
    "REPLACE",
    "RESET",
    "RESIGNAL",
    "RESTART",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SELECT",
    "SET",
    "SHOW",
    "SHUTDOWN",
    "SIGNAL",
    "START",
    "STOP",
    "TABLE",
    "TRUNCATE",
    "UNINSTALL",
    "UNLISTEN",
    "UNLOCK",
    "UPDATE",
    "USE",
    "VACUUM",
    "VALUES",
    "XA",
];

/// The index of the first keyword of each letter, and after `Z` the number of keywords.
const FIRST: [usize; 27] = {
    let mut first = [KEYWORDS.len(); 27];
    let mut index = KEYWORDS.len();
    while index > 0 {
        index -= 1;
        // A letter without keywords begins where the next one does.
        let mut letter = 0;
        while letter <= KEYWORDS[index].as_bytes()[0] - b'A' {
            first[letter as usize] = index;
            letter += 1;
        }
    }
    first
};

impl Keyword {
    /// The keyword that is this word, in upper or lower case.
    pub(super) fn of(word: &str) -> Option<Self> {
        let letter = word.bytes().next()?.to_ascii_uppercase().checked_sub(b'A')?;
        let &[first, end] = FIRST.get(usize::from(letter)..)?.first_chunk()?;
        let is_word = |index: &usize| KEYWORDS[*index].eq_ignore_ascii_case(word);
        u8::try_from((first..end).find(is_word)?).ok().map(Self)
    }

    /// The keyword in upper case.
    pub(super) fn text(self) -> &'static str {
        KEYWORDS[usize::from(self.0)]
    }

    /// Its place in the list.
    pub(super) fn index(self) -> u8 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_found_in_upper_and_lower_case() {
        assert!(KEYWORDS.is_sorted());
        for (index, word) in KEYWORDS.iter().enumerate() {
            for word in [(*word).to_owned(), word.to_lowercase()] {
                assert_eq!(Keyword::of(&word).map(|it| usize::from(it.index())), Some(index));
            }
        }
        for word in ["", "A", "SELEC", "SELECTS", "WITH", "XAB", "ſelect"] {
            assert_eq!(Keyword::of(word), None, "{word}");
        }
    }

    #[test]
    fn statements_of_mysql_have_their_words() {
        for word in [
            "BINLOG",
            "CACHE",
            "CHANGE",
            "CHECK",
            "CHECKSUM",
            "CLONE",
            "DESC",
            "GET",
            "HANDLER",
            "HELP",
            "INSTALL",
            "PURGE",
            "REPAIR",
            "RESIGNAL",
            "RESTART",
            "SHUTDOWN",
            "SIGNAL",
            "STOP",
            "UNINSTALL",
            "XA",
        ] {
            assert_eq!(Keyword::of(word).map(Keyword::text), Some(word));
        }
    }
}
