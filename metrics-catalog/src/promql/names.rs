//! Names and values in the text of a query.

use std::fmt::Write as _;

use super::dialect::Language;

/// A metric's name before its braces, if it needs no quotes there.
pub(super) fn bare_metric(name: &str, language: Language) -> Option<String> {
    match language {
        Language::PromQl if is_promql_keyword(name) => None,
        _ if is_plain(name, true, language) => Some(name.to_owned()),
        Language::PromQl => None,
        Language::MetricsQl => Some(escaped(name)),
    }
}

/// The name of a label, in quotes or escaped if it needs that.
pub(crate) fn label(name: &str, language: Language) -> String {
    match language {
        _ if is_plain(name, false, language) => name.to_owned(),
        Language::PromQl => quoted(name),
        Language::MetricsQl => escaped(name),
    }
}

/// A name or a value as a string literal.
///
/// `$` and `[` are escaped too, because Grafana looks for its variables everywhere in a query, and
/// so are characters that cannot be seen. All languages here have the escapes of Go's strings.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '$' | '[' => push_code(c, &mut quoted),
            _ if is_visible(c) => quoted.push(c),
            _ => push_code(c, &mut quoted),
        }
    }
    quoted.push('"');
    quoted
}

/// The value of a regular expression that matches only this text.
pub(crate) fn literal_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

/// Whether a name needs neither quotes nor escapes. Colons are for metrics alone.
fn is_plain(name: &str, allows_colon: bool, language: Language) -> bool {
    let is_allowed = |(at, c): (usize, char)| {
        c == '_'
            || c.is_ascii_alphabetic()
            || at > 0 && c.is_ascii_digit()
            || allows_colon && c == ':'
    };
    !name.is_empty() && name.char_indices().all(is_allowed) && !is_word(name, language)
}

/// Whether PromQL's lexer takes a metric's name for a keyword. Some keywords are allowed as names,
/// but each version allows others. Labels may have the names of keywords.
///
/// The list is `key` in [Prometheus' lexer][lexer].
///
/// [lexer]: https://github.com/prometheus/prometheus/blob/main/promql/parser/lex.go
fn is_promql_keyword(name: &str) -> bool {
    const KEYWORDS: &[&str] = &[
        "and",
        "or",
        "unless",
        "atan2",
        "sum",
        "avg",
        "count",
        "min",
        "max",
        "group",
        "stddev",
        "stdvar",
        "topk",
        "bottomk",
        "count_values",
        "quantile",
        "limitk",
        "limit_ratio",
        "offset",
        "smoothed",
        "anchored",
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "fill",
        "fill_left",
        "fill_right",
        "bool",
        "start",
        "end",
        "step",
        "range",
    ];
    KEYWORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
}

/// Whether the parser takes the name for a number or a keyword.
fn is_word(name: &str, language: Language) -> bool {
    const NUMBERS: &[&str] = &["inf", "nan"];
    const KEYWORDS: &[&str] = &[
        "and",
        "or",
        "unless",
        "by",
        "without",
        "on",
        "ignoring",
        "group_left",
        "group_right",
        "bool",
        "offset",
        "default",
        "if",
        "ifnot",
        "keep_metric_names",
        "limit",
        "with",
        "prefix",
    ];
    let is_in = |words: &[&str]| words.iter().any(|word| name.eq_ignore_ascii_case(word));
    is_in(NUMBERS) || language == Language::MetricsQl && is_in(KEYWORDS)
}

/// A name with MetricsQL's escapes. Only its newer versions read quoted names.
fn escaped(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len() + 2);
    for (at, c) in name.char_indices() {
        match c {
            '_' | 'a'..='z' | 'A'..='Z' if at > 0 || !is_word(name, Language::MetricsQl) => {
                escaped.push(c);
            }
            '0'..='9' if at > 0 => escaped.push(c),
            // `\x` and `\u` begin the code of a character.
            'x' | 'u' | 'X' | 'U' | '$' | '[' => push_code(c, &mut escaped),
            _ if is_visible(c) => escaped.extend(['\\', c]),
            _ => push_code(c, &mut escaped),
        }
    }
    escaped
}

/// Appends the code of a character, as Go writes it.
fn push_code(c: char, text: &mut String) {
    let code = u32::from(c);
    // Writing to a string never fails.
    let _ = match code {
        ..=0xFF if c.is_ascii() => write!(text, "\\x{code:02x}"),
        ..=0xFFFF => write!(text, "\\u{code:04x}"),
        _ => write!(text, "\\U{code:08x}"),
    };
}

/// Whether YAML, JSON and editors show the character as it is.
fn is_visible(c: char) -> bool {
    !(c.is_control()
        || c.is_whitespace() && c != ' '
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{ffff}'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{MetricsQl, PromQl};

    #[test]
    fn names_are_quoted_or_escaped_only_where_they_need_it() {
        let cases = [
            ("jobs_total", "jobs_total", "jobs_total"),
            ("http.route", r#""http.route""#, r"http\.route"),
            ("1st", r#""1st""#, r"\1st"),
            ("a\"b\\", r#""a\"b\\""#, r#"a\"b\\"#),
            ("a$b[[c", r#""a\x24b\x5b\x5bc""#, r"a\x24b\x5b\x5bc"),
            ("\u{7}", r#""\x07""#, r"\x07"),
            ("größe", r#""größe""#, r"gr\ö\ße"),
            ("x\u{feff}", r#""x\ufeff""#, r"x\ufeff"),
            ("by", "by", r"\by"),
            ("Unless", "Unless", r"\x55nless"),
            ("NaN", r#""NaN""#, r"\NaN"),
        ];
        for (name, promql, metricsql) in cases {
            assert_eq!(label(name, PromQl), promql);
            assert_eq!(label(name, MetricsQl), metricsql);
        }
        assert_eq!(bare_metric("a:b", PromQl).as_deref(), Some("a:b"));
        assert_eq!(bare_metric("a.b", PromQl), None);
        for keyword in ["on", "bool", "Group_Left", "atan2", "sum", "without", "offset", "end"] {
            assert_eq!(bare_metric(keyword, PromQl), None);
        }
        assert_eq!(bare_metric("on_total", PromQl).as_deref(), Some("on_total"));
        assert_eq!(bare_metric("on", MetricsQl).as_deref(), Some(r"\on"));
    }

    #[test]
    fn a_pattern_matches_only_its_text() {
        assert_eq!(literal_pattern("a.b|c$"), r"a\.b\|c\$");
    }
}
