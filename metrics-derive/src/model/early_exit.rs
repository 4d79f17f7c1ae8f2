//! Whether a body may end before its last expression.

use proc_macro2::{TokenStream, TokenTree};

/// Macros of the standard library, which contain no `return` and no `?`. Keywords that may stand
/// before a negation are in the list, too.
const WITHOUT_EXIT: [&str; 44] = [
    "addr_of",
    "addr_of_mut",
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "column",
    "compile_error",
    "concat",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "else",
    "env",
    "eprint",
    "eprintln",
    "file",
    "format",
    "format_args",
    "if",
    "in",
    "include_bytes",
    "include_str",
    "line",
    "match",
    "matches",
    "module_path",
    "option_env",
    "panic",
    "pin",
    "print",
    "println",
    "stringify",
    "thread_local",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "while",
    "write",
    "writeln",
    "move",
    "mut",
];

/// Whether the statements of a body may end the function before its last expression. A `return` in
/// a closure counts, too, and so does every macro that this function does not know.
pub(crate) fn may_exit(statements: TokenStream) -> bool {
    let mut tokens = statements.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let exits = match token {
            TokenTree::Group(group) => may_exit(group.stream()),
            TokenTree::Punct(punct) => punct.as_char() == '?',
            TokenTree::Ident(word) => {
                let is_called = matches!(tokens.peek(), Some(TokenTree::Punct(punct))
                    if punct.as_char() == '!' && punct.spacing() == proc_macro2::Spacing::Alone);
                word == "return"
                    || word == "become"
                    || is_called && !WITHOUT_EXIT.iter().any(|name| word == name)
            }
            TokenTree::Literal(_) => false,
        };
        if exits {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_that_may_exit_are_found() {
        let exits = |code: &str| may_exit(code.parse().unwrap());
        assert!(exits("if x { return 1; } 2"));
        assert!(exits("let x = f()?; x"));
        assert!(exits("bail!()"));
        assert!(exits("format!(\"{}\", f()?)"));
        assert!(exits("all.map(|x| { return x })"));
        assert!(!exits("if !(a) && b != (c) { panic!(\"no\") } else { vec![1] }"));
        assert!(!exits("loop { break 1 }"));
    }
}
