//! The summary of a query: the operations that its text performs.
//!
//! OpenTelemetry wants no `db.operation.name` out of a text that may have several operations, and a
//! [`db.query.summary`][rule] with the operations in their order. The conventions want the names of
//! tables in it too. They are left out: a text that is made at run time may name a table for each
//! tenant or day.
//!
//! [rule]: https://opentelemetry.io/docs/specs/semconv/db/database-spans/

use std::sync::OnceLock;

use typed_metrics_core::in_section;

use super::dialect::Dialect;
use super::keyword::Keyword;
use super::words::{Part, Words, continues_word};

/// The most operations in a summary. Later ones are left out.
const MOST: usize = 4;

/// The bytes of a text that are read: a bulk insert may have millions.
const READ: usize = 4096;

/// The summary of a text: the first four different operations of its statements, such as `SELECT`
/// and `CREATE INSERT`, that begin within its first 4 KiB. `None` if one of these statements begins
/// with a word that is not in the list.
pub(super) fn summary(text: &str, dialect: Dialect) -> Option<&'static str> {
    let mut words = Words::new(beginning(text), dialect);
    let mut operations = Operations::default();
    while let Some(first) = first_part(&mut words) {
        operations.add(operation(first, &mut words)?);
        if operations.count == MOST || !words.rest().contains(';') {
            break;
        }
        words.by_ref().find(|part| *part == Part::End);
    }
    operations.text()
}

/// The part of a text that is read, without the word at which it is cut.
pub(super) fn beginning(text: &str) -> &str {
    if text.len() <= READ {
        return text;
    }
    let end = (0..=READ).rev().find(|&at| text.is_char_boundary(at)).unwrap_or_default();
    text[..end].trim_end_matches(continues_word)
}

/// The first part of the next statement.
fn first_part<'t>(words: &mut Words<'t>) -> Option<Part<'t>> {
    words.find(|part| !matches!(part, Part::End | Part::Open))
}

/// The operation of the statement that begins with `first`.
fn operation(first: Part<'_>, words: &mut Words<'_>) -> Option<Keyword> {
    let Part::Word(word) = first else { return None };
    if first.is_word("WITH") {
        return after_with(words);
    }
    let keyword = Keyword::of(word)?;
    if keyword.text() == "CREATE" && creates_routine(words.clone()) {
        // A routine has statements of its own, and only the database knows where it ends.
        *words = Words::new("", Dialect::Sqlite);
    }
    Some(keyword)
}

/// The operation that uses the tables of `WITH`: the first word after their definitions. The name
/// of a table may be the word of an operation.
fn after_with(words: &mut Words<'_>) -> Option<Keyword> {
    loop {
        // `RECURSIVE`, the name and its columns. `AS` is no name without quotes.
        skip_to(words, "AS")?;
        // `MATERIALIZED` or `NOT MATERIALIZED`.
        let body = words.find(|part| !matches!(part, Part::Word(_)))?;
        if body != Part::Open {
            return None;
        }
        skip_to_close(words)?;
        let mut next = words.next()?;
        // Clauses of PostgreSQL, which end with the name of a column.
        for (clause, last) in [("SEARCH", "SET"), ("CYCLE", "USING")] {
            if next.is_word(clause) {
                skip_to(words, last)?;
                words.next()?;
                next = words.next()?;
            }
        }
        while next == Part::Open {
            next = words.next()?;
        }
        match next {
            Part::Comma => {}
            Part::Word(word) => return Keyword::of(word).filter(|it| USES.contains(&it.text())),
            _ => return None,
        }
    }
}

/// The operations that use tables of `WITH`.
const USES: [&str; 8] =
    ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES", "TABLE"];

/// Takes the parts to this word outside of parentheses; `None` if the statement ends before.
fn skip_to(words: &mut Words<'_>, word: &str) -> Option<()> {
    loop {
        match words.next()? {
            Part::Open => skip_to_close(words)?,
            Part::End => return None,
            part if part.is_word(word) => return Some(()),
            _ => {}
        }
    }
}

/// Takes the parts to the parenthesis that closes the one which was taken.
fn skip_to_close(words: &mut Words<'_>) -> Option<()> {
    let mut depth = 1_usize;
    while depth > 0 {
        match words.next()? {
            Part::Open => depth += 1,
            Part::Close => depth -= 1,
            _ => {}
        }
    }
    Some(())
}

/// Whether the words after `CREATE` name a routine, such as `OR REPLACE FUNCTION`.
fn creates_routine(words: Words<'_>) -> bool {
    let is_one_of = |word: &str, list: &[&str]| list.iter().any(|it| it.eq_ignore_ascii_case(word));
    for part in words {
        match part {
            Part::Word(word) if is_one_of(word, &ROUTINES) => return true,
            Part::Word(word) if is_one_of(word, &MODIFIERS) => {}
            // The user after `DEFINER =`.
            Part::Quoted => {}
            _ => return false,
        }
    }
    false
}

const ROUTINES: [&str; 4] = ["EVENT", "FUNCTION", "PROCEDURE", "TRIGGER"];

const MODIFIERS: [&str; 7] =
    ["AGGREGATE", "CONSTRAINT", "DEFINER", "OR", "REPLACE", "TEMP", "TEMPORARY"];

/// Different operations in the order of their first statements.
#[derive(Debug, Clone, Copy, Default)]
struct Operations {
    list: [Option<Keyword>; MOST],
    count: usize,
}

impl Operations {
    fn add(&mut self, operation: Keyword) {
        if self.count < MOST && !self.list.contains(&Some(operation)) {
            self.list[self.count] = Some(operation);
            self.count += 1;
        }
    }

    fn iter(&self) -> impl Iterator<Item = Keyword> {
        self.list.into_iter().flatten()
    }

    fn text(self) -> Option<&'static str> {
        match self.count {
            0 => None,
            1 => self.iter().next().map(Keyword::text),
            _ => COMBINATIONS.text(self),
        }
    }
}

/// The texts of several operations. The process keeps them, so that a query allocates none, and has
/// room for `N`: texts that are made at run time may have more.
struct Combinations<const N: usize>([OnceLock<Combination>; N]);

type Combination = ([Option<Keyword>; MOST], Box<str>);

static COMBINATIONS: Combinations<128> = Combinations::new();

impl<const N: usize> Combinations<N> {
    const fn new() -> Self {
        Self([const { OnceLock::new() }; N])
    }

    /// The text of these operations; `None` if there is no room.
    fn text(&self, operations: Operations) -> Option<&str> {
        let hash = operations.iter().fold(0, |hash, it| hash * 83 + usize::from(it.index()));
        let (before, from) = self.0.split_at(hash % N);
        from.iter().chain(before).find_map(|place| {
            let make = || {
                let texts: Vec<_> = operations.iter().map(Keyword::text).collect();
                (operations.list, texts.join(" ").into_boxed_str())
            };
            // No process is forked under a guard while a thread fills the place.
            let fill = || in_section(|| place.get_or_init(make));
            let (list, text) = place.get().unwrap_or_else(fill);
            (*list == operations.list).then_some(&**text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_summary(text: &str, expected: Option<&str>) {
        for dialect in [Dialect::MySql, Dialect::Sqlite, Dialect::PostgreSql] {
            assert_eq!(summary(text, dialect), expected, "{text:?} in {dialect:?}");
        }
    }

    #[test]
    fn one_statement_is_summarized_by_its_operation() {
        for (text, operation) in [
            ("SELECT 1", "SELECT"),
            ("\n  insert into t values (1)", "INSERT"),
            ("-- all users;\nselect * from users", "SELECT"),
            ("/* app: shop; */ /**/ UPDATE t SET a = ';'", "UPDATE"),
            ("(SELECT 1) UNION (SELECT 2)", "SELECT"),
            ("vacuum;", "VACUUM"),
            (";; ( SELECT 1);; -- DELETE", "SELECT"),
            ("INSERT INTO a SELECT * FROM b", "INSERT"),
        ] {
            assert_summary(text, Some(operation));
        }
    }

    #[test]
    fn a_statement_with_common_tables_is_summarized_by_what_uses_them() {
        for (text, operation) in [
            ("with a as (select 1) select * from a", "SELECT"),
            ("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", "INSERT"),
            (
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL (SELECT 2)), m AS (SELECT ')') \
              UPDATE t SET a = 1",
                "UPDATE",
            ),
            ("WITH gone AS (DELETE FROM a RETURNING *) SELECT * FROM gone", "SELECT"),
            ("/* x */ WITH \"select\" AS MATERIALIZED (VALUES (1)) DELETE FROM b", "DELETE"),
        ] {
            assert_summary(text, Some(operation));
        }
        // Names that are words of operations.
        for name in ["insert", "update", "delete", "merge", "replace"] {
            let text = format!(
                "WITH a AS (SELECT 1), {name} (x) AS NOT MATERIALIZED (INSERT INTO t VALUES (1) \
                 RETURNING x) SELECT x FROM {name}"
            );
            assert_summary(&text, Some("SELECT"));
            assert_summary(&format!("WITH {name} AS (SELECT 1) (SELECT 1)"), Some("SELECT"));
        }
        for clauses in [
            "SEARCH DEPTH FIRST BY a, b SET insert",
            "CYCLE a, b SET update USING delete",
            "SEARCH BREADTH FIRST BY a SET o CYCLE a SET c TO 'y' DEFAULT 'n' USING p",
        ] {
            let text =
                format!("WITH RECURSIVE a AS (SELECT 1) {clauses}, b AS (TABLE a) MERGE INTO t");
            assert_summary(&text, Some("MERGE"));
        }
        assert_summary("WITH a AS; (SELECT 1) SELECT 1", None);
        assert_summary("WITH a AS (SELECT 1) FROB (SELECT 1)", None);
        assert_summary("WITH a AS (SELECT 1)", None);
        assert_summary("WITH a AS (SELECT 1); DELETE FROM b", None);
    }

    #[test]
    fn several_statements_are_summarized_by_their_operations_in_order() {
        for (text, operations) in [
            ("CREATE TABLE t (a INT); INSERT INTO t VALUES (1);", "CREATE INSERT"),
            ("SET a = 1;SELECT 1", "SET SELECT"),
            ("DELETE FROM a; WITH b AS (SELECT 1) INSERT INTO a SELECT * FROM b", "DELETE INSERT"),
            ("INSERT INTO a VALUES (';'); INSERT INTO b VALUES (2)", "INSERT"),
            ("DELETE FROM a; INSERT INTO a VALUES (1); DELETE FROM b", "DELETE INSERT"),
            (
                "BEGIN; DELETE FROM a; INSERT INTO a VALUES (1); COMMIT; SELECT 1; VACUUM",
                "BEGIN DELETE INSERT COMMIT",
            ),
            ("CREATE TABLE event (a INT); DROP TABLE event", "CREATE DROP"),
        ] {
            assert_summary(text, Some(operations));
            // The text of the process, which no query makes anew.
            let (first, second) = (summary(text, Dialect::Sqlite), summary(text, Dialect::Sqlite));
            assert!(std::ptr::eq(first.unwrap(), second.unwrap()));
        }
    }

    #[test]
    fn operations_that_begin_after_four_kibibytes_are_not_named() {
        let insert = |bytes: usize| {
            let mut text = String::from("INSERT INTO t VALUES (1)");
            while text.len() < bytes {
                text.push_str(", (1)");
            }
            text
        };
        for bytes in [4096 - 5, 5_000_000] {
            assert_summary(&format!("{}; DELETE FROM t", insert(bytes)), Some("INSERT"));
        }
        assert_summary(&format!("{}; DELETE FROM t", insert(4000)), Some("INSERT DELETE"));
        // Wherever the cut is, no part of a word is read as another word. A whole word is unknown.
        for at in 4060..=4100 {
            for word in ["SELECTED", "DO$x", "CALLÄÖ"] {
                let text = format!("INSERT;{0:1$}{word};{0:9999}", "", at - 7);
                let expected = (at + word.len() >= 4096).then_some("INSERT");
                assert_summary(&text, expected);
            }
        }
        let with = format!("WITH a AS (SELECT '{:5000}') DELETE FROM t", "");
        assert_summary(&with, None);
    }

    #[test]
    fn the_statements_of_a_routine_are_its_own() {
        assert_summary(
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE b SET c = 1; DELETE FROM d; END;",
            Some("CREATE"),
        );
        assert_summary(
            "create definer = `root`@`%` procedure p() begin select 1; select 2; end",
            Some("CREATE"),
        );
        let function = "CREATE OR REPLACE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql";
        assert_summary(function, Some("CREATE"));
        let block = "DO $$ BEGIN DELETE FROM a; END $$; VACUUM";
        assert_eq!(summary(block, Dialect::PostgreSql), Some("DO VACUUM"));
        let code = "/*!40101 SET NAMES utf8 */; /* DELETE */ INSERT INTO a$b$ VALUES (1)";
        assert_eq!(summary(code, Dialect::MySql), Some("SET INSERT"));
        let dollars = "INSERT INTO a$b$ VALUES (1); DELETE FROM c$b$";
        assert_summary(dollars, Some("INSERT DELETE"));
    }

    #[test]
    fn another_word_gives_no_summary() {
        for text in ["", "--", "/* SELECT", "SELECTED", "user_3", "ÄNDERE", "'SELECT'", "-", "$1"]
        {
            assert_summary(text, None);
        }
        assert_summary("SELECT 1; FROBNICATE", None);
        assert_summary("SELECT 1; 'DELETE'", None);
    }

    #[test]
    fn texts_of_the_input_make_a_limited_number_of_summaries() {
        static FEW: Combinations<8> = Combinations::new();
        let all = ["ALTER", "CALL", "DROP", "SHOW"].map(|word| Keyword::of(word).unwrap());
        let text_of = |first, second| {
            let mut operations = Operations::default();
            operations.add(first);
            operations.add(second);
            FEW.text(operations)
        };
        // Twelve combinations of two, twice: the same eight have a text.
        let texts = || -> Vec<_> {
            let pairs = all.iter().flat_map(|a| all.iter().map(move |b| (*a, *b)));
            pairs.filter(|(a, b)| a != b).map(|(a, b)| text_of(a, b)).collect()
        };
        let known = texts();
        assert_eq!(known.iter().flatten().count(), 8, "{known:?}");
        assert_eq!(known[0], Some("ALTER CALL"));
        assert_eq!(texts(), known);
    }
}
