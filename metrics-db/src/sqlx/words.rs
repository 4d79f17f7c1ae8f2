//! The words of a query's text, without comments and quoted texts.

use crate::system::System;

/// A part of a text. White space, comments and operators are no parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// A keyword, a name without quotes, or a number.
    Word(&'t str),
    /// A string, or a name in quotes.
    Quoted,
    /// `(`
    Open,
    /// `)`
    Close,
    /// `;`
    End,
}

/// How a database reads quotes and comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// `\'` within a string, and comments that begin with `#`.
    MySql,
    /// Neither of the two others.
    Sqlite,
    /// `$$` and `$name$` as quotes, `\'` within `E'…'`, and comments within comments.
    PostgreSql,
}

impl Dialect {
    pub(super) fn of(system: System<'_>) -> Self {
        match system {
            System::MYSQL | System::MARIADB => Self::MySql,
            System::SQLITE => Self::Sqlite,
            _ => Self::PostgreSql,
        }
    }
}

/// The parts of a text, from its beginning.
#[derive(Debug, Clone)]
pub(super) struct Words<'t> {
    rest: &'t str,
    dialect: Dialect,
}

impl<'t> Words<'t> {
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self { rest: text, dialect }
    }

    /// The text after the parts that were taken.
    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    /// Takes white space and comments.
    fn skip_blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            self.rest = if let Some(line) = self.line_comment() {
                line.split_once('\n').map_or("", |(_, rest)| rest)
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                after_comment(comment, self.dialect == Dialect::PostgreSql)
            } else {
                return;
            };
        }
    }

    /// The text of a comment to the end of its line, if one begins here.
    fn line_comment(&self) -> Option<&'t str> {
        let is_mysql = self.dialect == Dialect::MySql;
        if let Some(line) = self.rest.strip_prefix("--") {
            // MySQL reads `1--1` as the number 2.
            return (!is_mysql || !line.starts_with(|c: char| !c.is_whitespace())).then_some(line);
        }
        self.rest.strip_prefix('#').filter(|_| is_mysql)
    }

    /// Takes a quoted text, whose opening quote was taken.
    fn skip_quoted(&mut self, quote: char, has_escapes: bool) {
        let mut chars = self.rest.char_indices();
        // Two quotes within a text are one: the text is read as two texts side by side.
        while let Some((at, c)) = chars.next() {
            if c == '\\' && has_escapes {
                chars.next();
            } else if c == quote {
                self.rest = &self.rest[at + c.len_utf8()..];
                return;
            }
        }
        self.rest = "";
    }

    /// Takes a text in dollar quotes, if `$` opens one; `rest` begins after the `$`.
    fn skip_dollar_quoted(&mut self) -> bool {
        let Some((tag, body)) = self.rest.split_once('$') else { return false };
        let is_tag = tag.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !tag.starts_with(|c: char| c.is_ascii_digit());
        if !is_tag || self.dialect != Dialect::PostgreSql {
            return false;
        }
        let mut ends = body.match_indices(tag).map(|(at, _)| (at, at + tag.len()));
        let end =
            ends.find(|&(from, to)| body[..from].ends_with('$') && body[to..].starts_with('$'));
        self.rest = end.map_or("", |(_, to)| &body[to + 1..]);
        true
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = Part<'t>;

    fn next(&mut self) -> Option<Part<'t>> {
        loop {
            self.skip_blank();
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let end = self.rest.find(|c| !is_word(c)).unwrap_or(self.rest.len());
            let (word, rest) = self.rest.split_at(end);
            if !word.is_empty() {
                self.rest = rest;
                if word.eq_ignore_ascii_case("E") && rest.starts_with('\'') {
                    self.rest = &rest[1..];
                    self.skip_quoted('\'', self.dialect != Dialect::Sqlite);
                    return Some(Part::Quoted);
                }
                return Some(Part::Word(word));
            }
            let mut chars = rest.chars();
            let c = chars.next()?;
            self.rest = chars.as_str();
            match c {
                '(' => return Some(Part::Open),
                ')' => return Some(Part::Close),
                ';' => return Some(Part::End),
                '\'' | '"' | '`' => {
                    // In MySQL, a text in double quotes is a string.
                    let has_escapes = self.dialect == Dialect::MySql && c != '`';
                    self.skip_quoted(c, has_escapes);
                    return Some(Part::Quoted);
                }
                '$' if self.skip_dollar_quoted() => return Some(Part::Quoted),
                _ => {}
            }
        }
    }
}

/// The text after a comment whose `/*` was taken.
fn after_comment(comment: &str, is_nested: bool) -> &str {
    let mut depth = 1;
    let mut rest = comment;
    while let Some(at) = rest.find(['*', '/']) {
        rest = &rest[at..];
        let (step, change) = match rest.as_bytes() {
            [b'*', b'/', ..] => (2, -1),
            [b'/', b'*', ..] if is_nested => (2, 1),
            _ => (1, 0),
        };
        rest = &rest[step..];
        depth += change;
        if depth == 0 {
            return rest;
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::Dialect::{MySql, PostgreSql, Sqlite};
    use super::*;

    /// The words of a text, with the other parts as they are written; `'` is a quoted text.
    fn words(text: &str, dialect: Dialect) -> String {
        let parts = Words::new(text, dialect).map(|part| match part {
            Part::Word(word) => word,
            Part::Quoted => "'",
            Part::Open => "(",
            Part::Close => ")",
            Part::End => ";",
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn comments_are_no_words() {
        for dialect in [MySql, Sqlite, PostgreSql] {
            assert_eq!(words("-- a; b\nc /* d; */ e", dialect), "c e");
            assert_eq!(words("a--", dialect), "a");
            assert_eq!(words("a /* b", dialect), "a");
            assert_eq!(words("/**/ a /*/ b */ c", dialect), "a c");
        }
        assert_eq!(words("/* a /* b */ c */ d", PostgreSql), "d");
        assert_eq!(words("/* a /* b */ c", Sqlite), "c");
        assert_eq!(words("a # b\nc", MySql), "a c");
        assert_eq!(words("a # b", PostgreSql), "a b", "an operator of PostgreSQL");
        assert_eq!(words("1--1; a", MySql), "1 1 ; a");
    }

    #[test]
    fn quoted_texts_are_no_words() {
        for dialect in [MySql, Sqlite, PostgreSql] {
            assert_eq!(words("a 'b; c' \"d\" `e`", dialect), "a ' ' '");
            assert_eq!(words("'it''s; b' c", dialect), "' ' c");
            assert_eq!(words("'b; c", dialect), "'");
        }
        assert_eq!(words(r"'it\'s; b' c", MySql), "' c");
        assert_eq!(words(r"'\'; b", Sqlite), "' ; b");
        assert_eq!(words(r"E'it\'s; b' c", PostgreSql), "' c");
        assert_eq!(words(r"'\'; b", PostgreSql), "' ; b");
    }

    #[test]
    fn dollars_are_quotes_of_postgresql() {
        assert_eq!(words("do $$ a; $b$ $$ c", PostgreSql), "do ' c");
        assert_eq!(words("do $f$ a; $$ $f c; $f$ d", PostgreSql), "do ' d");
        assert_eq!(words("a = $1; b = $2", PostgreSql), "a 1 ; b 2");
        assert_eq!(words("do $$ a;", PostgreSql), "do '");
        assert_eq!(words("a = $b; c = $d", Sqlite), "a b ; c d");
    }
}
