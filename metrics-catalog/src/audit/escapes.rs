//! Names with MetricsQL's escapes.

use std::borrow::Cow;

use super::tokens::{Piece, pieces};
use crate::promql::names::quoted;

/// Keywords with a list of labels in brackets behind them.
const BEFORE_LABELS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// The expression with quoted names, as PromQL has them, in the place of [escaped ones]:
/// `http\.requests{http\.route="/"}` becomes `{"http.requests", "http.route"="/"}`.
///
/// [escaped ones]: https://docs.victoriametrics.com/victoriametrics/metricsql/
pub(super) fn quoted_names(expression: &str) -> Cow<'_, str> {
    if pieces(expression).all(|piece| piece != Piece::Sign("\\")) {
        return Cow::Borrowed(expression);
    }
    let mut scanner = Scanner { rest: expression, out: String::new(), open: Vec::new(), last: "" };
    while scanner.step() {}
    Cow::Owned(scanner.out)
}

struct Scanner<'e> {
    rest: &'e str,
    out: String,
    /// For each open bracket, whether names inside of it are labels.
    open: Vec<bool>,
    /// The name before.
    last: &'e str,
}

impl<'e> Scanner<'e> {
    /// Reads a name or a piece that is none; `false` at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if is_in_name(first) || first == '\\' {
            self.name();
            return true;
        }
        let Some(piece) = pieces(self.rest).next() else { return false };
        match piece {
            Piece::Sign("{") => self.open.push(true),
            Piece::Sign("(") => {
                let is_list = BEFORE_LABELS.iter().any(|word| self.last.eq_ignore_ascii_case(word));
                self.open.push(is_list);
            }
            Piece::Sign("}" | ")") => _ = self.open.pop(),
            _ => {}
        }
        if !matches!(piece, Piece::Blank(_) | Piece::Comment(_)) {
            self.last = "";
        }
        self.copy(piece.text().len());
        true
    }

    fn copy(&mut self, length: usize) -> &'e str {
        let (copied, rest) = self.rest.split_at(length);
        self.out.push_str(copied);
        self.rest = rest;
        copied
    }

    fn name(&mut self) {
        let (name, length) = read_name(self.rest);
        if !self.rest[..length].contains('\\') {
            self.last = self.copy(length);
            return;
        }
        self.last = "";
        self.rest = &self.rest[length..];
        let quoted = quoted(&name);
        if self.open.last() == Some(&true) {
            self.out.push_str(&quoted);
            return;
        }
        self.out.extend(["{", &quoted]);
        match self.rest.trim_start().strip_prefix('{') {
            None => self.out.push('}'),
            Some(matchers) => {
                self.open.push(true);
                self.rest = matchers;
                if !matchers.trim_start().starts_with('}') {
                    self.out.push_str(", ");
                }
            }
        }
    }
}

/// The name at the beginning of a text, without its escapes, and its length with them.
fn read_name(text: &str) -> (String, usize) {
    let mut name = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if is_in_name(c) {
            name.push(c);
            rest = &rest[c.len_utf8()..];
        } else if c == '\\' {
            let (escaped, length) = read_escape(&rest[1..]);
            name.extend(escaped);
            rest = &rest[1 + length..];
        } else {
            break;
        }
    }
    (name, text.len() - rest.len())
}

/// The character behind a backslash, and the number of its bytes. `\x`, `\u` and `\U` are codes of
/// two, four and eight digits.
fn read_escape(text: &str) -> (Option<char>, usize) {
    let first = text.chars().next();
    let digits = match first {
        Some('x' | 'X') => 2,
        Some('u') => 4,
        Some('U') => 8,
        _ => 0,
    };
    let code = (digits > 0).then(|| text.get(1..=digits)).flatten();
    let code = code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32);
    match code {
        Some(c) => (Some(c), 1 + digits),
        None => (first, first.map_or(0, char::len_utf8)),
    }
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_names_become_quoted_ones() {
        let cases = [
            (r"a\.b", r#"{"a.b"}"#),
            (r#"rate(a\.b{c\.d="\.",e="f"}[5m])"#, r#"rate({"a.b", "c.d"="\.",e="f"}[5m])"#),
            (r"sum by (c\.d, e) (a\.b {})", r#"sum by ("c.d", e) ({"a.b"})"#),
            (r"x / on(c\.d) group_left ( e\-f ) y", r#"x / on("c.d") group_left ( "e-f" ) y"#),
            (r"max(\by) + gr\ö\ße", r#"max({"by"}) + {"größe"}"#),
            (r"\x55nless\u00e9\U0001f600", r#"{"Unlessé😀"}"#),
            (r#"{a\"b\\="x"} # c\.d"#, r#"{"a\"b\\"="x"} # c\.d"#),
            (r"\", r#"{""}"#),
        ];
        for (escaped, quoted) in cases {
            assert_eq!(quoted_names(escaped), quoted, "{escaped}");
        }
        for plain in [r#"a{b=~"c\\.d"}[5m:1m]"#, "a.b", "x # \\", ""] {
            assert!(matches!(quoted_names(plain), Cow::Borrowed(_)), "{plain}");
        }
    }

    #[test]
    fn names_of_queries_are_read_back() {
        use crate::promql::dialect::Language::MetricsQl;
        use crate::promql::names::label;
        for name in ["http.route", "a\"b\\c", "1st", "größe x", "on", "x\u{feff}$[", "\u{7}"] {
            let (read, length) = read_name(&label(name, MetricsQl));
            assert_eq!((&*read, length), (name, label(name, MetricsQl).len()));
        }
    }
}
