//! Literals of Prometheus that the parser does not know.

use std::borrow::Cow;

use super::tokens::{Piece, pieces};
use crate::promql::names::quoted;

/// The expression with literals that the parser knows: texts in backticks, whose backslashes escape
/// nothing, become quoted texts, and numbers such as `1_000` lose their underscores.
pub(super) fn plain_literals(expression: &str) -> Cow<'_, str> {
    if pieces(expression).all(|piece| plain(piece).is_none()) {
        return Cow::Borrowed(expression);
    }
    let mut out = String::with_capacity(expression.len());
    for piece in pieces(expression) {
        match plain(piece) {
            Some(literal) => out.push_str(&literal),
            None => out.push_str(piece.text()),
        }
    }
    Cow::Owned(out)
}

/// The literal that the parser knows; `None` if the piece stays as it is.
fn plain(piece: Piece<'_>) -> Option<String> {
    match piece {
        Piece::Text(text) => {
            let raw = text.strip_prefix('`')?.strip_suffix('`')?;
            // All other texts in backticks mean the same to the parser.
            raw.contains(['\\', '"']).then(|| quoted(raw))
        }
        Piece::Word(word) if has_separators(word) => Some(word.replace('_', "")),
        _ => None,
    }
}

/// Whether the word is a number with underscores, each of them between two digits or behind `0x`.
fn has_separators(word: &str) -> bool {
    let hexadecimal = word.strip_prefix("0x").or_else(|| word.strip_prefix("0X"));
    let digits = hexadecimal.map_or(word, |digits| digits.strip_prefix('_').unwrap_or(digits));
    let is_digit =
        |c: char| if hexadecimal.is_some() { c.is_ascii_hexdigit() } else { c.is_ascii_digit() };
    let is_other = |c: char| hexadecimal.is_none() && matches!(c, '.' | 'e' | 'E');
    let is_number = digits.starts_with(|c| is_digit(c) || c == '.' && is_other(c))
        && digits.chars().all(|c| is_digit(c) || is_other(c) || c == '_');
    let is_between = |(at, _): (usize, &str)| {
        digits[..at].ends_with(is_digit) && digits[at + 1..].starts_with(is_digit)
    };
    word.contains('_') && is_number && digits.match_indices('_').all(is_between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_in_backticks_become_quoted_texts() {
        let cases = [
            (r"x{a=~`b\.c`}", r#"x{a=~"b\\.c"}"#),
            (r#"{`a.b`, c="`\\"} or y{d=`"\`}"#, r#"{`a.b`, c="`\\"} or y{d="\"\\"}"#),
            ("x # `\\d`\n+ y{a=~`\\d`}", "x # `\\d`\n+ y{a=~\"\\\\d\"}"),
        ];
        for (text, expected) in cases {
            assert_eq!(plain_literals(text), expected);
        }
        for same in ["x{a=`b`}", r#"x{a="\\d"}"#, "x{a=`\\d", "`"] {
            assert!(matches!(plain_literals(same), Cow::Borrowed(_)), "{same}");
        }
    }

    #[test]
    fn numbers_lose_their_underscores() {
        for (text, expected) in [
            ("x > 1_000_000", "x > 1000000"),
            ("0x_ff + 0XA_1 + 1_0.5_0e-1_0", "0xff + 0XA1 + 10.50e-10"),
            ("quantile(.9_9, x_1)", "quantile(.99, x_1)"),
        ] {
            assert_eq!(plain_literals(text), expected);
        }
        for same in ["1_", "1__0", "_1", "x_1", "x[1_0m]", "1_.5", "1._5", "0_x1", "1_d"] {
            assert!(matches!(plain_literals(same), Cow::Borrowed(_)), "{same}");
        }
    }
}
