//! The path of a group of metrics in a Pushgateway.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters of a part of a path that are written as they are (RFC 3986, section 2.3).
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Appends a label and its value: `/name/value`.
///
/// A value that is empty, or contains a slash, is written in base64 with the alphabet for URLs, as
/// Pushgateway's README says; an empty value needs one `=` there, because a path has no empty part.
/// So are the values `.` and `..`, which a client would take for steps in the path.
pub(crate) fn append(path: &mut String, name: &str, value: &str) {
    path.push('/');
    path.push_str(name);
    if value.is_empty() || value == "." || value == ".." || value.contains('/') {
        path.push_str("@base64/");
        path.push_str(&BASE64_URL_SAFE_NO_PAD.encode(value));
        if value.is_empty() {
            path.push('=');
        }
    } else {
        path.push('/');
        path.extend(utf8_percent_encode(value, ENCODED));
    }
}

/// Whether this is a name of a label that a Pushgateway accepts in a path.
pub(crate) fn is_label(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|first| first.is_ascii_alphabetic() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with("__")
        && name != "job"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_encoded_as_the_gateway_decodes_them() {
        for (value, expected) in [
            ("node1", "/instance/node1"),
            ("a b:9091?", "/instance/a%20b%3A9091%3F"),
            ("é", "/instance/%C3%A9"),
            ("50%", "/instance/50%25"),
            // The examples of Pushgateway's README.
            ("/var/tmp", "/instance@base64/L3Zhci90bXA"),
            ("", "/instance@base64/="),
            ("..", "/instance@base64/Li4"),
            ("Προμηθεύς", "/instance/%CE%A0%CF%81%CE%BF%CE%BC%CE%B7%CE%B8%CE%B5%CF%8D%CF%82"),
        ] {
            let mut path = String::new();
            append(&mut path, "instance", value);
            assert_eq!(path, expected, "{value:?}");
        }
    }

    #[test]
    fn labels_are_those_of_prometheus() {
        for name in ["instance", "_a", "A1_b"] {
            assert!(is_label(name), "{name}");
        }
        for name in ["", "1a", "a-b", "a.b", "é", "__name__", "job", "a/b"] {
            assert!(!is_label(name), "{name}");
        }
    }
}
