//! Texts in HTML, so that a reader sees them as they are.

use crate::reference::prose::{Part, parts, visible};

/// A text without markup, for an element or an attribute in double quotes.
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// A line of a description, with code where the description has backticks.
pub(crate) fn line(line: &str) -> String {
    let part = |part| match part {
        Part::Text(words) => text(words),
        Part::Code(words) => code(words),
    };
    parts(line).into_iter().map(part).collect()
}

/// A text as code: a name, or a value. Its direction changes nothing around it.
pub(crate) fn code(name: &str) -> String {
    if name.is_empty() {
        return "<em>(empty)</em>".to_owned();
    }
    format!("<code dir=\"auto\">{}</code>", text(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_text() {
        let hostile = "\"><script>'&amp;\0";
        assert_eq!(text(hostile), "&quot;&gt;&lt;script&gt;&#39;&amp;amp;\\u{0}");
        assert_eq!(line("a `<b>` c"), "a <code dir=\"auto\">&lt;b&gt;</code> c");
        assert_eq!(code(""), "<em>(empty)</em>");
    }
}
