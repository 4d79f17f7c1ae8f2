//! The parts of an expression that matter before it is parsed: texts, comments and brackets.

/// A piece of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// A text with its quotes.
    Text(&'a str),
    /// A comment, without the end of its line.
    Comment(&'a str),
    /// Letters, digits, `_`, `:` and `.`.
    Word(&'a str),
    /// Blanks.
    Blank(&'a str),
    /// Any other character.
    Sign(&'a str),
}

impl<'a> Piece<'a> {
    pub(super) fn text(self) -> &'a str {
        match self {
            Self::Text(text)
            | Self::Comment(text)
            | Self::Word(text)
            | Self::Blank(text)
            | Self::Sign(text) => text,
        }
    }
}

/// The pieces of an expression, which together are the expression.
pub(super) fn pieces<'e>(expression: &'e str) -> impl Iterator<Item = Piece<'e>> {
    let mut rest = expression;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (length, make): (usize, fn(&'e str) -> Piece<'e>) = match first {
            '"' | '\'' | '`' => (quoted_length(rest, first), Piece::Text),
            '#' => (rest.find(['\n', '\r']).unwrap_or(rest.len()), Piece::Comment),
            c if is_word(c) => (run(rest, is_word), Piece::Word),
            c if c.is_whitespace() => (run(rest, char::is_whitespace), Piece::Blank),
            c => (c.len_utf8(), Piece::Sign),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(make(piece))
    })
}

fn is_word(c: char) -> bool {
    c == '_' || c == ':' || c == '.' || c.is_alphanumeric()
}

fn run(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// The bytes of a text with its quotes, or of the rest if the text does not end.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == quote {
            return at + 1;
        }
        // A text in backticks has no escapes.
        if c == '\\' && quote != '`' {
            chars.next();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_the_sum_of_its_pieces() {
        let text = "sum by (a) # by \"a\"\n({x=\"a\\\"b#\",y=`\\`}[5m]) >= 'é";
        let all: Vec<Piece<'_>> = pieces(text).collect();
        assert_eq!(all.iter().map(|piece| piece.text()).collect::<String>(), text);
        assert!(all.contains(&Piece::Comment("# by \"a\"")));
        assert!(all.contains(&Piece::Text("\"a\\\"b#\"")));
        assert!(all.contains(&Piece::Text("`\\`")));
        assert!(all.contains(&Piece::Text("'é")));
        assert!(all.contains(&Piece::Word("5m")));
    }
}
