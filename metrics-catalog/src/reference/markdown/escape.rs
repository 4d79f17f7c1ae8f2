//! Texts in Markdown, so that a reader sees them as they are.

use std::fmt::Write as _;

use crate::reference::prose::{Part, paragraphs, parts, visible};

/// A description: its paragraphs, with code where the description has backticks.
pub(crate) fn description(text: &str) -> String {
    let line = |line: &&str| formatted(line, true);
    let paragraph = |lines: &Vec<&str>| lines.iter().map(line).collect::<Vec<_>>().join("\n");
    paragraphs(text).iter().map(paragraph).collect::<Vec<_>>().join("\n\n")
}

/// One line of text inside a line, such as an item of a list.
pub(crate) fn inline(text: &str) -> String {
    formatted(text, false)
}

fn formatted(line: &str, begins_line: bool) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    for part in parts(line) {
        match part {
            Part::Text(text) => push_text(&mut out, &visible(text), begins_line),
            Part::Code(text) => out.push_str(&code(text)),
        }
    }
    out
}

/// A text as code: a name, or a value. The empty text is the word "empty".
pub(crate) fn code(text: &str) -> String {
    if text.is_empty() {
        return "*(empty)*".to_owned();
    }
    let text = visible(text);
    // A bar ends a cell of a table, even in backticks.
    let is_simple = text.trim() == text && !text.contains(['`', '|']);
    if is_simple {
        return format!("`{text}`");
    }
    let mut out = String::from("<code>");
    for c in text.chars() {
        if c.is_ascii_punctuation() || c.is_whitespace() {
            // Writing to a `String` does not fail.
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out + "</code>"
}

/// Escapes what would have a meaning in Markdown, in HTML, or in MDX.
fn push_text(out: &mut String, text: &str, begins_line: bool) {
    let mut before = out.chars().last();
    let mut is_number = true;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let begins = begins_line && out.is_empty();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let is_special = match c {
            '\\' | '`' | '*' | '[' | ']' | '{' | '}' | '~' | '$' => true,
            // Inside a word, an underscore has no meaning.
            '_' => !(is_word(before) && is_word(chars.peek().copied())),
            // A `#` after a blank may also end a heading.
            '#' => !is_word(before),
            '+' | '-' | '=' | ':' => begins,
            // `1.` and `1)` begin a list.
            '.' | ')' => begins_line && is_number && !out.is_empty(),
            _ => false,
        };
        is_number &= c.is_ascii_digit();
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' => out.push_str("&#124;"),
            _ if is_special => out.extend(['\\', c]),
            _ => out.push(c),
        }
        before = Some(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_a_meaning_is_escaped() {
        let cases = [
            ("Requests, by route_name.", "Requests, by route_name."),
            ("_a_ *b* a_b", "\\_a\\_ \\*b\\* a_b"),
            ("1. first", "1\\. first"),
            ("v1.2 is 3) done", "v1.2 is 3) done"),
            ("# a - b", "\\# a - b"),
            ("- a", "\\- a"),
            ("a <b> & `c|d` `e", "a &lt;b&gt; &amp; <code>c&#124;d</code> \\`e"),
            ("[a](b) {c}", "\\[a\\](b) \\{c\\}"),
        ];
        for (text, expected) in cases {
            assert_eq!(description(text), expected, "{text}");
        }
    }

    #[test]
    fn code_that_backticks_cannot_hold_is_an_element() {
        assert_eq!(code("a.b"), "`a.b`");
        assert_eq!(code("<script>"), "`<script>`");
        assert_eq!(code("a`b"), "<code>a&#96;b</code>");
        assert_eq!(code(" a|b"), "<code>&#32;a&#124;b</code>");
        assert_eq!(code(""), "*(empty)*");
        assert_eq!(code("a\nb"), "`a\\nb`");
    }
}
