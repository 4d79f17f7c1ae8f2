//! The name of a timed function, read from the compiler's name of a type inside it.

/// The path in its module of the function whose inner type is named `inside`: `Cart::pay` of
/// `shop::cart::Cart<_>::pay::inside`. `None` if the compiler's text has another form.
pub(super) fn path_in_module(inside: &str, module: &str) -> Option<String> {
    let (path, _) = inside.rsplit_once("::")?;
    let path = remove_module(&path.replace("::{{closure}}", ""), module);
    Some(remove_parameters(&path))
}

/// Removes the module wherever a path begins with it, but not inside a longer name.
fn remove_module(path: &str, module: &str) -> String {
    let prefix = format!("{module}::");
    let mut kept = String::with_capacity(path.len());
    let mut rest = path;
    while let Some(at) = rest.find(&prefix) {
        let (before, after) = rest.split_at(at);
        kept.push_str(before);
        let is_inside = kept.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':'));
        if is_inside {
            kept.push_str(&prefix);
        }
        rest = &after[prefix.len()..];
    }
    kept + rest
}

/// Removes generic parameters after a name, because the compiler may write them in any form. The
/// brackets of `<Cart as Pay>` stay.
fn remove_parameters(path: &str) -> String {
    let mut kept = String::with_capacity(path.len());
    let mut depth = 0_u32;
    for c in path.chars() {
        match c {
            '<' if depth > 0 || kept.ends_with(|c: char| c.is_alphanumeric() || c == '_') => {
                depth += 1;
            }
            '>' if depth > 0 => depth -= 1,
            _ if depth > 0 => {}
            c => kept.push(c),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_called_by_its_path_in_its_module() {
        let name = |inside| path_in_module(inside, "shop::cart").unwrap();
        assert_eq!(name("shop::cart::pay::inside"), "pay");
        assert_eq!(name("shop::cart::pay::{{closure}}::inside"), "pay");
        assert_eq!(name("shop::cart::Cart::pay::inside"), "Cart::pay");
        assert_eq!(name("shop::cart::Cart<alloc::vec::Vec<T>>::pay::inside"), "Cart::pay");
        assert_eq!(
            name("<shop::cart::Cart as shop::Pay>::pay::inside"),
            "<Cart as shop::Pay>::pay"
        );
        // The module's name is part of other names.
        let name = |inside| path_in_module(inside, "p").unwrap();
        assert_eq!(name("<p::Foo as http::Bar>::x::inside"), "<Foo as http::Bar>::x");
        assert_eq!(name("<p::Foo as q::p::Bar>::x::inside"), "<Foo as q::p::Bar>::x");
    }
}
