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

impl Keyword {
    /// The keyword that is this word, in upper or lower case.
    pub(super) fn of(word: &str) -> Option<Self> {
        let upper = || word.bytes().map(|byte| byte.to_ascii_uppercase());
        let index = KEYWORDS.binary_search_by(|keyword| keyword.bytes().cmp(upper())).ok()?;
        u8::try_from(index).ok().map(Self)
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
