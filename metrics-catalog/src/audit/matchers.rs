//! The values that a matcher names.

use promql_parser::label::{MatchOp, Matcher};

use super::variables::{Variables, is_stand_in};

/// The values that a matcher names.
#[derive(Debug, Default)]
pub(super) struct NamedValues {
    /// Those that the matcher has itself.
    pub(super) own: Vec<String>,
    /// Those of variables, as far as the dashboard tells them. A variable often serves several
    /// metrics, which may have different values.
    pub(super) of_variables: Vec<String>,
}

/// The texts one of which the label must equal for the matcher to say anything about the label;
/// `None` if the matcher has a pattern.
pub(super) fn named_values(matcher: &Matcher, variables: &Variables) -> Option<NamedValues> {
    let texts = match matcher.op {
        MatchOp::Equal | MatchOp::NotEqual => vec![matcher.value.clone()],
        MatchOp::Re(_) | MatchOp::NotRe(_) => alternatives(&matcher.value)?,
    };
    let mut named = NamedValues::default();
    for text in texts {
        match variables.options(&text) {
            Some(options) => named.of_variables.extend(options.iter().cloned()),
            None if is_stand_in(&text) => {}
            None => named.own.push(text),
        }
    }
    // An empty value stands for series without the label. `$__all` is every value.
    named.own.retain(|value| !value.is_empty());
    named.of_variables.retain(|value| !value.is_empty() && value != "$__all");
    Some(named)
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
