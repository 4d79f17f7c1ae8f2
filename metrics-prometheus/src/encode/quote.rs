//! Escaping of text.

use memchr::{memchr2, memchr3};

/// Appends the text of a label value or of a quoted name: `\`, `"` and line breaks are escaped.
pub(super) fn write_quoted(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |text| memchr3(b'\\', b'"', b'\n', text));
}

/// Appends the text of a `HELP` line. Quotes are escaped in OpenMetrics only: in the text formats,
/// a backslash before a quote would be part of the text.
pub(super) fn write_help(text: &str, escapes_quotes: bool, out: &mut Vec<u8>) {
    if escapes_quotes {
        write_quoted(text, out);
    } else {
        escape(text, out, |text| memchr2(b'\\', b'\n', text));
    }
}

fn escape(text: &str, out: &mut Vec<u8>, find: impl Fn(&[u8]) -> Option<usize>) {
    let mut rest = text.as_bytes();
    // All escaped bytes are ASCII, so no character is cut.
    while let Some(at) = find(rest) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        let escaped = if special[0] == b'\n' { b'n' } else { special[0] };
        out.extend_from_slice(&[b'\\', escaped]);
        rest = &special[1..];
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn quotes_backslashes_and_line_breaks_are_escaped() {
        let text = "a\\b\"c\nd\re\0é\\n";
        assert_eq!(written(|out| write_quoted(text, out)), "a\\\\b\\\"c\\nd\re\0é\\\\n");
        assert_eq!(written(|out| write_help(text, true, out)), "a\\\\b\\\"c\\nd\re\0é\\\\n");
        assert_eq!(written(|out| write_help(text, false, out)), "a\\\\b\"c\\nd\re\0é\\\\n");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for text in ["", "plain", "größe", "{}=,#"] {
            assert_eq!(written(|out| write_quoted(text, out)), text);
        }
    }
}
