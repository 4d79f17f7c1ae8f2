//! Whether tokens use a name.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// Whether `tokens` use `name`, also in a format string. A field or a method of that name does not
/// count.
pub(crate) fn mentions(tokens: TokenStream, name: &str) -> bool {
    let mut dots = 0_u32;
    tokens.into_iter().any(|token| {
        let is_member = dots == 1;
        let dots_before = std::mem::take(&mut dots);
        match token {
            TokenTree::Group(group) => mentions(group.stream(), name),
            TokenTree::Ident(ident) => {
                let ident = ident.to_string();
                !is_member && ident.strip_prefix("r#").unwrap_or(&ident) == name
            }
            TokenTree::Punct(punct) => {
                if punct.as_char() == '.' {
                    // The dots of a range belong together. No member follows them.
                    dots = dots_before + 1;
                    dots += u32::from(punct.spacing() == Spacing::Joint && dots_before == 0);
                }
                false
            }
            TokenTree::Literal(literal) => formats(&literal.to_string(), name),
        }
    })
}

/// Whether a format string uses `name`, as in `{name:?}` and `{:name$}`.
fn formats(literal: &str, name: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    literal.contains('{')
        && literal.match_indices(name).any(|(at, _)| {
            let (before, after) = (&literal[..at], &literal[at + name.len()..]);
            !before.ends_with(is_word)
                && (before.ends_with('{') && after.starts_with([':', '}', ' '])
                    || after.starts_with('$'))
        })
}

/// Whether `tokens` assign to `name` or to a part of it, as in `name.len += 1`.
pub(crate) fn assigns(tokens: TokenStream, name: &str) -> bool {
    // Whether only dots, fields and indices have followed `name`.
    let mut is_place = false;
    for token in tokens {
        is_place = match token {
            TokenTree::Ident(ident) => {
                let ident = ident.to_string();
                is_place || ident.strip_prefix("r#").unwrap_or(&ident) == name
            }
            TokenTree::Literal(_) => is_place,
            TokenTree::Group(group) => {
                if assigns(group.stream(), name) {
                    return true;
                }
                is_place && group.delimiter() != Delimiter::Brace
            }
            TokenTree::Punct(punct) => match (punct.as_char(), punct.spacing()) {
                ('.', _) => is_place,
                ('=', Spacing::Alone) if is_place => return true,
                // The first part of `+=`.
                ('+' | '-' | '*' | '/' | '%' | '^' | '&' | '|' | '<' | '>', Spacing::Joint) => {
                    is_place
                }
                _ => false,
            },
        };
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_code(code: &str) -> bool {
        mentions(code.parse().unwrap(), "name")
    }

    #[test]
    fn names_are_found_wherever_they_are_used() {
        assert!(in_code("f(name)"));
        assert!(in_code("name.len()"));
        assert!(in_code("0..name"));
        assert!(in_code("0..=name"));
        assert!(in_code("Shop { name }"));
        assert!(in_code("r#name"));
        assert!(in_code(r#"println!("{name:?}")"#));
        assert!(in_code(r#"println!("{:>name$}", 1)"#));
    }

    #[test]
    fn other_words_are_not_taken_for_the_name() {
        assert!(!in_code("shop.name"));
        assert!(!in_code("shop.name()"));
        assert!(!in_code("names"));
        assert!(!in_code(r#"println!("the name of {names} and {first_name}")"#));
        assert!(!in_code(r#"f("name")"#));
    }

    #[test]
    fn assignments_are_found() {
        let assigned = |code: &str| assigns(code.parse().unwrap(), "name");
        assert!(assigned("name = 1;"));
        assert!(assigned("if x { name.0.len += 1; }"));
        assert!(assigned("name[i] <<= 1"));
        assert!(!assigned("let other = name == 1;"));
        assert!(!assigned("name.push(1); other = 2;"));
        assert!(!assigned("f(name) ; x = 1"));
    }
}
