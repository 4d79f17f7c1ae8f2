//! Texts of a program as people read them: descriptions in paragraphs, and characters that would
//! not be seen.

use std::fmt::Write as _;

/// A part of a paragraph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    /// The text between two backticks on one line.
    Code(&'a str),
}

/// The paragraphs of a description, which empty lines separate. Each is a list of lines.
pub(crate) fn paragraphs(description: &str) -> Vec<Vec<&str>> {
    let lines: Vec<&str> = description.lines().map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    paragraphs.map(<[&str]>::to_vec).collect()
}

/// The first line of a description, up to the end of its first sentence.
pub(crate) fn summary(description: &str) -> &str {
    let line = description.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let end = line.find(". ").or_else(|| line.ends_with('.').then(|| line.len() - 1));
    &line[..end.unwrap_or(line.len())]
}

/// A line as texts and codes.
pub(crate) fn parts(line: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = line;
    while let Some((before, code, after)) = next_code(rest) {
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(Part::Code(code));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}

/// The text before the first code, the code, and the text after it. Two backticks in a row are no
/// end of a code, and neither is one beside a blank.
fn next_code(line: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = line.split_once('`')?;
    let (code, after) = rest.split_once('`')?;
    let is_code = !code.is_empty() && code.trim() == code && !after.starts_with('`');
    is_code.then_some((before, code, after))
}

/// The text with an escape such as `\u{1b}` in the place of each control character.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => visible.push_str("\\n"),
            '\t' => visible.push_str("\\t"),
            // Writing to a `String` does not fail.
            c if c.is_control() => drop(write!(visible, "\\u{{{:x}}}", u32::from(c))),
            c => visible.push(c),
        }
    }
    visible
}

/// A number of things, such as `1 metric` and `2 metrics`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::Part::{Code, Text};
    use super::*;

    #[test]
    fn empty_lines_separate_paragraphs() {
        let text = "Requests.\n  Those of people.\n\n\nNot\r\nothers.\n";
        let expected = vec![vec!["Requests.", "Those of people."], vec!["Not", "others."]];
        assert_eq!(paragraphs(text), expected);
        assert!(paragraphs("\n \n").is_empty());
    }

    #[test]
    fn the_summary_is_the_first_sentence() {
        assert_eq!(summary("\nSee v1.2 first. Then this.\nMore."), "See v1.2 first");
        assert_eq!(summary("One.\n\nTwo."), "One");
        assert_eq!(summary("No end"), "No end");
        assert_eq!(summary(""), "");
    }

    #[test]
    fn simple_backticks_are_code() {
        assert_eq!(parts("a `b|c` d"), [Text("a "), Code("b|c"), Text(" d")]);
        assert_eq!(parts("`b``c`"), [Text("`b``c`")]);
        assert_eq!(parts("a ` b` c"), [Text("a ` b` c")]);
        assert_eq!(parts("a `b"), [Text("a `b")]);
        assert_eq!(parts("``"), [Text("``")]);
        assert_eq!(parts(""), []);
    }

    #[test]
    fn control_characters_are_shown() {
        assert_eq!(visible("a\u{1b}[31m\tb\n\u{202e}"), "a\\u{1b}[31m\\tb\\n\u{202e}");
    }
}
