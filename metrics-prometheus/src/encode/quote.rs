//! Escaping of text.

/// Appends the text of a label value or of a quoted name: `\`, `"` and line breaks are escaped.
pub(super) fn write_quoted(text: &str, out: &mut Vec<u8>) {
    escape(text, out, |byte| matches!(byte, b'\\' | b'"' | b'\n'));
}

/// Appends the text of a `HELP` line. Quotes are escaped in OpenMetrics only: in the text formats,
/// a backslash before a quote would be part of the text.
pub(super) fn write_help(text: &str, escapes_quotes: bool, out: &mut Vec<u8>) {
    escape(text, out, |byte| matches!(byte, b'\\' | b'\n') || escapes_quotes && byte == b'"');
}

fn escape(text: &str, out: &mut Vec<u8>, is_escaped: impl Fn(u8) -> bool) {
    let mut rest = text.as_bytes();
    // All escaped bytes are ASCII, so no character is cut.
    while let Some(at) = rest.iter().position(|byte| is_escaped(*byte)) {
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
