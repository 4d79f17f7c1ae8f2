//! The anchors of metrics in the reference.

use std::fmt::Write as _;

use crate::entry::Entry;

/// The anchor of a metric: its name, and the name of its scope if it has one.
///
/// An anchor needs no escaping in HTML, in Markdown and in an address. The anchor of a name that
/// follows the rules for names is the name itself, which dashboards link to.
pub(crate) fn anchor(entry: &Entry) -> String {
    let mut anchor = plain(entry.name());
    if let Some(scope) = entry.descriptor().scope() {
        anchor += "~~";
        anchor += &plain(scope.name());
    }
    anchor
}

/// The text with a tilde and a number in the place of each character that would need escaping.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '/') {
            plain.push(c);
        } else {
            // Writing to a `String` does not fail.
            let _ = write!(plain, "~{:x}.", u32::from(c));
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_characters_become_numbers() {
        assert_eq!(plain("http.server/in-flight_1"), "http.server/in-flight_1");
        assert_eq!(plain("a\"> ü"), "a~22.~3e.~20.~fc.");
    }
}
