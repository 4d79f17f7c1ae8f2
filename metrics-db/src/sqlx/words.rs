//! The words of a query's text, without comments and quoted texts.

use super::dialect::Dialect;

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
    /// `,`
    Comma,
    /// `;`
    End,
}

impl Part<'_> {
    /// Whether the part is this word, in upper or lower case.
    pub(super) fn is_word(self, word: &str) -> bool {
        matches!(self, Self::Word(it) if it.eq_ignore_ascii_case(word))
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
    #[inline]
    fn skip_blank(&mut self) {
        // Most parts follow the one before directly, or after one blank.
        let rest = self.rest.strip_prefix(' ').unwrap_or(self.rest);
        if rest.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            self.rest = rest;
        } else {
            self.skip_comments();
        }
    }

    fn skip_comments(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            self.rest = if let Some(line) = self.line_comment() {
                line.split_once('\n').map_or("", |(_, rest)| rest)
            } else if let Some(code) = self.versioned_code() {
                code
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

    /// The text from the code of a comment that MySQL or MariaDB executes, such as
    /// `/*!40101 SET … */`, if one begins here. Its end `*/` is read as operators.
    fn versioned_code(&self) -> Option<&'t str> {
        let comment = self.rest.strip_prefix("/*").filter(|_| self.dialect == Dialect::MySql)?;
        let code = comment.strip_prefix("!").or_else(|| comment.strip_prefix("M!"))?;
        Some(code.trim_start_matches(|c: char| c.is_ascii_digit()))
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
            let (word, rest) = self.rest.split_at(word_length(self.rest));
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
                ',' => return Some(Part::Comma),
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

/// Whether a word may begin with `c`.
fn begins_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Whether a word may have `c` after its beginning.
pub(super) fn continues_word(c: char) -> bool {
    begins_word(c) || c == '$'
}

/// The bytes of the word at the beginning of a text. A dollar continues a name, and no number.
fn word_length(text: &str) -> usize {
    let is_name = text.starts_with(|c: char| begins_word(c) && !c.is_ascii_digit());
    let is_ascii = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || (b == b'$' && is_name);
    let length = text.bytes().position(|b| !is_ascii(b)).unwrap_or(text.len());
    if text.as_bytes().get(length).is_none_or(u8::is_ascii) {
        return length;
    }
    let continues = if is_name { continues_word } else { begins_word };
    text.find(|c| !continues(c)).unwrap_or(text.len())
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
            Part::Comma => ",",
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
        // A dollar continues a name, and no number.
        assert_eq!(words("a$b$ c; d$b$ e", PostgreSql), "a$b$ c ; d$b$ e");
        assert_eq!(words("a$$ b; $$ c; $$", PostgreSql), "a$$ b ; '");
        assert_eq!(words("1$b$ c; $b$ d", PostgreSql), "1 ' d");
    }

    #[test]
    fn mysql_executes_the_code_of_a_versioned_comment() {
        assert_eq!(words("/*!40101 SET a = 1 */; b", MySql), "SET a 1 ; b");
        assert_eq!(words("/*! SET */ /*M!100100 a */ /*!80000b*/", MySql), "SET a b");
        assert_eq!(words("a /*! b /* c */ d */ /* e */ f", MySql), "a b d f");
        for dialect in [Sqlite, PostgreSql] {
            assert_eq!(words("/*!40101 SET a = 1 */; b", dialect), "; b");
        }
    }
}
