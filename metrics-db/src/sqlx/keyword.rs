//! The words that begin statements.

/// A word of the list [`KEYWORDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Keyword(u8);

/// The words that begin statements of PostgreSQL, MySQL and SQLite. A text that is made at run time
/// cannot add to them, so they bound the values of the label.
const KEYWORDS: [&str; 62] = [
    "ABORT",
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "CHECKPOINT",
    "CLOSE",
    "CLUSTER",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DEALLOCATE",
    "DECLARE",
    "DELETE",
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
    "GRANT",
    "IMPORT",
    "INSERT",
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
    "REASSIGN",
    "REFRESH",
    "REINDEX",
    "RELEASE",
    "RENAME",
    "REPLACE",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SECURITY",
    "SELECT",
    "SET",
    "SHOW",
    "START",
    "TABLE",
    "TRUNCATE",
    "UNLISTEN",
    "UNLOCK",
    "UPDATE",
    "USE",
    "VACUUM",
    "VALUES",
];

impl Keyword {
    /// The keyword that is this word, in upper or lower case.
    pub(super) fn of(word: &str) -> Option<Self> {
        let index = KEYWORDS.iter().position(|keyword| keyword.eq_ignore_ascii_case(word))?;
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
