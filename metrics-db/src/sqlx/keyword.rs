//! The operation that a statement begins with.

/// The keywords that name operations. Any other word is [`OTHER`], so a statement that is made at
/// run time adds no name.
const KEYWORDS: [&str; 36] = [
    "ALTER",
    "ANALYZE",
    "ATTACH",
    "BEGIN",
    "CALL",
    "COMMENT",
    "COMMIT",
    "COPY",
    "CREATE",
    "DELETE",
    "DETACH",
    "DO",
    "DROP",
    "EXECUTE",
    "EXPLAIN",
    "GRANT",
    "INSERT",
    "LISTEN",
    "LOCK",
    "MERGE",
    "NOTIFY",
    "PRAGMA",
    "REINDEX",
    "RELEASE",
    "REPLACE",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "TRUNCATE",
    "UPDATE",
    "VACUUM",
    "VALUES",
    "WITH",
];

/// A statement that begins with none of the [keywords](KEYWORDS).
const OTHER: &str = "_OTHER";

/// The first keyword of a statement, after white space, comments and parentheses.
pub(super) fn keyword(statement: &str) -> &'static str {
    let mut rest = statement;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(' || c == ';');
        rest = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, rest)| rest)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.split_once("*/").map_or("", |(_, rest)| rest)
        } else {
            break;
        };
    }
    let end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let word = &rest[..end];
    KEYWORDS.into_iter().find(|keyword| keyword.eq_ignore_ascii_case(word)).unwrap_or(OTHER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_keyword_is_the_name() {
        assert_eq!(keyword("SELECT 1"), "SELECT");
        assert_eq!(keyword("\n  insert into t values (1)"), "INSERT");
        assert_eq!(keyword("-- all users\nselect * from users"), "SELECT");
        assert_eq!(keyword("/* app:shop */ /**/ UPDATE t SET a = 1"), "UPDATE");
        assert_eq!(keyword("(SELECT 1) UNION (SELECT 2)"), "SELECT");
        assert_eq!(keyword("with a as (select 1) select * from a"), "WITH");
        assert_eq!(keyword("vacuum;"), "VACUUM");
    }

    #[test]
    fn anything_else_has_one_name() {
        for text in ["", "--", "/* SELECT", "SELECTED", "user_3", "ÄNDERE", "'SELECT'", "-"] {
            assert_eq!(keyword(text), OTHER, "{text}");
        }
    }
}
