//! The values that a matcher names.

use promql_parser::label::{MatchOp, Matcher};

use super::variables::{Variables, is_stand_in};

/// The texts that the label must equal, one of them, for the matcher to say anything about it;
/// `None` if the matcher has a pattern. Values of variables count if the dashboard tells them.
pub(super) fn named_values(matcher: &Matcher, variables: &Variables) -> Option<Vec<String>> {
    let texts = match matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => vec![matcher.value.clone()],
        MatchOp::Re(_) | MatchOp::NotRe(_) => alternatives(&matcher.value)?,
    };
    let mut values = Vec::new();
    for text in texts {
        match variables.options(&text) {
            Some(options) => values.extend(options.iter().cloned()),
            None if is_stand_in(&text) => {}
            None => values.push(text),
        }
    }
    // An empty value stands for series without the label. `$__all` is every value.
    values.retain(|value| !value.is_empty() && value != "$__all");
    Some(values)
}

/// Whether the matcher finds series that lack the label, and no others.
pub(super) fn asks_for_absence(matcher: &Matcher) -> bool {
    match matcher.op {
        MatchOp::Equal => matcher.value.is_empty(),
        MatchOp::NotRe(_) => matches!(&*matcher.value, ".+" | ".*"),
        _ => false,
    }
}

/// The alternatives of a regular expression such as `GET|POST`; `None` for any other one.
fn alternatives(pattern: &str) -> Option<Vec<String>> {
    let pattern = pattern.strip_prefix('^').unwrap_or(pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let inside = pattern.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let pattern = inside.map_or(pattern, |inside| inside.strip_prefix("?:").unwrap_or(inside));
    pattern.split('|').map(literal).collect()
}

/// The text that the pattern matches, if it matches only one.
fn literal(pattern: &str) -> Option<String> {
    let mut text = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => text.push(chars.next().filter(|c| !c.is_alphanumeric())?),
            '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '^' | '$' => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_alternatives_are_values() {
        let all = |pattern| alternatives(pattern).map(|all| all.join(" "));
        assert_eq!(all("GET|POST").as_deref(), Some("GET POST"));
        assert_eq!(all("^(?:a\\.b|c)$").as_deref(), Some("a.b c"));
        assert_eq!(all("a").as_deref(), Some("a"));
        for pattern in ["a.*", "(a|b)(c|d)", "[ab]", "a\\d", "a+", "a\\"] {
            assert_eq!(all(pattern), None, "{pattern}");
        }
    }
}
